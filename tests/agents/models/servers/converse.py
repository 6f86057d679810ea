"""Bedrock's ConverseStream on 127.0.0.1, in its own wire encoding, with its own errors."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from tests.agents.models.servers.base import Handler, ModelServer
from tests.agents.models.servers.eventstream import event, exception
from tests.agents.models.servers.steps import Call, Cut, MidStream, Refuse, Say, Step, Wait


def aws_error(status: int, code: str, message: str) -> Refuse:
    """An error as Bedrock sends it before a stream begins."""
    return Refuse(status, json.dumps({"message": message}), headers={"x-amzn-errortype": f"{code}:http://internal/"})


class ConverseServer(ModelServer):
    """Answers `POST /model/{id}/converse-stream`, signed with SigV4."""

    def reply(self, handler: Handler, body: Any) -> None:
        fault = _fault(handler, body)
        if fault:
            self.faults.append(fault)
            handler.whole(aws_error(400, "ValidationException", fault))
            return
        step = self.script.next()
        if isinstance(step, Wait):
            self.stopping.wait(step.seconds)
            step = Say("late")
        if isinstance(step, Refuse):
            handler.whole(step)
            return
        handler.start_chunks("application/vnd.amazon.eventstream")
        handler.chunk(event("messageStart", {"role": "assistant"}))
        if self._content(handler, step):
            reason = step.reason if isinstance(step, Say) else "tool_use"
            handler.chunk(event("messageStop", {"stopReason": reason}))
            usage = {"inputTokens": 20, "outputTokens": 12, "totalTokens": 132, "cacheReadInputTokens": 100}
            handler.chunk(event("metadata", {"usage": usage, "metrics": {"latencyMs": 5}}))
            handler.end_chunks()

    def _content(self, handler: Handler, step: Step) -> bool:
        """Send the content; False if the reply ended with it."""
        match step:
            case Say(text=text):
                for at in range(0, len(text), 7):
                    _text(handler, text[at : at + 7])
                handler.chunk(event("contentBlockStop", {"contentBlockIndex": 0}))
            case Call(calls):
                for index, (name, given) in enumerate(calls):
                    text = given if isinstance(given, str) else json.dumps(given)
                    _start(handler, index, name)
                    for part in (text[: len(text) // 2], text[len(text) // 2 :]):
                        _input(handler, index, part)
                    handler.chunk(event("contentBlockStop", {"contentBlockIndex": index}))
            case Cut(text, call, clean):
                if text:
                    _text(handler, text)
                if call:
                    _start(handler, 0, call[0])
                    _input(handler, 0, call[1])
                if clean:
                    handler.end_chunks()
                else:
                    handler.chunk(event("contentBlockStop", {"contentBlockIndex": 0})[:20])
                    handler.cut()
                return False
            case MidStream(text, code, message):
                _text(handler, text)
                handler.chunk(exception(code, message))
                handler.end_chunks()
                return False
        return True


def _text(handler: Handler, text: str) -> None:
    handler.chunk(event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": text}}))


def _start(handler: Handler, index: int, name: str) -> None:
    start = {"toolUse": {"toolUseId": f"tooluse_{index}", "name": name}}
    handler.chunk(event("contentBlockStart", {"contentBlockIndex": index, "start": start}))


def _input(handler: Handler, index: int, text: str) -> None:
    handler.chunk(event("contentBlockDelta", {"contentBlockIndex": index, "delta": {"toolUse": {"input": text}}}))


def _fault(handler: Handler, body: Any) -> str | None:
    """What Bedrock would refuse, as far as a request of ours could have it wrong."""
    if not handler.headers.get("Authorization", "").startswith("AWS4-HMAC-SHA256"):
        return "unsigned"
    if not unquote(handler.path).endswith("/converse-stream"):
        return f"not ConverseStream: {handler.path}"
    wanted: list[str] = []
    for message in body["messages"]:
        answered = [block["toolResult"]["toolUseId"] for block in message["content"] if "toolResult" in block]
        if sorted(answered) != sorted(wanted):
            return f"tool results {answered} for tool uses {wanted}"
        wanted = [block["toolUse"]["toolUseId"] for block in message["content"] if "toolUse" in block]
    if "toolConfig" in body and not body["toolConfig"]["tools"]:
        return "toolConfig without tools"
    return None
