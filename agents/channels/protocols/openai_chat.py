"""OpenAI-compatible chat: `/v1/models` and `/v1/chat/completions`, so that Open WebUI or any OpenAI client can ask.

Of what a client sends only its last message is a question. The messages before it serve to recognise a conversation
that was held here: if they are word for word what was asked and answered, the conversation goes on, with the exchanges
as this house kept them. Otherwise the question stands alone. System messages and sampling settings change nothing.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
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
    Said,
    answered,
    json_of,
    known,
    last_question,
    progress_line,
    refusal,
    shown,
)
from agents.channels.protocols.housekeeping import brings_files, by_the_page
from agents.channels.rendering import receipt_shown
from agents.conversations import fingerprint, owner_of
from agents.identifying import call_of

if TYPE_CHECKING:
    from policies.access.identity import Call

MODEL, CHANNEL = "regent", "openai"
_MOST_RECEIPTS = 20
_DONE = "data: [DONE]\n\n"
_KINDS = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
}


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore")

    type: Literal["text"]
    text: str


class _Message(BaseModel):
    model_config = ConfigDict(extra="ignore")

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[_Part] | None = None

    @property
    def text(self) -> str:
        """The words of the message."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content)
        return self.content or ""


class _Format(BaseModel):
    model_config = ConfigDict(extra="ignore")

    type: Literal["text"]


class Completion(BaseModel):
    """What is read of a request; what else OpenAI's clients send (temperature, tools, ...) changes nothing."""

    model_config = ConfigDict(extra="ignore")

    model: str
    messages: list[_Message] = Field(min_length=1)
    stream: bool = False
    n: Literal[1] | None = None
    tool_choice: Literal["none", "auto"] | None = None
    response_format: _Format | None = None


def build(house: House) -> Starlette:
    """The app of this protocol."""

    async def models(request: Request) -> Response:
        try:
            await known(house, call_of(request, {}), CHANNEL, "")
        except Refused as error:
            # a page asks for its list in the name of whoever opens it, and keeps it for all: who is verified but not
            # known here sees the one name too, and is refused when they ask
            if error.status != 403:
                return _error(error)
        return JSONResponse({"object": "list", "data": [{"id": MODEL, "object": "model", "owned_by": "regent"}]})

    async def completions(request: Request) -> Response:
        try:
            payload = await json_of(request)
            given = _read(payload)
            return await _complete(house, given, call_of(request, payload))
        except Exception as error:  # noqa: BLE001 - the border: exception text may hold anything and must not leave
            return _error(refusal(error))

    return Starlette(
        routes=[
            Route("/v1/models", models, methods=["GET"]),
            Route("/v1/chat/completions", completions, methods=["POST"]),
        ]
    )


def _read(payload: dict[str, Any]) -> Completion:
    try:
        given = Completion.model_validate(payload)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"] if str(part) in _FIELDS or isinstance(part, int))
        raise Refused(400, f"The request cannot be answered: {where or 'its form'}: {first['msg']}.") from None
    if given.model != MODEL:
        raise Refused(404, f"There is one model here, {MODEL}; ask for that.")
    return given


_FIELDS = {*Completion.model_fields, *_Message.model_fields, *_Part.model_fields}


async def _complete(house: House, given: Completion, call: Call) -> Response:
    sent = [(one.role, one.text) for one in given.messages]
    aside = by_the_page(call.headers, sent)
    if aside is not None:
        await known(house, call, CHANNEL, "")
        return _aside(aside, stream=given.stream)
    if brings_files(sent[-1:]):
        raise Refused(400, "Files and pages are not read here; ask without them, in a new chat.")
    said: Said = [one for one in sent if one[0] in ("user", "assistant")]
    text, before = last_question(said), fingerprint(said[:-1])
    session = f"openai:{secrets.token_hex(16)}"
    question = Question(text=text, channel=CHANNEL, session=session, follows=before if said[:-1] else None)
    events = answered(house, question, call)
    # who is not verified gets an HTTP status: nothing is sent before the first event, which only a verified asker has
    first = await anext(events)
    if given.stream:
        return StreamingResponse(_chunks(house, session, said, first, events), media_type="text/event-stream")
    while not isinstance(first, Answer):
        first = await anext(events)
    await asyncio.to_thread(_keep, house, session, said, first)
    return JSONResponse(_whole(first, shown(house, first)))


