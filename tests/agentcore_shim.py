"""A stand-in for the AgentCore data plane: `InvokeAgentRuntime` on the wire, in front of a `regent serve`.

It does what is documented of the service, so that boto3 itself can be the client: the runtime is named by its ARN in
the path, the session id has at least 33 characters and comes back, headers that are not on the runtime's allow-list
stop here, an error of the runtime is a `RuntimeClientError` (424) whose text does not repeat it. With `keys`,
signatures (SigV4) are checked; with `bearer`, a call that brings a token instead is handed on, token included, as for
a runtime with a JWT authorizer (this stand-in does not check the token: the runtime does).

    python -m tests.agentcore_shim --to http://127.0.0.1:8080 --port 8090
    AWS_ENDPOINT_URL_BEDROCK_AGENTCORE=http://127.0.0.1:8090 aws bedrock-agentcore invoke-agent-runtime ...

What only the service can prove: one machine per session, its quotas and timeouts, and its own authorizers.
"""

from __future__ import annotations

import argparse
import hmac
import http.client
import json
import re
import threading
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

ARN = "arn:aws:bedrock-agentcore:eu-west-1:111122223333:runtime/regent-Ab12Cd34Ef"
"""The runtime that a shim has unless it is told another."""
SESSION = "X-Amzn-Bedrock-AgentCore-Runtime-Session-Id"
CUSTOM = "x-amzn-bedrock-agentcore-runtime-custom-"
_PATH = re.compile(r"/runtimes/([^/]+)/(invocations|stopruntimesession)")
_HANDED_ON = ("content-type", "accept", "x-amzn-trace-id", "traceparent", "tracestate", "baggage")
_SIGNED = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/,]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request, ?"
    r"SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})"
)


