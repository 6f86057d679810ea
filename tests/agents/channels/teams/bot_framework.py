"""A Bot Framework on 127.0.0.1: OpenID metadata, keys with endorsements, and tokens as good or bad as wanted."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

APP = "11111111-2222-3333-4444-555555555555"
TENANT = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"
OPENID = "/v1/.well-known/openidconfiguration"


@cache  # making one takes longer than a test
def _key(name: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class BotFramework:
    """Signs tokens and publishes keys."""

    def __init__(self, service: str = "https://smba.example/teams") -> None:
        self.keys = {name: _key(name) for name in ("k1", "hidden")}
        self.endorsements: list[str] | None = ["msteams", "webchat"]
        self.url, self.service, self.broken = "", service, False
        self.issuer = "https://api.botframework.test"

    @property
    def openid(self) -> str:
        return f"{self.url}{OPENID}"

    def public(self) -> dict[str, Any]:
        entry = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.keys["k1"].public_key()))
        entry |= {"kid": "k1", "use": "sig"}
        if self.endorsements is not None:
            entry["endorsements"] = self.endorsements
        return {"keys": [entry]}

    def token(self, *, key: str = "k1", kid: str | None = None, **claims: Any) -> str:
        now = int(time.time())
        plain = {"iss": self.issuer, "aud": APP, "serviceurl": self.service, "nbf": now - 5, "exp": now + 3600}
        held = {name: value for name, value in (plain | claims).items() if value is not None}
        return jwt.encode(held, self.keys[key], algorithm="RS256", headers={"kid": kid or key})


@contextmanager
def bot_framework(service: str = "https://smba.example/teams") -> Iterator[BotFramework]:
    held = BotFramework(service)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = {
                OPENID: {"issuer": held.issuer, "jwks_uri": f"{held.url}/v1/.well-known/keys"},
                "/v1/.well-known/keys": held.public(),
            }.get(self.path)
            body = json.dumps(found or {}).encode()
            self.send_response(500 if held.broken else 200 if found else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

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


def activity(held: BotFramework, text: str = "What did we spend last month?", **more: Any) -> dict[str, Any]:
    """A message as Teams sends it, from the personal chat of Ana."""
    plain: dict[str, Any] = {
        "type": "message",
        "id": "1700000000001",
        "timestamp": "2026-11-28T10:00:00.000Z",
        "channelId": "msteams",
        "serviceUrl": held.service,
        "from": {"id": "29:ana", "name": "Ana", "aadObjectId": "00000000-0000-0000-0000-0000000000a1"},
        "recipient": {"id": f"28:{APP}", "name": "Regent"},
        "conversation": {"id": "a:ana-and-regent", "conversationType": "personal", "tenantId": TENANT},
        "channelData": {"tenant": {"id": TENANT}},
        "text": text,
        "textFormat": "plain",
    }
    return plain | more


def in_channel(held: BotFramework, text: str, **more: Any) -> dict[str, Any]:
    """The same in a thread of a channel, with the bot mentioned."""
    return activity(
        held,
        f"<at>Regent</at> {text}",
        conversation={
            "id": "19:ops@thread.tacv2;messageid=1700000000000",
            "conversationType": "channel",
            "isGroup": True,
            "tenantId": TENANT,
        },
        entities=[{"type": "mention", "text": "<at>Regent</at>", "mentioned": {"id": f"28:{APP}", "name": "Regent"}}],
        **more,
    )
