"""Teams' service on 127.0.0.1, as far as a bot sees it: it keeps messages, and holds bots to its rules of streams."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

import jwt

BOT_TOKEN = jwt.encode({"aud": "https://api.botframework.com"}, "a" * 32, algorithm="HS256")


class RefusedError(Exception):
    def __init__(self, status: int, said: str = "") -> None:
        self.status, self.said = status, said


class TeamsService:
    """`messages` holds what people see, by conversation; `progress` what streams showed before their message."""

    def __init__(self) -> None:
        self.messages: dict[str, dict[str, dict[str, Any]]] = {}
        self.progress: list[tuple[str, str]] = []
        self.opened: list[str] = []
        self.streams: dict[str, int] = {}
        self.down, self.stopped, self.late, self.strict = False, False, False, False
        self.unknown: set[str] = set()
        self.url = ""
        self._number = 0
        self._lock = threading.Lock()

    def said(self, conversation: str) -> list[dict[str, Any]]:
        return [message | {"id": id} for id, message in self.messages.get(conversation, {}).items()]

    def answer(self, method: str, path: str, body: Any) -> dict[str, Any]:
        if self.down:
            raise RefusedError(503)
        with self._lock:
            if path == "/v3/conversations":
                [member] = body["members"]
                if member["id"] in self.unknown:
                    raise RefusedError(403, "the app is not installed for this person")
                self.opened.append(member["id"])
                return {"id": f"a:{member['id']}"}
            found = re.fullmatch(r"/v3/conversations/([^/]+)/activities(?:/([^/]+))?", path)
            if found is None:
                raise RefusedError(404)
            conversation, id = unquote(found[1]), found[2] and unquote(found[2])
            if method == "PUT":
                if id not in self.messages.get(conversation, {}):
                    raise RefusedError(404)
                if self.strict and ("attachments" in body) != ("attachments" in self.messages[conversation][id]):
                    raise RefusedError(400, "the kind of a message cannot be changed")
                self.messages[conversation][id] = body | {"id": id}
                return {"id": id}
            return self._created(conversation, body)

    def _created(self, conversation: str, body: dict[str, Any]) -> dict[str, Any]:
        info = next((one for one in body.get("entities", ()) if one["type"] == "streaminfo"), None)
        if info is None:
            return {"id": self._keep(conversation, body)}
        if not conversation.startswith("a:"):
            raise RefusedError(403, "streaming is not allowed here")
        if self.stopped:
            raise RefusedError(403, "the stream was canceled by the user")
        if info["streamType"] == "final":
            if self.late:
                raise RefusedError(403, "the bot exceeded streaming time")
            if info.get("streamId") not in self.streams:
                raise RefusedError(400, "there is no such stream")
            del self.streams[info["streamId"]]
            self.messages.setdefault(conversation, {})[info["streamId"]] = body
            return {}
        id = info.get("streamId")
        if id is None:
            self._number += 1
            id = f"stream-{self._number}"
            self.streams[id] = 0
            self.messages.setdefault(conversation, {})
        if info["streamSequence"] != self.streams[id] + 1:
            raise RefusedError(400, "out of order")
        self.streams[id] += 1
        self.progress.append((conversation, body["text"]))
        return {"id": id} if self.streams[id] == 1 else {}

    def _keep(self, conversation: str, body: dict[str, Any]) -> str:
        self._number += 1
        self.messages.setdefault(conversation, {})[f"m{self._number}"] = body
        return f"m{self._number}"


@contextmanager
def teams_service() -> Iterator[TeamsService]:
    held = TeamsService()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
            status, found = 201, {}
            try:
                if self.headers.get("Authorization") != f"Bearer {BOT_TOKEN}":
                    raise RefusedError(401)
                found = held.answer(self.command, self.path, body)
            except RefusedError as refused:
                status, found = refused.status, {"error": {"message": refused.said}}
            text = json.dumps(found).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_PUT = do_POST  # noqa: N815 - the name that http.server calls

        def log_message(self, *_: object) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    held.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield held
    finally:
        server.shutdown()
        server.server_close()
