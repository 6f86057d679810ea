"""The proxy: people whom a page such as Open WebUI signed in, named in a header that counts beside its secret only."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping

from policies.access.errors import NotVerifiedError
from policies.access.sources import ProxySettings

ENVELOPE_HEADER = "X-Amzn-Bedrock-AgentCore-Runtime-Custom-Regent-Envelope"
"""AgentCore hands on no header that is not on the runtime's list; this prefix may be."""
_SHORTEST = 32
"""Characters of a secret that is taken: the settings hold a hash, and a short secret could be found from it."""
_PERSON = re.compile(r"[!-+\--~]{1,121}")
"""An id: printable ASCII without space, and without the comma by which two headers would be joined."""


class Proxy:
    """Knows the one proxy by its secret, and reads whom it names. Safe for threads."""

    def __init__(self, settings: ProxySettings) -> None:
        self._hashes = settings.secret_sha256
        self._proof, self._person = settings.secret_header.casefold(), settings.person_header.casefold()

    def speaks(self, headers: Mapping[str, str]) -> bool:
        """Whether the call brings the proxy's secret. Without it, its other header is as good as not there.

        Raises:
            NotVerifiedError: a header that is the proxy's own holds another secret than the proxy's.
        """
        held = _only(headers, self._proof)
        if held is None:
            return False
        if self._proof == "authorization":
            kind, _, held = held.partition(" ")
            if kind.casefold() != "bearer":
                return False
        found = hashlib.sha256(held.strip().encode()).hexdigest()
        held_there = [hmac.compare_digest(found, known) for known in self._hashes]  # all, so that time says nothing
        if any(held_there) and len(held.strip()) >= _SHORTEST:
            return True
        if self._proof == "authorization":
            return False  # a person's own token stands there as well
        raise NotVerifiedError("What should prove the proxy does not hold.")

    def person(self, headers: Mapping[str, str]) -> str:
        """Whom the proxy names, as `proxy:ID`.

        Raises:
            NotVerifiedError: it names nobody, or more than one; or the call brings other evidence besides.
        """
        others = {ENVELOPE_HEADER.casefold(), "authorization"} - {self._proof}
        if any(_only(headers, name) is not None for name in others):
            raise NotVerifiedError("The call brings a proxy's word and other evidence; one of them is somebody else's.")
        named = (_only(headers, self._person) or "").strip()
        if not _PERSON.fullmatch(named):
            raise NotVerifiedError("The proxy does not say who is asking.")
        return f"proxy:{named}"


def _only(headers: Mapping[str, str], name: str) -> str | None:
    found = [value for known, value in headers.items() if known.casefold() == name]
    if len(found) > 1:
        raise NotVerifiedError(f"The header {name} is there twice.")
    return found[0] if found else None
