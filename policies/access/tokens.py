"""Tokens: an OIDC token becomes verified claims, or nothing. What it says about itself chooses no algorithm."""

from __future__ import annotations

from typing import Any

from policies.access.errors import NotVerifiedError
from policies.access.jwks import KeySet, fetch_json
from policies.access.sources import Issuer

_MOST_BYTES = 16 * 1024
_TYPES = ("JWT", "AT+JWT", "APPLICATION/AT+JWT")


class Tokens:
    """Verifies the tokens of one issuer. Safe for threads."""

    def __init__(self, issuer: Issuer, keys: KeySet | None = None) -> None:
        self._issuer = issuer
        self._keys = keys or KeySet(self._discovered)

    def claims(self, token: str) -> dict[str, Any]:
        """The claims of a token whose signature, issuer, audience and times hold.

        Raises:
            NotVerifiedError: one of them does not.
        """
        import jwt

        issuer = self._issuer
        if len(token) > _MOST_BYTES:
            raise NotVerifiedError("The token is larger than any token should be.")
        try:
            header = jwt.get_unverified_header(token)
            algorithm, kid = header.get("alg"), header.get("kid")
            if algorithm not in issuer.algorithms:
                raise NotVerifiedError("The token is signed in a way that is not accepted.")
            if not isinstance(kid, str) or str(header.get("typ", "JWT")).upper() not in _TYPES or "crit" in header:
                raise NotVerifiedError("The token's header is not one of an OIDC token.")
            key = self._keys.key(kid)
            if key.algorithm_name != algorithm:
                raise NotVerifiedError("The token is signed in another way than its key is for.")
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[algorithm],
                issuer=issuer.issuer,
                audience=issuer.audiences or None,
                leeway=issuer.leeway,
                options={"require": ["exp", "iat", "iss", "sub"], "verify_aud": bool(issuer.audiences)},
            )
        except jwt.ExpiredSignatureError:
            raise NotVerifiedError("The token has expired; sign in again.") from None
        except jwt.PyJWTError as error:
            # the kind only: the text of these errors may quote the token
            raise NotVerifiedError(f"The token was not accepted ({type(error).__name__}).") from None
        self._check(claims)
        return claims

    def _check(self, claims: dict[str, Any]) -> None:
        named = [claims[name] for name in ("client_id", "azp", "appid") if name in claims]
        if self._issuer.clients and (not named or any(client not in self._issuer.clients for client in named)):
            raise NotVerifiedError("The token was made for another client.")
        if int(claims["exp"]) - int(claims["iat"]) > self._issuer.longest:
            raise NotVerifiedError("The token is valid for longer than is accepted.")

    def _discovered(self) -> str:
        if self._issuer.keys:
            return self._issuer.keys
        found = fetch_json(f"{self._issuer.issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != self._issuer.issuer or not isinstance(found.get("jwks_uri"), str):
            raise NotVerifiedError("The issuer's discovery document names another issuer, or no keys.")
        return str(found["jwks_uri"])
