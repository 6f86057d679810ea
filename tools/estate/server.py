"""The endpoint of the sample estate: HTTP on 127.0.0.1, inside the process, as AWS would answer.

``with open_estate(home) as estate: boto3.client("ce", endpoint_url=estate.endpoint, ...)``. Credentials are in
``tools.estate.credentials``; the reader role of every account is assumed through sts:AssumeRole.
"""

from __future__ import annotations

import io
import socket
import sys
import threading
import uuid
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from tools.estate import world
from tools.estate.dispatch import Call, Dispatcher, HangUpError, Overlay
from tools.estate.faults import Fault, FaultKind
from tools.estate.protocol.wire import WireRequest, WireResponse

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

_POLL_SECONDS = 3600.0


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, dispatcher: Dispatcher, stopping: threading.Event) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.dispatcher = dispatcher
        self.stopping = stopping
        self.open_sockets: set[socket.socket] = set()
        self.lock = threading.Lock()

    def server_bind(self) -> None:
        # The standard library looks up the host's name here, which can take seconds without a network.
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:
        error = sys.exception() if hasattr(sys, "exception") else sys.exc_info()[1]
        if not isinstance(error, (ConnectionError, TimeoutError)) and not self.stopping.is_set():
            super().handle_error(request, client_address)


class _Connection(BaseHTTPRequestHandler):
    """One kept-alive connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def setup(self) -> None:
        super().setup()
        with self.server.lock:
            self.server.open_sockets.add(self.connection)

    def finish(self) -> None:
        with self.server.lock:
            self.server.open_sockets.discard(self.connection)
        super().finish()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: what was asked is in the receipts."""

    def _serve(self) -> None:
        path, _, query = self.path.partition("?")
        headers = {name.lower(): str(value) for name, value in self.headers.raw_items()}
        request = WireRequest(self.command, path, query, headers, self._read_body())
        request_id = str(uuid.uuid4())
        try:
            response = self.server.dispatcher(request, request_id, lambda app: self._run_wsgi(app, request))
        except HangUpError:
            self.close_connection = True
            return
        self._send(response, request_id)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = _serve  # noqa: N815 - the standard library's names

    def _read_body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            body = b""
            while size := int(self.rfile.readline().split(b";")[0], 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            while self.rfile.readline() not in (b"\r\n", b"\n", b""):
                continue
            return body
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _send(self, response: WireResponse, request_id: str) -> None:
        headers = {"x-amzn-requestid": request_id, "x-amz-request-id": request_id, **response.headers}
        headers.setdefault("content-length", str(len(response.body)))
        lines = [f"HTTP/1.1 {response.status} Sample", f"date: {self.date_time_string()}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")
        self.wfile.write(head if self.command == "HEAD" else head + response.body)

    def _run_wsgi(self, app: WSGIApplication, request: WireRequest) -> WireResponse:
        environ: dict[str, Any] = {
            "REQUEST_METHOD": request.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(request.path, "latin-1"),
            "RAW_URI": self.path,
            "REQUEST_URI": self.path,
            "QUERY_STRING": request.query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": str(self.server.server_port),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_LENGTH": str(len(request.body)),
            "CONTENT_TYPE": request.headers.get("content-type", ""),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(request.body),
            "wsgi.input_terminated": True,
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in request.headers.items():
            if name not in ("content-length", "content-type", "transfer-encoding"):
                environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
        started: list[tuple[int, dict[str, str]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            started.append((int(status.split()[0]), {name.lower(): value for name, value in headers}))
            return lambda data: None

        chunks = app(environ, start_response)
        try:
            body = b"".join(chunks)
        finally:
            close = getattr(chunks, "close", None)
            if close:
                close()
        status, headers = started[-1]
        drop = ("x-amzn-requestid", "x-amz-request-id", "date", "server", "connection", "transfer-encoding")
        return WireResponse(status, body, {name: value for name, value in headers.items() if name not in drop})


class SampleEstate:
    """A running sample estate; ``stop`` it, or use it as a context manager."""

    def __init__(self, home: Path, now: datetime) -> None:
        self._stopping = threading.Event()
        self._dispatcher = Dispatcher(home, now, self._stopping)
        self._server = _Server(self._dispatcher, self._stopping)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_POLL_SECONDS,), name="sample-estate", daemon=True
        )
        self._stop_lock = threading.Lock()
        self._thread.start()

    @property
    def endpoint(self) -> str:
        """The URL for boto3's ``endpoint_url``."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def calls(self) -> tuple[Call, ...]:
        """The requests answered so far (the last 10,000), oldest first."""
        return tuple(self._dispatcher.calls)

    def fault(
        self,
        *,
        service: str,
        operation: str = "*",
        kind: FaultKind,
        account: str | None = None,
        times: int | None = 1,
        seconds: float = 1.0,
    ) -> None:
        """Make the next ``times`` matching requests fail (``None``: all of them).

        ``service`` is botocore's name or ``*``; ``seconds`` is the delay of ``slow``. Raises ValueError for an
        unknown kind.
        """
        self._dispatcher.faults.add(Fault(service, operation, kind, account, times, seconds))

    def clear_faults(self) -> None:
        """Forget every fault that has not happened yet."""
        self._dispatcher.faults.clear()

    def lay_over(self, overlay: Overlay | None) -> None:
        """Change what is answered from now on, for tests that plant something; ``None``: the plain sample again."""
        self._dispatcher.overlay = overlay

    def stop(self) -> None:
        """Close the endpoint and its connections. Calling it again does nothing."""
        with self._stop_lock:
            if self._stopping.is_set():
                return
            self._stopping.set()
            closer = threading.Thread(target=self._server.shutdown, daemon=True)
            closer.start()
            # serve_forever sleeps in select until something connects; this wakes it to see that it must stop.
            while closer.is_alive():
                socket.create_connection(("127.0.0.1", self._server.server_port), timeout=1).close()
                closer.join(0.02)
            self._server.server_close()
            with self._server.lock:
                for connection in list(self._server.open_sockets):
                    _close(connection)

    def __enter__(self) -> SampleEstate:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()


def _close(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the client was faster


def open_estate(home: Path, *, now: datetime = world.NOW) -> SampleEstate:
    """Start the sample estate; ``home`` (REGENT_HOME) keeps the generated cost data, ``now`` is its clock (UTC)."""
    return SampleEstate(home, now)
