"""AG-UI: a run of a front end is one question; its events are progress and the answer, never a word of a draft.

The thread names the conversation, as this house keeps it for its asker. Messages, state, tools and context that a front
end sends besides the last message are not read.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from ag_ui.core import (
    BaseEvent,
    CustomEvent,
    RunAgentInput,
    RunErrorEvent,
    RunFinishedEvent,
    RunStartedEvent,
    StepFinishedEvent,
    StepStartedEvent,
    TextMessageContentEvent,
    TextMessageEndEvent,
    TextMessageStartEvent,
    TokenUsage,
    UserMessage,
)
from ag_ui.encoder import EventEncoder
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from agents.acting import House
from agents.answer import Answer, Question
from agents.channels.protocols.border import (
    COMMENT,
    STILL,
    Refused,
    answered,
    json_of,
    last_question,
    refusal,
    shown,
)
from agents.identifying import call_of

ANSWER = "regent.answer"
"""The name of the custom event that holds the whole answer: facts, receipts, ledger."""
_LONGEST_NAME = 200


def build(house: House) -> Starlette:
    """The app of this protocol."""

    async def run(request: Request) -> Response:
        try:
            payload = await json_of(request)
            given = _read(payload)
            question = Question(text=_question(given), channel="agui", session=f"agui:{given.thread_id}")
            events = answered(house, question, call_of(request, payload))
            # who is not verified gets an HTTP status: nothing is sent before the first event of a verified asker
            first = await anext(events)
        except Exception as error:  # noqa: BLE001 - the border: exception text may hold anything and must not leave
            refused = refusal(error)
            return JSONResponse({"error": str(refused)}, status_code=refused.status, headers=refused.headers)
        encoder = EventEncoder()
        told = _events(house, given, first, events)
        texts = (COMMENT if one is None else encoder.encode(one) async for one in told)
        return StreamingResponse(texts, media_type=encoder.get_content_type())

    return Starlette(routes=[Route("/agui", run, methods=["POST"])])


def _read(payload: dict[str, Any]) -> RunAgentInput:
    try:
        given = RunAgentInput.model_validate(payload)
    except ValidationError as error:
        where = str(error.errors()[0]["loc"][0])
        known = where if where in {"threadId", "runId", "messages"} else "its form"
        raise Refused(400, f"The run's input is wrong at {known}.") from None
    if not 0 < len(given.thread_id) <= _LONGEST_NAME:
        raise Refused(400, f"threadId has 1 to {_LONGEST_NAME} characters.")
    return given


def _question(given: RunAgentInput) -> str:
    last = given.messages[-1] if given.messages else None
    if not isinstance(last, UserMessage):
        return last_question([])
    if isinstance(last.content, str):
        return last_question([("user", last.content)])
    texts = [getattr(part, "text", None) for part in last.content]
    if not all(isinstance(text, str) for text in texts):
        raise Refused(400, "The question must be text.")
    return last_question([("user", "\n".join(str(text) for text in texts))])


async def _events(
    house: House, given: RunAgentInput, first: dict[str, Any] | Answer, events: AsyncIterator[dict[str, Any] | Answer]
) -> AsyncIterator[BaseEvent | None]:
    """The events of a run; None when it only is still on its way."""
    thread, run = given.thread_id, given.run_id
    yield RunStartedEvent(thread_id=thread, run_id=run)
    running: list[str] = []
    try:
        while not isinstance(first, Answer):
            if first is STILL:
                yield None
            for event in _steps(first, running):
                yield event
            first = await anext(events)
    except Exception as error:  # noqa: BLE001 - the same border
        yield RunErrorEvent(message=str(refusal(error)))
        return
    for name in running:
        yield StepFinishedEvent(step_name=name)
    yield TextMessageStartEvent(message_id=first.id, role="assistant")
    yield TextMessageContentEvent(message_id=first.id, delta=shown(house, first))
    yield TextMessageEndEvent(message_id=first.id)
    yield CustomEvent(name=ANSWER, value=first.to_json())
    used = first.usage
    tokens = TokenUsage(model=used.model, input_tokens=used.input_tokens, output_tokens=used.output_tokens)
    outcome = {"answer": first.id, "status": first.status}
    yield RunFinishedEvent(thread_id=thread, run_id=run, result=outcome, usage=[tokens])


def _steps(event: dict[str, Any], running: list[str]) -> list[BaseEvent]:
    """A query as a step. The same query may run twice at a time: a step of its name is open once."""
    name = str(event.get("query", ""))
    if event["event"] == "query.started" and name not in running:
        running.append(name)
        return [StepStartedEvent(step_name=name)]
    if event["event"] in ("query.finished", "query.failed") and name in running:
        running.remove(name)
        return [StepFinishedEvent(step_name=name)]
    return []
