"""The gate: a Cedar decision in front of every query call. Default deny, and no decision without a reason."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict

from policies.access.principal import Principal
from policies.access.schema import cedar_schema
from tools.accounts import Account, Directory
from tools.errors import RegentError, UnknownNameError
from tools.registry import Query

SHIPPED = Path(__file__).with_name("regent.cedar")


class PolicyError(RegentError):
    """The access policies cannot be used; Regent does not start with them."""


class DeniedError(RegentError):
    """The gate denied a query call. Nothing was sent to AWS."""


class Decision(BaseModel):
    """What the gate decided about one call, and by which policies."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    query: str
    input: dict[str, Any]
    input_sha256: str
    accounts: tuple[str, ...]
    allowed: bool
    policies: tuple[str, ...]
    reason: str


class Gate:
    """Decides with one parsed policy set. Safe to share between threads."""

    def __init__(self, policies: str, queries: Iterable[Query], name: str = "regent.cedar") -> None:
        import cedarpy

        schema = cedar_schema(queries)
        try:
            checked = cedarpy.validate_policies(policies, schema)
            self._policies = cedarpy.PolicySet.from_str(policies)
            self._schema = cedarpy.Schema.from_str(schema)
        except ValueError as error:
            raise PolicyError(f"The policy file {name} does not parse: {error}.") from error
        if not checked.validation_passed:
            raise PolicyError(f"The policy file {name} does not fit the schema: {checked.errors[0].error}.")
        self.sha256 = hashlib.sha256(policies.encode()).hexdigest()
        self._says = _annotations(policies)

    def decide(
        self, principal: Principal, query: Query, given: dict[str, Any], everyone: Directory, context: dict[str, Any]
    ) -> Decision:
        """Decide one call. `everyone` is the whole directory: scope is checked here, not assumed.

        An account that does not exist and one outside the scope get the same answer, so a denial teaches nothing.
        """
        import cedarpy

        touched, in_sight = _touched(principal, query, given, everyone)
        person = {"type": "Regent::Person", "id": principal.id}
        resource = {"type": "Regent::Estate", "id": "call"}
        entities = [
            {
                "uid": person,
                "attrs": {
                    "role": principal.role,
                    "domains": list(principal.domains or ()),
                    "all_domains": principal.domains is None,
                },
                "parents": [],
            },
            {
                "uid": resource,
                "attrs": {
                    "accounts": [account.id for account in touched],
                    "in_sight": in_sight,
                    "personal_data": query.personal_data,
                    "domain": query.domain,
                    "reach": query.reach,
                },
                "parents": [],
            },
        ]
        request = {
            "principal": person,
            "action": {"type": "Regent::Action", "id": query.name},
            "resource": resource,
            "context": context,
        }
        result = cedarpy.is_authorized(request, self._policies, entities, self._schema)
        errors = list(result.diagnostics.errors)
        allowed = result.allowed and not errors
        deciding = tuple(sorted(self._says.get(p, (p, ""))[0] for p in result.diagnostics.reasons))
        said = [self._says[p][1] for p in result.diagnostics.reasons if p in self._says]
        return Decision(
            query=query.name,
            input=given,
            input_sha256=call_sha256(query.name, given),
            accounts=tuple(account.id for account in touched),
            allowed=allowed,
            policies=deciding,
            reason=_reason(allowed, said, errors, principal, query),
        )


@cache
def shipped_gate() -> Gate:
    """The gate with the policies that ship, validated against all known queries."""
    from tools.catalogue import queries

    return Gate(SHIPPED.read_text(encoding="utf-8"), queries().values())


def call_sha256(query: str, given: dict[str, Any]) -> str:
    """The hash that binds a decision to one call: SHA-256 over the query's name and its sorted inputs as JSON."""
    return hashlib.sha256(orjson.dumps([query, given], option=orjson.OPT_SORT_KEYS)).hexdigest()


def _touched(
    principal: Principal, query: Query, given: dict[str, Any], everyone: Directory
) -> tuple[tuple[Account, ...], bool]:
    """The accounts this call would touch, and whether all are in sight. Unnamed means: all in sight."""
    sight = everyone.cut(principal.accounts)
    if query.reach == "facts":
        return (), True
    named = given.get("accounts")
    if not isinstance(named, str):
        return sight.accounts, bool(sight.accounts)
    try:
        wanted = everyone.select(named) if named.strip().casefold() not in ("", "all") else sight.accounts
    except UnknownNameError:
        # Nobody of full sight is told "denied" for a typing error; the query names the candidates.
        return (), principal.accounts is None
    seen = {account.id for account in sight.accounts}
    return wanted, bool(wanted) and all(account.id in seen for account in wanted)


def _reason(allowed: bool, said: list[str], errors: list[str], principal: Principal, query: Query) -> str:
    if errors:
        return "A policy could not be evaluated, which counts as no."
    if allowed:
        return "; ".join(said)
    if said:
        return f"{'; '.join(said)}."[:1].upper() + f"{'; '.join(said)}."[1:]
    return f"No policy lets a {principal.role} run {query.name}."


def _annotations(policies: str) -> dict[str, tuple[str, str]]:
    """Cedar's internal policy ids (`policy0`) to our `@id` and `@says`."""
    import cedarpy

    static = orjson.loads(cedarpy.policies_to_json_str(policies))["staticPolicies"]
    found = {}
    for internal, policy in static.items():
        notes = policy.get("annotations") or {}
        found[internal] = (notes.get("id", internal), notes.get("says", ""))
    return found
