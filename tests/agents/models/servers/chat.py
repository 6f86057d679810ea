"""An OpenAI-compatible chat server: native tool calls, constrained JSON, streaming or whole, and bad days."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema

from tests.agents.models.servers.base import Handler, ModelServer
from tests.agents.models.servers.steps import Call, Cut, MidStream, Refuse, Say, Step, Wait


class ChatServer(ModelServer):
    """Answers `POST /v1/chat/completions` for the model `m` as a strict server would."""

    def __init__(
        self,
        *steps: Step,
        key: str | None = None,
        model: str = "m",
        obeys_schema: bool = True,
        certificate: Path | None = None,
    ) -> None:
        super().__init__(*steps, certificate=certificate)
        self._key, self._model, self._obeys = key, model, obeys_schema

    @property
    def url(self) -> str:
        return f"{self.address}/v1"

    def reply(self, handler: Handler, body: Any) -> None:
        refused = self._refusal(handler, body)
        if refused:
            handler.whole(refused)
            return
        step = self.script.next()
        if isinstance(step, Wait):
            self.stopping.wait(step.seconds)
            step = Say("late")
        if isinstance(step, Refuse):
            handler.whole(step)
        elif body.get("stream"):
            self._stream(handler, step)
        else:
            self._whole(handler, step, body)

    def _refusal(self, handler: Handler, body: Any) -> Refuse | None:
        if self._key is not None and handler.headers.get("Authorization") != f"Bearer {self._key}":
            given = handler.headers.get("Authorization", "").removeprefix("Bearer ")
            # real servers quote the wrong key
            return _error(401, f"Incorrect API key provided: {given}.", "invalid_api_key")
        if handler.path != "/v1/chat/completions":
            return _error(404, "no such path")
        if body["model"] != self._model:
            return _error(404, f"The model `{body['model']}` does not exist.", "model_not_found")
        fault = _fault(body)
        if fault:
            self.faults.append(fault)
            return _error(400, fault)
        return None

    def _stream(self, handler: Handler, step: Step) -> None:
        handler.start_chunks("text/event-stream")

        def send(delta: dict[str, Any] | None, reason: str | None = None, **more: Any) -> None:
            choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": reason}]
            chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": choices}
            handler.chunk(f"data: {json.dumps({**chunk, **more})}\n\n".encode())

        send({"role": "assistant", "content": ""})
        match step:
            case Say(text=text):
                for at in range(0, len(text), 7):
                    send({"content": text[at : at + 7]})
                send({}, "stop")
            case Call(calls):
                for index, (name, given) in enumerate(calls):
                    text = given if isinstance(given, str) else json.dumps(given)
                    head = {"index": index, "id": f"call_{index}", "type": "function"}
                    send({"tool_calls": [{**head, "function": {"name": name, "arguments": ""}}]})
                    for part in (text[: len(text) // 2], text[len(text) // 2 :]):
                        send({"tool_calls": [{"index": index, "function": {"arguments": part}}]})
                send({}, "tool_calls")
            case Cut(text, call, clean):
                if text:
                    send({"content": text})
                if call:
                    function = {"name": call[0], "arguments": call[1]}
                    send({"tool_calls": [{"index": 0, "id": "call_0", "type": "function", "function": function}]})
                if clean:
                    handler.end_chunks()
                else:
                    handler.cut()
                return
            case MidStream(text, code, message):
                send({"content": text})
                handler.chunk(f"data: {json.dumps({'error': {'code': code, 'message': message}})}\n\n".encode())
                handler.end_chunks()
                return
        usage = {"prompt_tokens": 120, "completion_tokens": 12, "total_tokens": 132}
        send(None, usage=usage)
        handler.chunk(b"data: [DONE]\n\n")
        handler.end_chunks()

    def _whole(self, handler: Handler, step: Step, body: Any) -> None:
        if isinstance(step, Cut):
            handler.start_chunks("application/json")
            handler.chunk(b'{"id": "c", "choices": [{"mess')
            handler.cut()
            return
        message: dict[str, Any] = {"role": "assistant", "content": None}
        if "response_format" in body:
            message["content"] = self._constrained(step, body)
        elif isinstance(step, Say):
            message["content"] = step.text
        else:
            assert isinstance(step, Call)
            message["tool_calls"] = [
                {
                    "id": f"call_{index}",
                    "type": "function",
                    "function": {"name": name, "arguments": given if isinstance(given, str) else json.dumps(given)},
                }
                for index, (name, given) in enumerate(step.calls)
            ]
        reason = "tool_calls" if "tool_calls" in message else "stop"
        choice = {"index": 0, "message": message, "finish_reason": reason}
        usage = {"prompt_tokens": 120, "completion_tokens": 12, "total_tokens": 132}
        said = {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": usage}
        handler.whole(Refuse(200, json.dumps(said)))

    def _constrained(self, step: Step, body: Any) -> str:
        """What a grammar would let through: a script that could not be written under the schema is a fault."""
        schema = body["response_format"]["json_schema"]["schema"]
        jsonschema.Draft202012Validator.check_schema(schema)
        if isinstance(step, Say):
            reply: Any = {"answer": step.text}
        else:
            assert isinstance(step, Call)
            [(name, given)] = step.calls
            if isinstance(given, str):
                return given
            reply = {"query": name, "input": given}
        if self._obeys:
            jsonschema.validate(reply, schema)
        return json.dumps(reply)


def _error(status: int, message: str, code: str | None = None) -> Refuse:
    return Refuse(status, json.dumps({"error": {"message": message, "type": "invalid_request_error", "code": code}}))


def _fault(body: Any) -> str | None:
    """What a strict server would refuse."""
    if "tools" in body and not body["tools"]:
        return "[] is too short - 'tools'"
    if "response_format" in body:
        if "tools" in body:
            return "tools together with response_format"
        roles = [message["role"] for message in body["messages"]]
        if roles[0] != "system" or any(a == b for a, b in pairwise(roles)):
            return "Conversation roles must alternate"
        if any(not isinstance(message["content"], str) for message in body["messages"]):
            return "content must be text"
        return None
    wanted: list[str] = []
    for message in body["messages"]:
        if message["role"] == "tool":
            if message["tool_call_id"] not in wanted:
                return "a tool message must follow the call that it answers"
            wanted.remove(message["tool_call_id"])
            continue
        if wanted:
            return f"tool calls without an answer: {wanted}"
        wanted = [call["id"] for call in message.get("tool_calls", [])]
        if any(not isinstance(json.loads(c["function"]["arguments"]), dict) for c in message.get("tool_calls", [])):
            return "arguments must be an object"
    return None
