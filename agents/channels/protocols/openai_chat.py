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
    call_of,
    json_of,
    known,
    last_question,
    progress_line,
    refusal,
    shown,
)
from agents.conversations import fingerprint, owner_of

if TYPE_CHECKING:
    from policies.access.identity import Call

MODEL = "regent"
_KINDS = {400: "invalid_request_error", 401: "authentication_error", 403: "permission_error", 404: "not_found_error"}


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
            await known(house, call_of(request, {}), "openai", "")
        except Refused as error:
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
    said: Said = [(one.role, one.text) for one in given.messages if one.role in ("user", "assistant")]
    text, before = last_question(said), fingerprint(said[:-1])
    session = f"openai:{secrets.token_hex(16)}"
    question = Question(text=text, channel="openai", session=session, follows=before if said[:-1] else None)
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
    return {
        "id": f"chatcmpl-{answer.id}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": MODEL,
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": text, "refusal": None},
                "finish_reason": _reason(answer),
                "logprobs": None,
            }
        ],
        "usage": _usage(answer),
        "regent": answer.to_json(),
    }


async def _chunks(house: House, session: str, said: Said, first: Any, events: AsyncIterator[Any]) -> AsyncIterator[str]:
    """Progress as `reasoning_content`, then the whole answer at once. Never a word of a draft."""
    head = {"id": f"chatcmpl-{session[7:]}", "object": "chat.completion.chunk", "created": int(time.time())}

    def chunk(delta: dict[str, Any], finish: str | None = None, **more: Any) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        return f"data: {json.dumps({**head, 'model': MODEL, 'choices': [choice], **more})}\n\n"

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
    yield chunk({"content": shown(house, first)})
    yield chunk({}, _reason(first), usage=_usage(first), regent=first.to_json())
    yield "data: [DONE]\n\n"


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
    headers = {"WWW-Authenticate": "Bearer"} if error.status == 401 else None
    return JSONResponse(_said(error), status_code=error.status, headers=headers)
