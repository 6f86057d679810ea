"""A company's identity provider on 127.0.0.1: real keys, a real JWKS over HTTP, and tokens as good or bad as wanted."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

AUDIENCE = "regent"


class Provider:
    """Signs tokens and publishes keys. `asked` counts the requests for keys; `broken` makes them fail."""

    def __init__(self) -> None:
        self.keys = {"k1": rsa.generate_private_key(public_exponent=65537, key_size=2048)}
        self.published = ["k1"]
        self.asked, self.broken, self.slow = 0, False, 0.0
        self.issuer = ""

    def rotate(self, kid: str) -> None:
        """A new key takes the place of those published so far."""
        self.keys[kid] = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.published = [kid]

    def jwks(self) -> dict[str, Any]:
        entries = []
        for kid in self.published:
            entry = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.keys[kid].public_key()))
            entries.append({**entry, "kid": kid, "use": "sig", "alg": "RS256"})
        return {"keys": entries}

    def claims(self, **more: Any) -> dict[str, Any]:
        now = int(time.time())
        plain = {"iss": self.issuer, "aud": AUDIENCE, "sub": "u-bram", "iat": now, "nbf": now, "exp": now + 600}
        return {key: value for key, value in {**plain, **more}.items() if value is not None}

    def token(self, kid: str = "k1", headers: dict[str, Any] | None = None, **claims: Any) -> str:
        """A token of these claims, signed with this key."""
        named = {"kid": kid, **(headers or {})}
        return jwt.encode(self.claims(**claims), self.keys[kid], algorithm="RS256", headers=named)

    def public_pem(self, kid: str = "k1") -> bytes:
        public = self.keys[kid].public_key()
        return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@contextmanager
def provider() -> Iterator[Provider]:
    """A provider that serves."""
    held = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.endswith("/moved"):
                self.send_response(302)
                self.send_header("Location", "/keys")
                self.end_headers()
                return
            if self.path == "/keys":
                held.asked += 1
                time.sleep(held.slow)
            found = {
                "/keys": held.jwks,
                "/.well-known/openid-configuration": lambda: {
                    "issuer": held.issuer,
                    "jwks_uri": f"{held.issuer}/keys",
                },
            }.get(self.path)
            body = json.dumps(found() if found else {}).encode()
            self.send_response(500 if held.broken else 200 if found else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    held.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield held
    finally:
        server.shutdown()
        server.server_close()
