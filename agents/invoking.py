"""Invoking: one call of the runtime, from payload and headers to the same object that `regent ask --json` prints."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

import structlog
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agents.acting import Action, Approvals, Approvers, Decide, Feedback, FeedbackError, House, Note, Resume
from agents.answer import Answer, Question
from agents.channels.protocols.routing import Protocols
from agents.home import Home
from agents.identifying import Who, call_of, open_identity
from agents.knowing import with_principals
from agents.local import LocalUser
from agents.opening import open_desk
from agents.overseeing import open_asked
from agents.progress import shown_progress
from agents.settings import load_settings
from agents.tracing import open_tracing
from agents.wording import FAILED
from policies.access import NotVerifiedError, UnknownPrincipalError
from policies.access.identity import Call
from policies.halting import StoppedError
from policies.oversight import ApprovalError, NotInChargeError, StillWaitsError
from tools.errors import RegentError, SettingsError

if TYPE_CHECKING:
    from bedrock_agentcore.runtime import BedrockAgentCoreApp
    from bedrock_agentcore.runtime.context import RequestContext
    from starlette.responses import Response

    from agents.desk import Progress

log = structlog.get_logger()
_MOST_SESSION = 256
"""Characters of a session's name, in the payload or in AgentCore's header."""


class Invocation(BaseModel):
    """A question, as the payload of `POST /invocations`.

    `session` names a conversation of the asker; `stream` asks for events; `reason` says why the asker wants to know;
    `results` asks for the query results too, for channels that draw tables.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    prompt: str
    session: str | None = Field(default=None, min_length=1, max_length=_MOST_SESSION)
    stream: bool = False
    fresh: bool = False
    results: bool = False
    reason: str | None = Field(default=None, max_length=2000)


Wanted = Invocation | Resume | Action
_SHAPES: dict[str, type[Wanted]] = {
    "prompt": Invocation,
    "resume": Resume,
    "decide": Decide,
    "approvals": Approvals,
    "approvers": Approvers,
    "feedback": Feedback,
    "note": Note,
}


class Door(Protocol):
    """What stands behind the runtime: `agents.acting.House`. Who calls is verified there, each time."""

    def ask(self, question: Question, call: Call, progress: Progress) -> Answer:
        """Answer a question."""

    def resume(self, resume: Resume, call: Call, progress: Progress) -> Answer:
        """Go on with a question that waited."""

    def act(self, action: Action, call: Call) -> dict[str, Any]:
        """Do something else than ask. RegentError when it is refused or cannot be done."""


class PayloadError(RegentError):
    """The payload of a call is none that is understood; the sentence says where and what would be."""


@contextmanager
def open_app(
    *, estate: str | None = None, model: str | None = None, protocol: str = "http", exposed: bool = False
) -> Iterator[Any]:
    """The runtime's app with its house open: the sample estate and the local user, unless settings say otherwise.

    `protocol` is the mode that it is served in; another than `http` has its own protocol and no other.

    Raises:
        RegentError: something cannot be opened; `exposed` (beyond this machine) needs a source of identity, the real
            estate and a model, because lost settings must never turn into invented figures.
    """
    settings = with_principals(load_settings(), Home.find())
    if protocol != "http":
        settings = settings.model_copy(update={"serve_protocol": protocol, "protocols": (protocol,)})
    if exposed and not settings.identity.verifies:
        raise SettingsError(
            "Serving beyond this machine needs a source of identity, and none is set. Set `identity` in regent.yaml "
            "(see `regent doctor --settings`), or keep to 127.0.0.1."
        )
    asked = estate or settings.estate
    if exposed and (asked == "sample" or "offline" in (model, settings.model)):
        raise SettingsError(
            "Serving beyond this machine answers about real accounts with a real model: set estate to aws "
            "(REGENT_ESTATE) and a model that is not offline (REGENT_MODEL), or keep to 127.0.0.1."
        )
    with open_tracing(settings), open_desk(estate=asked, model=model, settings=settings) as desk:
        who: Who = LocalUser(settings, aws=desk.estate.source == "aws")
        if settings.identity.verifies:
            who = open_identity(settings, desk.home)
        house = House(desk, who, settings, open_asked(settings))
        yield Protocols(build_app(house), house, settings.protocols)


