"""The gate: a Cedar decision in front of every query call. Default deny, and no decision without a reason."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from policies.access.circumstances import Circumstances
from policies.access.decision import Decision, Outcome, call_sha256
from policies.access.principal import Principal
from policies.access.schema import cedar_input, cedar_schema
from policies.access.touched import touched
from tools.accounts import Directory
from tools.errors import RegentError
from tools.registry import Query

SHIPPED = Path(__file__).with_name("regent.cedar")
REGIONS = ("eu-west-1", "eu-central-1", "us-east-1")
"""Where Regent may look unless a company says otherwise. Billing answers only in us-east-1."""


class PolicyError(RegentError):
    """The access policies cannot be used; Regent does not start with them."""


class DeniedError(RegentError):
    """The gate denied a query call. Nothing was sent to AWS."""


class ApprovalNeededError(DeniedError):
    """A query call waits for a second person's approval. Nothing was sent to AWS."""


class Gate:
    """Decides with one parsed policy set. Safe to share between threads.

    `regions` are those the house allows at all.
    """

    def __init__(
        self,
        policies: str,
        queries: Iterable[Query],
        name: str = "regent.cedar",
        *,
        regions: tuple[str, ...] = REGIONS,
    ) -> None:
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
        self.regions = regions
        self.sha256 = hashlib.sha256(policies.encode()).hexdigest()
        """Over the policies' text."""
        self.schema_sha256 = hashlib.sha256(schema.encode()).hexdigest()
        self._says = _annotations(policies)

    def decide(
        self,
        principal: Principal,
        query: Query,
        given: dict[str, Any],
        everyone: Directory,
        context: Circumstances,
        regions: Iterable[str] = (),
    ) -> Decision:
        """Decide whether the principal may run this call now.

        `given` are the parsed inputs, `everyone` is the whole directory (scope is checked here, not assumed), and
        `regions` are those in which the call would look. An account that does not exist and one outside the scope get
        the same answer, so a denial teaches nothing.
        """
        resource = _resource(principal, query, given, everyone, regions)
        facts = {**context.model_dump(), "regions": list(self.regions), "input": cedar_input(query, given)}
        return self._decided("ask", principal, query, given, resource, facts, _attributes(principal, everyone))

    def may_approve(
        self,
        approver: Principal,
        asker: Principal,
        query: Query,
        given: dict[str, Any],
        everyone: Directory,
        context: Circumstances,
        regions: Iterable[str] = (),
    ) -> Decision:
        """Decide whether `approver` may approve that `asker` runs this call; never `needs_approval`.

        `context` are the approver's circumstances; the resource is what the call would touch for the asker.
        """
        resource = _resource(asker, query, given, everyone, regions)
        facts = {
            **context.model_dump(),
            "regions": list(self.regions),
            "asker": {"id": asker.id, **_attributes(asker, everyone)},
            "asker_assurance": asker.assurance,
        }
        return self._decided("approve", approver, query, given, resource, facts, _attributes(approver, everyone))

    def again(
        self,
        action: str,
        principal_id: str,
        principal: dict[str, Any],
        query: str,
        resource: dict[str, Any],
        context: dict[str, Any],
    ) -> tuple[Outcome, tuple[str, ...], str]:
        """Outcome, policies and reason from the attributes of a recorded decision: the same policies say the same."""
        said = self._ask(action, principal_id, principal, query, resource, context)
        # Only a denial is asked about once more, as if a second person had approved: what then passes needs just that.
        if said[0] == "deny" and action == "ask" and not context["approved"]:
            hypothetical = {**context, "approved": True}
            if self._ask(action, principal_id, principal, query, resource, hypothetical)[0] == "allow":
                return "needs_approval", said[1], said[2]
        return said

    def _decided(
        self,
        action: str,
        principal: Principal,
        query: Query,
        given: dict[str, Any],
        resource: dict[str, Any],
        context: dict[str, Any],
        person: dict[str, Any],
    ) -> Decision:
        outcome, policies, reason = self.again(action, principal.id, person, query.name, resource, context)
        return Decision(
            action=action,
            query=query.name,
            input=given,
            input_sha256=call_sha256(query.name, given),
            accounts=tuple(resource["accounts"]),
            outcome=outcome,
            policies=policies,
            reason=reason,
            principal=person,
            resource=resource,
            context=context,
            policies_sha256=self.sha256,
            schema_sha256=self.schema_sha256,
        )

    def _ask(
        self,
        action: str,
        principal_id: str,
        principal: dict[str, Any],
        query: str,
        resource: dict[str, Any],
        context: dict[str, Any],
    ) -> tuple[Outcome, tuple[str, ...], str]:
        import cedarpy

        person, estate = {"type": "Regent::Person", "id": principal_id}, {"type": "Regent::Estate", "id": "call"}
        entities = [
            {"uid": person, "attrs": principal, "parents": []},
            {"uid": estate, "attrs": resource, "parents": []},
        ]
        if action == "approve":
            asker = {"type": "Regent::Person", "id": context["asker"]["id"]}
            if asker != person:
                attributes = {key: value for key, value in context["asker"].items() if key != "id"}
                entities.append({"uid": asker, "attrs": attributes, "parents": []})
            context = {**context, "asker": {"__entity": asker}}
            context.pop("approved")
        name = query if action == "ask" else action
        request = {
            "principal": person,
            "action": {"type": "Regent::Action", "id": name},
            "resource": estate,
            "context": context,
        }
        result = cedarpy.is_authorized(request, self._policies, entities, self._schema)
        errors = list(result.diagnostics.errors)
        allowed = result.allowed and not errors
        deciding = tuple(sorted(self._says.get(p, (p, ""))[0] for p in result.diagnostics.reasons))
        said = sorted(self._says[p][1] for p in result.diagnostics.reasons if p in self._says)
        reason = _reason(allowed, said, errors, f"No policy lets a {principal['role']} {_doing(action, query)}.")
        return "allow" if allowed else "deny", deciding, reason


