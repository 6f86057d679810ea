"""Explaining: decisions in plain words, and the table of who may run what."""

from __future__ import annotations

from typing import Any, get_args

from policies.access.circumstances import Circumstances
from policies.access.decision import Decision, Outcome
from policies.access.gate import Gate
from policies.access.policyset import Rule
from policies.access.principal import Principal, Role
from tools.accounts import Account, Directory
from tools.registry import Query

ROLES: tuple[Role, ...] = get_args(Role)
WORDS: dict[Outcome, str] = {"allow": "yes", "deny": "no", "needs_approval": "with approval"}
_SOMEWHERE = Directory([Account(id="000000000001", name="an account")], Account(id="000000000001", name="an account"))


def matrix(gate: Gate, queries: dict[str, Query]) -> dict[str, dict[Role, Outcome]]:
    """For each query, by role: what a person of that role without other limits gets, asking with a reason.

    Inputs are the defaults, and the first that fits where there is no default.
    """
    return {name: {role: _plainly(gate, role, query) for role in ROLES} for name, query in queries.items()}


def sentence(principal: Principal, decision: Decision) -> str:
    """The decision in one sentence."""
    who = f"{principal.id} ({principal.role})"
    match decision.outcome:
        case "allow":
            return f"{who} may run {decision.query}: {decision.reason}."
        case "needs_approval":
            return f"{who} may run {decision.query} once a second person has approved this call. {decision.reason}"
        case _:
            return f"{who} may not run {decision.query}. {decision.reason}"


def deciding(gate: Gate, decision: Decision) -> tuple[Rule, ...]:
    """The rules that decided, in the order of their files."""
    return tuple(rule for rule in gate.rules if rule.id in decision.policies)


def smallest(query: Query) -> dict[str, Any]:
    """Parsed inputs with the defaults, and the first that fits where there is none.

    Raises:
        InputError: an input without a default takes nothing that could be made up here.
    """
    schema = query.input_model.model_json_schema()
    needed = {name: _fits(schema["properties"][name]) for name in schema.get("required", ())}
    return query.parse(needed)


def _plainly(gate: Gate, role: Role, query: Query) -> Outcome:
    context = Circumstances(assurance="local", reason="to see who may run what", hour=12)
    person = Principal(id="anybody", role=role)
    return gate.decide(person, query, smallest(query), _SOMEWHERE, context, gate.regions).outcome


def _fits(given: dict[str, Any]) -> Any:
    if "enum" in given:
        return given["enum"][0]
    kinds: dict[str, Any] = {"string": "x", "integer": given.get("minimum", 1), "boolean": False, "number": 1.0}
    if given.get("type") == "array":
        return [_fits(given.get("items", {}))]
    return kinds.get(str(given.get("type")), "x")
