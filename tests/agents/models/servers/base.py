"""What both model servers share: a threaded HTTP server on 127.0.0.1 that keeps the requests it got."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from abc import ABC, abstractmethod
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from tests.agents.models.servers.steps import Refuse, Script, Step


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, *_: Any) -> None:
        return None

    def do_POST(self) -> None:
        size = int(self.headers.get("Content-Length", 0))
        body = json.loads(self.rfile.read(size))
        self.server.owner.requests.append({"path": self.path, "headers": dict(self.headers), "body": body})
        try:
            self.server.owner.reply(self, body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def whole(self, refused: Refuse) -> None:
        data = refused.body.encode()
        self.send_response(refused.status)
        self.send_header("Content-Type", refused.content_type)
        self.send_header("Content-Length", str(len(data)))
        for name, value in refused.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def start_chunks(self, content_type: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def end_chunks(self) -> None:
        self.wfile.write(b"0\r\n\r\n")
        self.wfile.flush()

    def cut(self) -> None:
        """End the connection in the middle of the body."""
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    owner: ModelServer

    def handle_error(self, *_: Any) -> None:
        return None  # a client that gave up is part of the tests


class ModelServer(ABC):
    """Serves while the `with` block runs, with a `certificate` over TLS. `requests` is what it was asked, in order."""

    def __init__(self, *steps: Step, certificate: Path | None = None) -> None:
        self._certificate = certificate
        self.script = Script(steps)
        self.requests: list[dict[str, Any]] = []
        self.faults: list[str] = []
        """What was wrong with requests: a test asserts that there is nothing in it."""
        self.stopping = threading.Event()

    def __enter__(self) -> Self:
        self._server = _Server(("127.0.0.1", 0), Handler)
        self._server.owner = self
        if self._certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self._certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def address(self) -> str:
        return f"{'https' if self._certificate else 'http'}://127.0.0.1:{self.port}"

    @abstractmethod
    def reply(self, handler: Handler, body: Any) -> None:
        """Answer one request."""
