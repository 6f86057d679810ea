"""Drafting: the chosen specialists at work, each with its own agent, all within one governed turn."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import BaseModel, ConfigDict

from agents.models.failures import patience
from agents.models.strict import strict
from agents.query_tool import QueryTool
from agents.specialists import Specialist, repair_prompt
from agents.telling import tell
from policies.audit import SpecialistStarted
from policies.chain import chain
from policies.guarded import guarded
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
    """What the specialists wrote, before grounding, and the tokens it took."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    input_tokens: int
    output_tokens: int


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
    runs = [asyncio.create_task(agent.invoke_async(question)) for agent in agents]
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
    texts = [_text_of(result.message) for result in results]
    return _joined(texts, agents)


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
    return _joined([_text_of(result.message)], [agent])


async def told_again(turn: Turn) -> str:
    """Every result of the turn as a model may read it: through the guard, like the first time."""
    found = [await guarded(turn, tell(attempt.result), "model_input") for attempt in turn.attempts if attempt.result]
    return "\n\n".join(one.text for one in found if one.outcome != "blocked")


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
        system_prompt=specialist.prompt,
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


def _joined(texts: Sequence[str], agents: Sequence[Agent]) -> Draft:
    usages = [agent.event_loop_metrics.accumulated_usage for agent in agents]
    return Draft(
        text="\n\n".join(dict.fromkeys(text for text in texts if text)),
        input_tokens=sum(usage["inputTokens"] for usage in usages),
        output_tokens=sum(usage["outputTokens"] for usage in usages),
    )
