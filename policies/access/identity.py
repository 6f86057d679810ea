"""Identity: from what arrived with a call to a verified principal, or to nobody.

Two headers are read and no others. What a proxy, a gateway or a caller writes into any other header about who is asking
(`X-Amzn-Bedrock-AgentCore-Runtime-User-Id`, `X-Forwarded-User` and the like) changes nothing, because it is not read.
The one exception is the proxy that the settings name: its header counts in a call that brings its secret as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from policies.access.claims import principal_of, subject_of
from policies.access.envelope import Envelopes
from policies.access.errors import NotVerifiedError, UnknownPrincipalError
from policies.access.nonces import Nonces
from policies.access.principal import SHIPPED, Principal, known_principal
from policies.access.proxy import ENVELOPE_HEADER, Proxy
from policies.access.sources import IdentitySettings
from policies.access.tokens import Tokens

__all__ = ["ENVELOPE_HEADER", "TOKEN_HEADER", "Call", "Evidence", "Identity", "Verified", "evidence"]

TOKEN_HEADER = "Authorization"  # noqa: S105 - a header name


@dataclass(frozen=True, slots=True)
class Call:
    """One call from elsewhere: its headers, its body as parsed, and the session that the transport names."""

    headers: Mapping[str, str] = field(repr=False)  # tokens must not reach a log by way of a traceback
    payload: Mapping[str, Any] = field(repr=False)
    session: str = ""


class Verified(NamedTuple):
    """Who asks, and through which channel, if that is verified too."""

    principal: Principal
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a call brings to prove who asks."""

    token: str | None = field(repr=False)
    envelope: str | None = field(repr=False)


class Identity:
    """Verifies who makes a call. Safe for threads."""

    def __init__(self, settings: IdentitySettings, principals: Path | None, nonces: Nonces | None = None) -> None:
        self._claims, self._file = settings.claims, principals or SHIPPED
        self._tokens = Tokens(settings.oidc) if settings.oidc else None
        self._proxy = Proxy(settings.proxy) if settings.proxy else None
        self._envelopes = None
        if settings.envelopes and nonces is not None:
            self._envelopes = Envelopes(settings.envelopes.audience, settings.envelopes.keys, nonces)

    def of(self, call: Call) -> Verified:
        """The principal who makes this call.

        Raises:
            NotVerifiedError: nothing proves who it is, or what should does not hold.
            UnknownPrincipalError: it is proved who it is, and nobody of that id is known here.
            PrincipalsError: the principals file cannot be used.
        """
        if self._proxy is not None and self._proxy.speaks(call.headers):
            person = self._proxy.person(call.headers)
            principal = known_principal(person, "proxy", self._file)
            if principal is None:
                raise UnknownPrincipalError("Nobody whom the proxy calls that is known here.", person)
            return Verified(principal)
        found = evidence(call.headers)
        if found.token is not None and self._tokens is not None:
            return Verified(self._by_token(found.token))
        if found.envelope is not None and self._envelopes is not None:
            envelope = self._envelopes.open(found.envelope, call.payload, call.session)
            principal = known_principal(envelope.person, "envelope", self._file)
            if principal is None:
                raise UnknownPrincipalError("Nobody of that chat account is known here.", envelope.person)
            return Verified(principal, envelope.channel)
        raise NotVerifiedError("Nothing that is accepted here proves who is asking; sign in and try again.")

    def _by_token(self, token: str) -> Principal:
        assert self._tokens is not None
        claims = self._tokens.claims(token)
        known = known_principal(f"oidc:{subject_of(claims, self._claims)}", "oidc", self._file)
        return known or principal_of(claims, self._claims)


def evidence(headers: Mapping[str, str]) -> Evidence:
    """The token and the envelope among these headers; nothing else is read.

    Raises:
        NotVerifiedError: one is there twice, or both are: then somebody added one.
    """
    held: dict[str, str] = {}
    for name, value in headers.items():
        known = name.casefold()
        if known in (TOKEN_HEADER.casefold(), ENVELOPE_HEADER.casefold()):
            if known in held:
                raise NotVerifiedError(f"The header {known} is there twice.")
            held[known] = value
    kind, _, token = held.get(TOKEN_HEADER.casefold(), "").partition(" ")
    bearer = token.strip() if kind.casefold() == "bearer" else None
    if bearer is not None and (not bearer or "," in bearer or " " in bearer):
        raise NotVerifiedError("The Authorization header holds no single token.")
    envelope = held.get(ENVELOPE_HEADER.casefold())
    if bearer is not None and envelope is not None:
        raise NotVerifiedError("The call brings a token and an envelope; one of them is somebody else's.")
    return Evidence(bearer, envelope)
