"""JWKS: an issuer's public keys, fetched when needed, kept for a while, and never fetched by everybody at once."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from policies.access.errors import KeysUnreadableError, NotVerifiedError
from tools.passage import Passage, PassageError, current

if TYPE_CHECKING:
    from jwt import PyJWK

LIFETIME = 600.0
"""Seconds after which the keys are fetched again: how long a key that the issuer withdrew is still accepted."""
PAUSE = 30.0
"""Seconds between two fetches that an unknown key id or a failure asks for, so that nobody can make us hammer."""
_TIMEOUT = 5.0
_MOST_BYTES = 256 * 1024
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class KeySet:
    """The keys at one address. Safe for threads: one of them fetches, the others wait for it."""

    def __init__(self, url: Callable[[], str], clock: Callable[[], float] = time.monotonic) -> None:
        self._url, self._clock = url, clock
        self._keys: dict[str, PyJWK] = {}
        self._entries: dict[str, dict[str, Any]] = {}
        self._fetched = self._tried = float("-inf")
        self._lock = threading.Lock()

    def key(self, kid: str) -> PyJWK:
        """The public key of this id.

        Raises:
            KeysUnreadableError: its keys cannot be read now.
            NotVerifiedError: the issuer publishes none of that id.
        """
        if not self._due(kid):
            return self._keys[kid]
        with self._lock:
            # whoever waited for the lock finds what the one before has fetched
            now = self._clock()
            if self._due(kid) and now - self._tried >= PAUSE:
                self._tried = now
                found = fetch_json(self._url())
                self._keys, self._entries, self._fetched = _parsed(found), _entries(found), now
            if self._clock() - self._fetched > LIFETIME:
                raise KeysUnreadableError(
                    "The issuer's keys cannot be read now, so no token can be checked; try later."
                )
            if kid not in self._keys:
                raise NotVerifiedError("The token is signed with a key that its issuer does not publish.")
            return self._keys[kid]

    def entry(self, kid: str) -> dict[str, Any]:
        """What the issuer published of this key, besides the key; raises what `key` raises."""
        self.key(kid)
        return self._entries[kid]

    def _due(self, kid: str) -> bool:
        return kid not in self._keys or self._clock() - self._fetched > LIFETIME


def fetch_json(url: str) -> dict[str, Any]:
    """A JSON object from an address: https (or http on this machine), no redirects, a short wait, not too large.

    Raises:
        KeysUnreadableError: it could not be had.
        NotVerifiedError: the address is not one that keys are read from.
    """
    parts = urlsplit(url)
    local = parts.hostname in _LOOPBACK
    if not parts.hostname or parts.scheme not in (("https", "http") if local else ("https",)):
        raise NotVerifiedError(f"The issuer's keys are only read over https; got {url[:100]!r}.")
    passage = current()
    if passage is not None and not local:
        return _object(parts.hostname, *_by_passage(passage, url, parts.hostname))
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname, parts.port, timeout=_TIMEOUT)
    try:
        query = f"?{parts.query}" if parts.query else ""
        connection.request("GET", f"{parts.path or '/'}{query}", headers={"Accept": "application/json"})
        response = connection.getresponse()
        return _object(parts.hostname, response.status, response.read(_MOST_BYTES + 1))
    except (OSError, HTTPException) as error:
        raise KeysUnreadableError(f"{parts.hostname} could not be read ({type(error).__name__}).") from error
    finally:
        connection.close()


def _by_passage(passage: Passage, url: str, host: str) -> tuple[int, bytes]:
    """Status and body, fetched from a network without internet."""
    try:
        status, _, body = passage.send("GET", url, {"Accept": "application/json"}, b"")
    except PassageError as error:
        raise KeysUnreadableError(f"{host} could not be read: {error}") from error
    return status, body


def _object(host: str, status: int, body: bytes) -> dict[str, Any]:
    if status != 200 or len(body) > _MOST_BYTES:
        raise KeysUnreadableError(f"{host} answered {status} instead of its keys.")
    try:
        found = json.loads(body)
    except ValueError as error:
        raise KeysUnreadableError(f"{host} could not be read ({type(error).__name__}).") from error
    if not isinstance(found, dict):
        raise KeysUnreadableError(f"{host} answered something that is no JSON object.")
    return found


def _parsed(found: dict[str, Any]) -> dict[str, PyJWK]:
    """The usable signing keys by id. A key of an unknown kind or without an id is left out: nothing can name it."""
    from jwt import PyJWK, PyJWTError

    keys: dict[str, PyJWK] = {}
    for kid, entry in _entries(found).items():
        if entry.get("use", "sig") != "sig" or entry.get("kty") not in ("RSA", "EC", "OKP"):
            continue
        if str(entry.get("alg", "RS"))[:2] not in ("RS", "PS", "ES", "Ed"):
            continue
        try:
            keys[kid] = PyJWK(entry)
        except (PyJWTError, ValueError, TypeError):
            continue  # one broken key must not keep the others from being used
    return keys


def _entries(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    entries = found.get("keys")
    named = [one for one in entries if isinstance(one, dict)] if isinstance(entries, list) else []
    return {one["kid"]: one for one in named if isinstance(one.get("kid"), str)}