def build_app(door: Door) -> BedrockAgentCoreApp:
    """The AgentCore app in front of `door`. Headers reach `door` and nothing else: they may hold tokens."""
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
            wanted = parse(payload)
        except PayloadError as error:
            return JSONResponse({"error": str(error)}, status_code=400)
        session = context.session_id or _session(wanted) or ""
        if len(session) > _MOST_SESSION:
            return JSONResponse({"error": f"A session's name has {_MOST_SESSION} characters at most."}, status_code=400)
        # the SDK's own dict of headers keeps the last of two that have one name
        headers = call_of(context.request, payload).headers if context.request is not None else {}
        call = Call(headers, payload, session)
        with structlog.contextvars.bound_contextvars(request=request):
            if isinstance(wanted, Invocation) and wanted.stream:
                return _events(door, wanted, call)
            return _whole(door, wanted, call)

    app.entrypoint(invoke)
    return app


def parse(payload: Mapping[str, Any]) -> Wanted:
    """What a payload wants. PayloadError when it is not understood."""
    named = [name for name in _SHAPES if name in payload]
    if len(named) > 1:
        raise PayloadError(f"The payload wants {named[0]} and {named[1]}; send one of them.")
    try:
        return _SHAPES[named[0] if named else "prompt"].model_validate(payload)
    except ValidationError as error:
        raise PayloadError(_what_is_wrong(error)) from error


def perform(door: Door, wanted: Wanted, call: Call, progress: Progress) -> dict[str, Any]:
    """Do what a call wants; the JSON object that goes back. What is refused or cannot be done is `{"refused": "..."}`,
    with `"waits": true` while it can be done later, once a second person has decided.

    Raises:
        RegentError: the house itself is out of order.
    """
    try:
        if isinstance(wanted, Invocation):
            question = Question(
                text=wanted.prompt,
                channel="invoke",
                session=wanted.session or call.session or None,
                fresh=wanted.fresh,
                reason=wanted.reason,
            )
            return door.ask(question, call, progress).to_json(results=wanted.results)
        if isinstance(wanted, Resume):
            return door.resume(wanted, call, progress).to_json(results=wanted.results)
        return door.act(wanted, call)
    except (
        ApprovalError, FeedbackError, NotInChargeError, NotVerifiedError, StoppedError, UnknownPrincipalError,
    ) as error:  # fmt: skip
        return {"refused": str(error), **({"waits": True} if isinstance(error, StillWaitsError) else {})}


def _session(wanted: Wanted) -> str | None:
    return wanted.session if isinstance(wanted, Invocation) else None


def _whole(door: Door, wanted: Wanted, call: Call) -> Response:
    from starlette.responses import JSONResponse

    try:
        return JSONResponse(perform(door, wanted, call, lambda event: None))
    except RegentError as error:
        return JSONResponse({"error": str(error)}, status_code=503)
    except Exception as error:  # noqa: BLE001 - the border: exception text may hold anything and must not leave
        return JSONResponse({"error": _failed(error)}, status_code=500)


def _events(door: Door, wanted: Wanted, call: Call) -> Iterator[dict[str, Any]]:
    """Server-sent events: `progress` while queries run, then one `answer` (or `error`). Never a word of a draft."""
    told: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
    context = structlog.contextvars.get_contextvars()

    def run() -> None:
        # a reader who goes away stops reading, not the answer: it is on record that it was asked and delivered
        with structlog.contextvars.bound_contextvars(**context):
            try:
                answer = perform(
                    door, wanted, call, lambda event: told.put({"event": "progress", "progress": shown_progress(event)})
                )
                told.put({"event": "answer", "answer": answer})
            except RegentError as error:
                told.put({"event": "error", "error": str(error)})
            except Exception as error:  # noqa: BLE001 - the same border
                told.put({"event": "error", "error": _failed(error)})
            finally:
                told.put(None)

    threading.Thread(target=run, name="invocation").start()
    while (event := told.get()) is not None:
        yield event


def _failed(error: Exception) -> str:
    log.error("invocation failed", error=type(error).__name__)
    log.debug("what failed", exc_info=error)
    return FAILED


def _what_is_wrong(error: ValidationError) -> str:
    first = error.errors()[0]
    shape = next((one for one in _SHAPES.values() if one.__name__ == error.title), Invocation)
    known = [str(part) for part in first["loc"] if str(part) in _names_of(shape)]
    where = ".".join(known) or "a name that is not known"
    fits = '{"prompt": "…"}, and if wanted "session", "stream", "fresh", "results" and "reason"'
    if shape is not Invocation:
        fits = f"what docs/api.md shows for {next(name for name, one in _SHAPES.items() if one is shape)!r}"
    return f"The payload is wrong at {where}: {first['msg']}. Expected {fits}."


def _names_of(shape: type[BaseModel]) -> set[str]:
    """Names of the fields of a shape and of what it holds: only these are repeated to a caller."""
    inner = [field.annotation for field in shape.model_fields.values()]
    held = {name for one in inner if isinstance(one, type) and issubclass(one, BaseModel) for name in one.model_fields}
    return held | set(shape.model_fields)
