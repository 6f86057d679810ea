"""A Slack Web API on 127.0.0.1 that remembers every call, and refuses what it is told to: what `emulate` cannot do."""

from __future__ import annotations

import itertools
import json
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

STREAMS = ("chat.startStream", "chat.appendStream", "chat.stopStream")


class FakeSlack:
    """`calls` are (method, arguments) in order; `refuses` gives the error for a method, as often as it is there."""

    def __init__(self, url: str) -> None:
        self.url, self.api = url, f"{url}/api/"
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.refuses: dict[str, list[str]] = defaultdict(list)
        self.always: dict[str, str] = dict.fromkeys(STREAMS, "unknown_method")
        self.uploaded: list[bytes] = []
        self.tokens: set[str] = set()
        self.down = False
        self._numbers, self._lock = itertools.count(1), threading.Lock()

    def streams(self) -> None:
        """Let it stream from now on."""
        for method in STREAMS:
            del self.always[method]

    def of(self, method: str) -> list[dict[str, Any]]:
        return [given for name, given in self.calls if name == method]

    def text_of(self, given: dict[str, Any]) -> str:
        """Everything that somebody reads in a message or modal."""
        return "\n".join(_texts(given.get("blocks") or given.get("view") or []))

    def messages(self) -> dict[tuple[str, str], dict[str, Any]]:
        """What stands in each place now, by channel and time stamp."""
        found: dict[tuple[str, str], dict[str, Any]] = {}
        for method, given in self.calls:
            if method in ("chat.postMessage", "chat.startStream"):
                found[given["at"], given["ts"]] = given
            elif method in ("chat.update", "chat.stopStream"):
                found[given["channel"], given["ts"]] |= given
            elif method == "chat.delete":
                found.pop((given["channel"], given["ts"]), None)
        return found

    def answer(self, method: str, given: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            error = self.refuses[method].pop(0) if self.refuses[method] else self.always.get(method)
            if error:
                return {"ok": False, "error": error}
            ts = f"1800000000.{next(self._numbers):06}"
            if method in ("chat.postMessage", "chat.startStream"):
                channel = str(given["channel"])
                # a message to a person goes to the direct messages with them
                given = {**given, "ts": ts, "at": f"D{channel[1:]}" if channel.startswith("U") else channel}
            self.calls.append((method, given))
        if method == "files.getUploadURLExternal":
            return {"ok": True, "upload_url": f"{self.url}/upload", "file_id": "F1"}
        if method == "files.completeUploadExternal":
            return {"ok": True, "files": [{"id": "F1"}]}
        return {"ok": True, "ts": given.get("ts", ts), "channel": given.get("at", given.get("channel"))}


def _texts(found: Any) -> Iterator[str]:
    if isinstance(found, dict):
        if isinstance(found.get("text"), str):
            yield found["text"]
        for value in found.values():
            yield from _texts(value)
    elif isinstance(found, list):
        for value in found:
            yield from _texts(value)


@contextmanager
def open_fake() -> Iterator[FakeSlack]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if slack.down:
                self.send_error(503)
                return
            if self.path == "/upload":
                slack.uploaded.append(body)
                told: dict[str, Any] = {"ok": True}
            else:
                slack.tokens.add(self.headers.get("Authorization", ""))
                told = slack.answer(self.path.removeprefix("/api/"), _given(self.headers, body))
            text = json.dumps(told).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    slack = FakeSlack(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield slack
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _given(headers: Any, body: bytes) -> dict[str, Any]:
    if headers.get_content_type() == "application/json":
        return dict(json.loads(body))
    given: dict[str, Any] = {}
    for name, [value, *_] in parse_qs(body.decode()).items():
        try:
            found = json.loads(value) if value[:1] in "[{" else value
        except ValueError:
            found = value
        given[name] = found
    return given
