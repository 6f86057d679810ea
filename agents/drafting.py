"""Drafting: the chosen specialists at work, each with its own agent, all within one governed turn."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import BaseModel, ConfigDict

from agents.models.failures import patience
from agents.models.strict import strict
from agents.pausing import PausedCall, PausedRun, PausedSpecialist, book_of
from agents.query_tool import QueryTool
from agents.specialists import Specialist, as_of, repair_prompt, specialists
from agents.telling import tell
from policies.audit import SpecialistStarted
from policies.chain import chain
from policies.guarded import guarded, withhold
from tools.facts import FactBook

if TYPE_CHECKING:
    from strands import Agent
    from strands.models import Model

    from agents.conversations import Exchange
    from policies.turn import Turn


class ModelMaker(Protocol):
    """Where the model of a turn comes from."""

    name: str
    """As answers and records show it: `offline`, `bedrock:…`, `openai:…`."""
    is_llm: bool
    """False for the offline model, which writes the same draft however often it is asked."""

    def make(self, turn: Turn) -> Model:
        """A model for one specialist of this turn."""

    def domains(self, question: str, history: Sequence[Exchange], turn: Turn) -> tuple[str, ...]:
        """The domains whose specialists the question needs, most needed first; never empty."""


class Draft(BaseModel):
    """What the specialists wrote, before grounding."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    waiting: tuple[PausedCall, ...] = ()
    """The calls that need a second person, if the run is paused."""
    specialists: tuple[PausedSpecialist, ...] = ()
    """The specialists as they paused or ended, if the run is paused."""


async def draft(
    question: str, history: Sequence[Exchange], chosen: Sequence[Specialist], maker: ModelMaker, turn: Turn
) -> Draft:
    """Run the specialists at the same time and join what they wrote.

    Raises whatever ended a turn: the model's error, or a step that could not be recorded.
    """
    # Interleaved ids keep the facts of specialists apart and the same from run to run.
    books = [FactBook(first=index + 1, step=len(chosen)) for index in range(len(chosen))]
    agents = [
        _specialist_agent(specialist, book, history, maker, turn)
        for specialist, book in zip(chosen, books, strict=True)
    ]
    done = await _at_work([(agent, question) for agent in agents], turn)
    domains = [specialist.domain for specialist in chosen]
    ended = [_ended(*one) for one in zip(domains, agents, done, books, strict=True)]
    return _joined([_text_of(result.message) for result in done], ended, done)


async def draft_on(run: PausedRun, maker: ModelMaker, turn: Turn) -> Draft:
    """Let the specialists of a paused run go on where they were.

    Raises what `draft` raises.
    """
    from strands import Snapshot

    known = specialists()
    books = [book_of(run, number) for number in range(len(run.specialists))]
    agents: list[Agent] = []
    work: list[tuple[Agent, Any]] = []
    for paused, book in zip(run.specialists, books, strict=True):
        if paused.snapshot is None:
            continue
        agent = _specialist_agent(known[paused.domain], book, (), maker, turn)
        agent.load_snapshot(Snapshot.from_dict(paused.snapshot))
        interrupts = paused.snapshot["data"]["interrupt_state"]["interrupts"]
        # Strands wants every interrupt answered; nobody reads the answers, see `policies.chain.approval`
        work.append((agent, [{"interruptResponse": {"interruptId": one, "response": "go on"}} for one in interrupts]))
        agents.append(agent)
    results = iter(await _at_work(work, turn))
    ended, done = [], []
    going = iter(agents)
    for paused, book in zip(run.specialists, books, strict=True):
        if paused.snapshot is None:
            ended.append(paused)
            continue
        result = next(results)
        done.append(result)
        ended.append(_ended(paused.domain, next(going), result, book))
    return _joined([one.text for one in ended], ended, done)


async def _at_work(work: Sequence[tuple[Agent, Any]], turn: Turn) -> list[Any]:
    """Run agents at the same time, each on its prompt; their results, or whatever ended the turn."""
    runs = [asyncio.create_task(agent.invoke_async(prompt)) for agent, prompt in work]
    try:
        results = await asyncio.gather(*runs)
    except BaseException:
        # One failed: the others must not go on asking AWS for an answer that nobody will get.
        for run in runs:
            run.cancel()
        await asyncio.gather(*runs, return_exceptions=True)
        raise
    if turn.broken is not None:
        raise turn.broken
    return list(results)


