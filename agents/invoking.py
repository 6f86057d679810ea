"""Invoking: one call of the runtime, from payload and headers to the same object that `regent ask --json` prints."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import structlog
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agents.answer import Answer, Question
from agents.local import answer_as
from agents.opening import open_desk
from agents.settings import load_settings
from policies.access.identity import Call
from tools.errors import RegentError, SettingsError

if TYPE_CHECKING:
    from bedrock_agentcore.runtime import BedrockAgentCoreApp
    from bedrock_agentcore.runtime.context import RequestContext
    from starlette.responses import Response

    from agents.desk import Progress

log = structlog.get_logger()
Ask = Callable[[Question, Call, "Progress"], Answer]
"""Answers a question for whoever the call proves to be asking."""


class Invocation(BaseModel):
    """The payload of `POST /invocations`.

    `session` names a conversation of the asker; `stream` asks for events; `reason` says why the asker wants to know.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    prompt: str
    session: str | None = Field(default=None, min_length=1, max_length=256)
    stream: bool = False
    fresh: bool = False
    reason: str | None = Field(default=None, max_length=2000)


@contextmanager
def open_app(*, estate: str | None = None, model: str | None = None, exposed: bool = False) -> Iterator[Any]:
    """The runtime's app with its desk open: the sample estate and the local user, unless settings say otherwise.

    Raises:
        RegentError: something cannot be opened; `exposed` (beyond this machine) needs a source of identity.
    """
    settings = load_settings()
    if exposed and not settings.identity.verifies:
        raise SettingsError(
            "Serving beyond this machine needs a source of identity, and none is set. Set `identity` in regent.yaml "
            "(see `regent doctor --settings`), or keep to 127.0.0.1."
        )
    with open_desk(estate=estate or settings.estate, model=model, settings=settings) as desk:
        if settings.identity.verifies:
            from agents.identifying import answer_call, open_identity

            identity = open_identity(settings, desk.home)
            yield build_app(lambda question, call, progress: answer_call(desk, identity, question, call, progress))
            return
        yield build_app(lambda question, call, progress: answer_as(desk, question, "local", progress))


def build_app(ask: Ask) -> BedrockAgentCoreApp:
    """The AgentCore app whose entry point asks `ask`. Headers reach `ask` and nothing else: they may hold tokens."""
    from bedrock_agentcore.runtime import BedrockAgentCoreApp

    app = BedrockAgentCoreApp()
    # the SDK logs requests and exceptions by itself; what is worth logging is logged here, without payloads
    app.logger.setLevel(logging.CRITICAL)

    # not async: the SDK runs those on one shared loop, where one busy question would hold up all others
    def invoke(payload: dict[str, Any], context: RequestContext) -> Any:
        from bedrock_agentcore.runtime.context import BedrockAgentCoreContext
        from starlette.responses import JSONResponse

        request = BedrockAgentCoreContext.get_request_id()
        try:
            given = Invocation.model_validate(payload)
        except ValidationError as error:
            return JSONResponse({"error": _what_is_wrong(error)}, status_code=400)
        question = Question(
            text=given.prompt,
            channel="invoke",
            session=given.session or context.session_id,
            fresh=given.fresh,
            reason=given.reason,
        )
        session = context.session_id or given.session or ""
        call = Call(dict(context.request_headers or {}), payload, session)
        with structlog.contextvars.bound_contextvars(request=request):
            if given.stream:
                return _events(ask, question, call)
            return _whole(ask, question, call)

    app.entrypoint(invoke)
    return app


def _whole(ask: Ask, question: Question, call: Call) -> Response:
    from starlette.responses import JSONResponse

    try:
        return JSONResponse(ask(question, call, lambda event: None).to_json())
    except RegentError as error:
        return JSONResponse({"error": str(error)}, status_code=503)
    except Exception as error:  # noqa: BLE001 - the border: exception text may hold anything and must not leave
        return JSONResponse({"error": _failed(error)}, status_code=500)


def _events(ask: Ask, question: Question, call: Call) -> Iterator[dict[str, Any]]:
    """Server-sent events: `progress` while queries run, then one `answer` (or `error`). Never a word of a draft."""
    told: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
    context = structlog.contextvars.get_contextvars()

    def run() -> None:
        # a reader who goes away stops reading, not the answer: it is on record that it was asked and delivered
        with structlog.contextvars.bound_contextvars(**context):
            try:
                answer = ask(question, call, lambda event: told.put({"event": "progress", "progress": _told(event)}))
                told.put({"event": "answer", "answer": answer.to_json()})
            except RegentError as error:
                told.put({"event": "error", "error": str(error)})
            except Exception as error:  # noqa: BLE001 - the same border
                told.put({"event": "error", "error": _failed(error)})
            finally:
                told.put(None)

    threading.Thread(target=run, name="invocation").start()
    while (event := told.get()) is not None:
        yield event


def _told(event: dict[str, Any]) -> dict[str, Any]:
    """Progress as a channel may show it: which query, how long; no inputs, which may name persons."""
    return {key: event[key] for key in ("event", "query", "domains", "milliseconds") if key in event}


def _failed(error: Exception) -> str:
    log.error("invocation failed", error=type(error).__name__)
    log.debug("what failed", exc_info=error)
    return "The question could not be answered because of an internal error; it was recorded."


def _what_is_wrong(error: ValidationError) -> str:
    first = error.errors()[0]
    known = [str(part) for part in first["loc"] if str(part) in Invocation.model_fields]
    where = ".".join(known) or "a name that is not known"
    fits = '{"prompt": "…"}, and if wanted "session", "stream", "fresh" and "reason"'
    return f"The payload is wrong at {where}: {first['msg']}. Expected {fits}."
