"""Genuine: whether a request comes from Microsoft's Bot Framework, was made for this app, and for this service address.

The SDK checks tokens too, but lets pass what a house should not: an activity that names no service address, an address
that the token does not name, keys that Microsoft does not endorse for Teams, a token without an end, and tokens of any
tenant's Entra. Here all of these are refused.
"""

from __future__ import annotations

from typing import Any

from agents.channels.teams.clouds import CLOUDS
from policies.access.errors import KeysUnreadableError, NotVerifiedError
from policies.access.jwks import KeySet, fetch_json

LEEWAY = 300
"""Seconds that clocks may differ, as the Bot Framework's protocol says."""
_MOST_BYTES = 16 * 1024
CHANNEL = "msteams"


class BotTokens:
    """Verifies the tokens of one cloud's Bot Framework, made for one app. Safe for threads."""

    def __init__(self, app_id: str, cloud: str = "public", *, issuer: str | None = None, openid: str | None = None):
        known = CLOUDS[cloud]
        self._app, self._issuer, self._openid = app_id, issuer or known.issuer, openid or known.openid
        self._keys = KeySet(self._discovered)

    def service_url(self, authorization: str) -> str:
        """The service address in a token that holds, from the header that brought it.

        Raises:
            NotVerifiedError: the token is missing, or its signature, algorithm, issuer, audience or time does not hold.
            KeysUnreadableError: it cannot be told now.
        """
        import jwt

        kind, _, token = authorization.partition(" ")
        if kind.lower() != "bearer" or not token or len(token) > _MOST_BYTES:
            raise NotVerifiedError("There is no bearer token.")
        try:
            header = jwt.get_unverified_header(token)
            kid = header.get("kid")
            if header.get("alg") != "RS256" or not isinstance(kid, str) or "crit" in header:
                raise NotVerifiedError("The token is not signed as the Bot Framework signs.")
            claims: dict[str, Any] = jwt.decode(
                token,
                self._keys.key(kid).key,
                algorithms=["RS256"],
                issuer=self._issuer,
                audience=self._app,
                leeway=LEEWAY,
                options={"require": ["exp", "iss", "aud"]},
            )
        except jwt.PyJWTError as error:
            # the kind only: the text of these errors may quote the token
            raise NotVerifiedError(f"The token was not accepted ({type(error).__name__}).") from None
        endorsed = self._keys.entry(kid).get("endorsements")
        if endorsed is not None and CHANNEL not in endorsed:
            raise NotVerifiedError("The token's key is not endorsed for Teams.")
        found = claims.get("serviceurl") or claims.get("serviceUrl")
        if not isinstance(found, str) or not found:
            raise NotVerifiedError("The token names no service address.")
        return found

    def _discovered(self) -> str:
        found = fetch_json(self._openid)
        keys = found.get("jwks_uri")
        if found.get("issuer") != self._issuer or not isinstance(keys, str):
            raise KeysUnreadableError("The Bot Framework's OpenID metadata names another issuer, or no keys.")
        return keys


def same_address(one: str, other: str) -> bool:
    """Whether two service addresses are the same but for a slash at the end."""
    return one.rstrip("/") == other.rstrip("/")