def _keep(house: House, session: str, said: Said, answer: Answer) -> None:
    """Remember how this conversation looks to the client now, so that it is recognised when it goes on."""
    kept = fingerprint([*said, ("assistant", shown(house, answer))])
    house.desk.conversations.looks_like(owner_of(answer.principal), session, kept)


def _whole(answer: Answer, text: str) -> dict[str, Any]:
    more = {"usage": _usage(answer), "regent": answer.to_json()}
    return _completion(answer.id, text, _reason(answer), **more)


def _completion(name: str, text: str, reason: str, **more: Any) -> dict[str, Any]:
    message = {"role": "assistant", "content": text, "refusal": None}
    choice = {"index": 0, "message": message, "finish_reason": reason, "logprobs": None}
    head = {"id": f"chatcmpl-{name}", "object": "chat.completion", "created": int(time.time()), "model": MODEL}
    return {**head, "choices": [choice], **more}


def _chunk(name: str, delta: dict[str, Any], finish: str | None = None, **more: Any) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
    head = {"id": f"chatcmpl-{name}", "object": "chat.completion.chunk", "created": int(time.time()), "model": MODEL}
    return f"data: {json.dumps({**head, 'choices': [choice], **more})}\n\n"


def _aside(text: str, *, stream: bool) -> Response:
    """The reply to what a page wants for itself; it is no answer, so there is none beside it."""
    name, used = secrets.token_hex(16), {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
    if not stream:
        return JSONResponse(_completion(name, text, "stop", usage=used))
    chunks = (_chunk(name, {"role": "assistant", "content": text}), _chunk(name, {}, "stop", usage=used), _DONE)
    return Response("".join(chunks), media_type="text/event-stream")


def _receipts(answer: Answer) -> str:
    """The receipts as lines, for the part of a chat page that is opened on demand."""
    lines = []
    for receipt in map(receipt_shown, answer.receipts[:_MOST_RECEIPTS]):
        place = ", ".join(part for part in (receipt.account, receipt.region, receipt.at, receipt.source) if part)
        lines.append(f"Receipt {receipt.id}: {receipt.call}, {place}, request {receipt.request_id}.\n")
    left = len(answer.receipts) - _MOST_RECEIPTS
    return "".join(lines) + (f"{left} more receipts are not shown.\n" if left > 0 else "")


async def _chunks(house: House, session: str, said: Said, first: Any, events: AsyncIterator[Any]) -> AsyncIterator[str]:
    """Progress and receipts as `reasoning_content`, then the whole answer at once. Never a word of a draft."""
    chunk = partial(_chunk, session[7:])
    yield chunk({"role": "assistant"})
    try:
        while not isinstance(first, Answer):
            if first is STILL:
                yield COMMENT
            line = progress_line(first)
            if line:
                yield chunk({"reasoning_content": f"{line}\n"})
            first = await anext(events)
    except Exception as error:  # noqa: BLE001 - the same border
        yield f"data: {json.dumps(_said(refusal(error)))}\n\n"
        return
    await asyncio.to_thread(_keep, house, session, said, first)
    if first.receipts:
        yield chunk({"reasoning_content": _receipts(first)})
    yield chunk({"content": shown(house, first)})
    yield chunk({}, _reason(first), usage=_usage(first), regent=first.to_json())
    yield _DONE


def _reason(answer: Answer) -> str:
    return "content_filter" if answer.status == "blocked" else "stop"


def _usage(answer: Answer) -> dict[str, int]:
    used = answer.usage
    total = used.input_tokens + used.output_tokens
    return {"prompt_tokens": used.input_tokens, "completion_tokens": used.output_tokens, "total_tokens": total}


def _said(error: Refused) -> dict[str, Any]:
    kind = _KINDS.get(error.status, "server_error")
    return {"error": {"message": str(error), "type": kind, "code": None, "param": None}}


def _error(error: Refused) -> Response:
    return JSONResponse(_said(error), status_code=error.status, headers=error.headers)