async def repair(request: str, maker: ModelMaker, turn: Turn) -> Draft:
    """Let the model correct its draft once: `request` quotes it and its faults; every fact is at hand, no query is."""
    from strands import Agent
    from strands.agent.conversation_manager import NullConversationManager

    agent = Agent(
        model=strict(maker.make(turn), turn.meter.limits.seconds),
        system_prompt=repair_prompt(),
        tools=[],
        interventions=chain(turn, "repair", maker.name),
        callback_handler=None,
        retry_strategy=patience(),
        conversation_manager=NullConversationManager(),
        name="repair",
    )
    told = await told_again(turn)
    result = await agent.invoke_async(f"Facts:\n{told}\n\n{request}")
    if turn.broken is not None:
        raise turn.broken
    return _joined([_text_of(result.message)])


async def told_again(turn: Turn) -> str:
    """Every result of the turn as a model may read it: through the guard, like the first time."""
    told = [tell(attempt.result, prose_from=turn.prose_from) for attempt in turn.attempts if attempt.result]
    found = [await guarded(turn, text, "model_input") for text in told]
    return "\n\n".join(one.text for one in found if one.outcome != "blocked")


async def leaving_results(turn: Turn) -> str:
    """Every result as it goes out beside the answer, prose included: the guard takes back what must not leave."""
    left = []
    for attempt in [attempt for attempt in turn.attempts if attempt.result]:
        assert attempt.result is not None
        text = tell(attempt.result)
        turn.told[text] = attempt.result
        found = await guarded(turn, text, "tool_result")
        if found.outcome == "blocked":
            withhold(turn, text, " ".join(found.reasons))
        left.append(found.text)
    return "\n\n".join(left)


def _specialist_agent(
    specialist: Specialist, book: FactBook, history: Sequence[Exchange], maker: ModelMaker, turn: Turn
) -> Agent:
    from strands import Agent
    from strands.agent.conversation_manager import NullConversationManager
    from strands.tools.executors import SequentialToolExecutor

    turn.record(
        f"agent:{specialist.domain}",
        SpecialistStarted(specialist=specialist.domain, prompt_sha256=specialist.prompt_sha256, model=maker.name),
        wait=False,
    )
    messages: list[Any] = []
    for exchange in history:
        messages.append({"role": "user", "content": [{"text": exchange.question}]})
        messages.append({"role": "assistant", "content": [{"text": exchange.answer}]})
    return Agent(
        model=strict(maker.make(turn), turn.meter.limits.seconds),
        messages=messages,
        system_prompt=as_of(specialist.prompt, turn.estate.clock()),
        tools=[QueryTool(query, turn, book) for query in specialist.queries],
        # one after the other, so that facts get the same ids in every run; a query fans out by itself
        tool_executor=SequentialToolExecutor(),
        interventions=chain(turn, specialist.domain, maker.name),
        callback_handler=None,
        retry_strategy=patience(),
        # Strands' default drops or cuts what does not fit, the question and rows of results included, and says nothing
        conversation_manager=NullConversationManager(),
        name=specialist.domain,
    )


def _text_of(message: Any) -> str:
    return "\n".join(block["text"] for block in message["content"] if "text" in block).strip()


def _ended(domain: str, agent: Agent, result: Any, book: FactBook) -> PausedSpecialist:
    """A specialist as it paused or ended."""
    paused = result.stop_reason == "interrupt"
    return PausedSpecialist(
        domain=domain,
        snapshot=agent.take_snapshot(preset="session").to_dict() if paused else None,
        text="" if paused else _text_of(result.message),
        next_fact=book.next,
    )


def _joined(
    texts: Sequence[str],
    ended: Sequence[PausedSpecialist] = (),
    results: Sequence[Any] = (),
) -> Draft:
    waiting = [
        PausedCall(approval=one.name, **one.reason)
        for result in results
        if result.stop_reason == "interrupt"
        for one in result.interrupts
    ]
    return Draft(
        text="\n\n".join(dict.fromkeys(text for text in texts if text)),
        waiting=tuple(waiting),
        specialists=tuple(ended) if waiting else (),
    )
