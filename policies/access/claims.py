"""Claims: what a verified token says about a person, by a company's mapping, as role and scope. Nothing is guessed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from policies.access.errors import NotVerifiedError, UnknownPrincipalError
from policies.access.principal import Principal
from policies.access.sources import ClaimMapping

FROM_CLAIMS = "oidc:"
"""How the id of a person begins whom claims describe. No id of the principals file has a colon."""
_TAGS = ("venue", "team", "env")


def subject_of(claims: Mapping[str, Any], mapping: ClaimMapping) -> str:
    """The person's id as the token has it.

    Raises:
        NotVerifiedError: the claim is missing, empty, or an e-mail address that nobody verified.
    """
    found = _claim(claims, mapping.subject)
    # not printable: control and direction characters, with which one id is shown as another
    if (
        not isinstance(found, str)
        or not 0 < len(found) <= 120
        or any(one.isspace() or not one.isprintable() for one in found)
    ):
        raise NotVerifiedError(f"The token has no usable {mapping.subject!r} claim, so it names nobody.")
    if mapping.subject == "email" and claims.get("email_verified") is not True:
        raise NotVerifiedError("The token's e-mail address is not a verified one.")
    return found


def principal_of(claims: Mapping[str, Any], mapping: ClaimMapping) -> Principal:
    """The principal that verified claims describe.

    Raises:
        UnknownPrincipalError: no group of the person has a role here.
        NotVerifiedError: a claim has a shape that cannot be read.
    """
    subject = subject_of(claims, mapping)
    groups = _values(_claim(claims, mapping.role), mapping.role) if mapping.role else []
    role = next((role for group, role in mapping.roles.items() if group in groups), None)
    if role is None:
        raise UnknownPrincipalError(
            "Nobody of that token is known here: none of its groups has a role.", f"oidc:{subject}"
        )
    limits: dict[str, Any] = {}
    tags: dict[str, tuple[str, ...]] = {}
    scope = {} if role in mapping.unscoped_roles else mapping.scope
    for what, claim in scope.items():
        values = tuple(_values(_claim(claims, claim), claim))
        if mapping.everything is not None and values == (mapping.everything,):
            continue
        if what not in _TAGS:
            limits[what] = values
        elif values:
            tags[what] = values
        else:
            limits["accounts"] = ()  # a tag scope of no value is no account at all
    name = _claim(claims, mapping.name)
    try:
        return Principal(
            # with its source in front, so that no token can claim an id of the principals file
            id=f"{FROM_CLAIMS}{subject}",
            role=role,
            name=name[:200] if isinstance(name, str) else "",
            tags=tags,
            assurance="oidc",
            **limits,
        )
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        raise NotVerifiedError(f"The token's claims cannot be used as a scope ({where}).") from None


def _claim(claims: Mapping[str, Any], name: str) -> Any:
    """A claim by name; a name with dots that is no claim itself reaches into objects."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def _values(found: Any, claim: str | None) -> list[str]:
    """A claim's values: a list of strings, or one string with commas between them; missing is none."""
    if found is None:
        return []
    if isinstance(found, str):
        return [one.strip() for one in found.split(",") if one.strip()]  # "New York" is one value
    if isinstance(found, list) and all(isinstance(one, str) and one.strip() for one in found):
        return [one.strip() for one in found]
    raise NotVerifiedError(f"The token's claim {claim!r} is neither text nor a list of texts.")