class Shim(ThreadingHTTPServer):
    """The server. `invoked` counts, per session, the calls that reached the runtime."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self,
        to: str,
        *,
        port: int = 0,
        arn: str = ARN,
        allowed_headers: tuple[str, ...] = ("X-Amzn-Bedrock-AgentCore-Runtime-Custom-Regent-Envelope",),
        keys: Mapping[str, str] | None = None,
        bearer: bool = False,
        host: str = "127.0.0.1",
    ) -> None:
        found = urlsplit(to)
        assert found.hostname is not None
        self.to = (found.hostname, found.port or 80)
        self.arn, self.keys, self.bearer = arn, keys, bearer
        self.allowed = {name.casefold() for name in allowed_headers} | ({"authorization"} if bearer else set())
        self.invoked: dict[str, int] = {}
        self.lock = threading.Lock()
        super().__init__((host, port), _Handler)

    @property
    def url(self) -> str:
        """What boto3 takes as `endpoint_url`."""
        return f"http://{self.server_address[0]!s}:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Shim

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: addresses and headers are nobody's business."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path, _, query = self.path.partition("?")
        known = _PATH.fullmatch(path)
        if known is None:
            return self._error(404, "ResourceNotFoundException", "No such operation.")
        refused = self._refused(body)
        if refused:
            return self._error(403, "AccessDeniedException", refused)
        if unquote(known[1]) not in (self.server.arn, self.server.arn.rsplit("/", 1)[1]):
            return self._error(404, "ResourceNotFoundException", f"No endpoint or agent found: {unquote(known[1])}")
        if dict(parse_qsl(query)).get("qualifier", "DEFAULT") != "DEFAULT":
            return self._error(404, "ResourceNotFoundException", "No such endpoint.")
        session = self.headers.get(SESSION) or str(uuid.uuid4())
        if not 33 <= len(session) <= 256:
            return self._error(400, "ValidationException", "runtimeSessionId has 33 to 256 characters.")
        if known[2] == "stopruntimesession":
            return self._whole(200, b"{}", session)
        with self.server.lock:
            self.server.invoked[session] = self.server.invoked.get(session, 0) + 1
        return self._invoke(body, session)

    def _invoke(self, body: bytes, session: str) -> None:
        given = {SESSION: session}
        for name, value in self.headers.items():
            if name.casefold() in _HANDED_ON or name.casefold() in self.server.allowed:
                given[name] = value
        runtime = http.client.HTTPConnection(*self.server.to, timeout=120)
        begun = False
        try:
            runtime.request("POST", "/invocations", body, given)
            got = runtime.getresponse()
            if got.status >= 300:
                said = f"Received error ({got.status}) from runtime. Please check your CloudWatch logs."
                got.read()
                return self._error(424, "RuntimeClientError", said)
            begun = True
            self.send_response(200)
            self.send_header("Content-Type", got.headers.get("Content-Type", "application/octet-stream"))
            self.send_header(SESSION, session)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            while chunk := got.read1(65536):
                self.wfile.write(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")
                self.wfile.flush()
            self.wfile.write(b"0\r\n\r\n")
        except (OSError, http.client.HTTPException):
            self.close_connection = True  # a stream that broke off must not look like one that ended
            if not begun:
                self._error(424, "RuntimeClientError", "The runtime could not be reached.")
        finally:
            runtime.close()

    def _refused(self, body: bytes) -> str | None:
        """Why the caller may not call; None when it may."""
        given = self.headers.get("Authorization", "")
        if self.server.bearer and given.startswith("Bearer "):
            return None
        if self.server.keys is None:
            return None
        found = _SIGNED.fullmatch(given)
        if found is None or found[1] not in self.server.keys:
            return "The security token included in the request is invalid."
        signed = _signature(self, body, found, self.server.keys[found[1]])
        return None if hmac.compare_digest(signed, found[6]) else "The request signature does not match."

    def _error(self, status: int, code: str, said: str) -> None:
        body = json.dumps({"message": said, "reason": "CUSTOM"} if status == 400 else {"message": said}).encode()
        self._whole(status, body, None, code)

    def _whole(self, status: int, body: bytes, session: str | None, code: str | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if session is not None:
            self.send_header(SESSION, session)
        if code is not None:
            self.send_header("x-amzn-ErrorType", code)
        self.end_headers()
        self.wfile.write(body)


def _signature(handler: _Handler, body: bytes, found: re.Match[str], secret: str) -> str:
    """The signature that the caller's key gives over this request, computed by botocore itself."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    auth = SigV4Auth(Credentials(found[1], secret), found[4], found[3])
    names = found[5].split(";")
    request = AWSRequest(
        "POST",
        f"http://{handler.headers['Host']}{handler.path}",
        {name: handler.headers[name] for name in names if name in handler.headers},
        body,
    )
    request.context["timestamp"] = handler.headers.get("X-Amz-Date", "")
    text = auth.string_to_sign(request, auth.canonical_request(request))
    return str(auth.signature(text, request))


@contextmanager
def shim(to: str, **how: Any) -> Iterator[Shim]:
    """A shim that serves in a thread until the block ends."""
    with Shim(to, **how) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True, name="agentcore-shim")
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join(10)


def main() -> None:
    """Serve until stopped."""
    given = argparse.ArgumentParser(description="InvokeAgentRuntime in front of a regent serve on this machine.")
    given.add_argument("--to", default="http://127.0.0.1:8080", help="where regent serve listens")
    given.add_argument("--port", type=int, default=8090)
    given.add_argument("--arn", default=ARN, help="the runtime's ARN")
    given.add_argument("--bearer", action="store_true", help="hand bearer tokens on (a JWT authorizer's runtime)")
    found = given.parse_args()
    with Shim(found.to, port=found.port, arn=found.arn, bearer=found.bearer) as server:
        print(f"AgentCore shim on {server.url} for {found.arn}", flush=True)
        with suppress(KeyboardInterrupt):
            server.serve_forever()


if __name__ == "__main__":
    main()
