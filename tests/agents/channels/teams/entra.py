"""Entra on 127.0.0.1: where a bot gets its tokens, behind TLS and a proxy, so that a process needs no change to ask it.

A process that is given `env` reaches `login.microsoftonline.com` here, and nothing else through that proxy.
"""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

from tests.agents.channels.teams.bot_framework import APP, TENANT
from tests.agents.channels.teams.teams_service import BOT_TOKEN
from tests.certificates import self_signed

SECRET = "a client secret of nobody"
_HOST = "login.microsoftonline.com"
_WHERE = f"https://{_HOST}/{TENANT}"


@contextmanager
def entra(folder: Path) -> Iterator[dict[str, str]]:
    """What a process needs in its environment to get its tokens here."""
    file = self_signed(folder / "entra.pem", _HOST)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_CONNECT(self) -> None:
            if self.path != f"{_HOST}:443":
                self.send_error(403)
                return
            self.send_response(200)
            self.end_headers()
            self.connection = context.wrap_socket(self.connection, server_side=True)
            self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", buffering=0)
            self.close_connection = False  # what was asked for is a tunnel, in HTTP/1.0

        def do_GET(self) -> None:
            there = {"issuer": f"{_WHERE}/v2.0", "token_endpoint": f"{_WHERE}/oauth2/v2.0/token"}
            self._say(200, there | {"authorization_endpoint": f"{_WHERE}/oauth2/v2.0/authorize"})

        def do_POST(self) -> None:
            given = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            good = (given.get("client_id"), given.get("client_secret")) == ([APP], [SECRET])
            token = {"token_type": "Bearer", "expires_in": 3600, "access_token": BOT_TOKEN}
            self._say(200 if good else 401, token if good else {"error": "invalid_client"})

        def _say(self, status: int, found: dict[str, object]) -> None:
            text = json.dumps(found).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        proxy = f"http://127.0.0.1:{server.server_port}"
        yield {"HTTPS_PROXY": proxy, "NO_PROXY": "127.0.0.1,localhost", "REQUESTS_CA_BUNDLE": str(file)}
    finally:
        server.shutdown()
        server.server_close()