@cache
def shipped_gate() -> Gate:
    """The gate with the policies that ship, validated against all known queries."""
    from tools.catalogue import queries

    return Gate(SHIPPED.read_text(encoding="utf-8"), queries().values())


def _attributes(principal: Principal, everyone: Directory) -> dict[str, Any]:
    """The person as policies see them; accounts in scope as ids."""
    limited = principal.accounts is not None
    return {
        "role": principal.role,
        "domains": list(principal.domains or ()),
        "all_domains": principal.domains is None,
        "accounts": [account.id for account in everyone.cut(principal.accounts).accounts] if limited else [],
        "all_accounts": not limited,
    }


def _resource(
    asker: Principal, query: Query, given: dict[str, Any], everyone: Directory, regions: Iterable[str]
) -> dict[str, Any]:
    """The call as policies see it."""
    accounts, known = touched(asker, query, given, everyone)
    return {
        "accounts": [account.id for account in accounts],
        "names_known": known,
        "regions": [] if query.reach == "facts" else list(regions),
        "data_class": "personal" if query.personal_data else "ordinary",
        "domain": query.domain,
        "query": query.name,
        "reach": query.reach,
    }


def _doing(action: str, query: str) -> str:
    return f"run {query}" if action == "ask" else f"approve {query}"


def _reason(allowed: bool, said: list[str], errors: list[str], nobody: str) -> str:
    if errors:
        return "A policy could not be evaluated, which counts as no."
    if allowed:
        return "; ".join(said)
    if said:
        return f"{'; '.join(said)}."[:1].upper() + f"{'; '.join(said)}."[1:]
    return nobody


def _annotations(policies: str) -> dict[str, tuple[str, str]]:
    """Cedar's internal policy ids (`policy0`) to our `@id` and `@says`."""
    import cedarpy

    static = orjson.loads(cedarpy.policies_to_json_str(policies))["staticPolicies"]
    found = {}
    for internal, policy in static.items():
        notes = policy.get("annotations") or {}
        found[internal] = (notes.get("id", internal), notes.get("says", ""))
    return found
