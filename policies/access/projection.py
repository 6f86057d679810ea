"""Projection: the policies as AgentCore Gateway's policy engine can know them.

There the resource is the gateway, the context is the tool's input and nothing else, and our people and accounts do not
exist. The projection permits whatever the gate may permit, for somebody and at some time, and forbids only what the
gate forbids for a tool and its inputs alone. So it never denies what the gate allows; what it cannot say is listed, and
the gate in the target decides it, as it decides every call.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from policies.access.bounds import Bound, Bounds, negated
from policies.access.policyset import Rule
from policies.access.schema import field, input_types
from tools.registry import Query

PrincipalType = Literal["OAuthUser", "IamEntity"]
Found = dict[str, list[Bound]]
_BODY = re.compile(r"when\s*\{(.*)\};?\s*$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Statement:
    """One Cedar statement for one policy of a policy engine."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Unsaid:
    """What of one rule the Gateway cannot be told."""

    rule: str
    says: str
    conditions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Projection:
    """What the Gateway enforces, and what only the gate can."""

    statements: tuple[Statement, ...]
    unsaid: tuple[Unsaid, ...]

    @property
    def text(self) -> str:
        """All statements as one policy set."""
        return "\n\n".join(statement.text for statement in self.statements)


def project(
    rules: Sequence[Rule],
    queries: Iterable[Query],
    *,
    gateway: str,
    target: str = "regent",
    principal: PrincipalType = "OAuthUser",
) -> Projection:
    """Project rules onto the tools of one gateway target. `gateway` is its ARN, `target` the target's name."""
    known = sorted(queries, key=lambda query: query.name)
    parsed = [(rule, _parsed(rule)) for rule in rules]
    unsaid: dict[str, list[str]] = {}
    found: dict[str, Found] = {"permit": {}, "forbid": {}}
    for query in known:
        for rule, policy in parsed:
            if not _applies(policy["action"], query):
                continue
            bounds = Bounds(query)
            bound = _bound(policy, bounds, upper=rule.effect == "permit")
            said = [_text(part) for part in bounds.dropped] + _scopes(policy)
            unsaid.setdefault(rule.id, []).extend(one for one in said if one not in unsaid.get(rule.id, ()))
            if bound is not False:
                found[rule.effect].setdefault(query.name, []).append(bound)
    make = _Maker(gateway, target, principal)
    statements = [*make.all("permit", found["permit"]), *make.all("forbid", found["forbid"])]
    listed = [Unsaid(rule.id, rule.says, tuple(unsaid[rule.id])) for rule in rules if unsaid.get(rule.id)]
    return Projection(tuple(statements), tuple(listed))


def gateway_schema(queries: Iterable[Query], target: str = "regent") -> str:
    """The schema that the Gateway makes of this target's tools: inputs by their JSON types, with defaults optional."""
    lines = [
        "namespace AgentCore {",
        "  entity OAuthUser = { id: String } tags String;",
        "  entity IamEntity = { id: String };",
        "  entity Gateway;",
        '  action "Mcp";',
        '  action "CallTool" in ["Mcp"];',
    ]
    for query in sorted(queries, key=lambda query: query.name):
        fields = query.input_model.model_fields
        inputs = ", ".join(
            field(name, kind, optional=not fields[name].is_required()) for name, kind in input_types(query).items()
        )
        lines.append(
            f'  action "{target}___{query.name}" in ["CallTool"] appliesTo {{ principal: [OAuthUser, IamEntity], '
            f"resource: [Gateway], context: {{ input: {{ {inputs} }} }} }};"
        )
    return "\n".join([*lines, "}"]) + "\n"


class _Maker:
    def __init__(self, gateway: str, target: str, principal: PrincipalType) -> None:
        self._gateway, self._target, self._principal = gateway, target, principal

    def all(self, effect: Literal["permit", "forbid"], found: Found) -> list[Statement]:
        """First one statement for the tools that it holds for whatever their inputs, then one for each other tool."""
        always = [name for name, bounds in found.items() if True in bounds]
        made = [Statement(f"{effect}_tools", self._statement(effect, always, None))] if always else []
        for name, bounds in found.items():
            if name in always:
                continue
            for number, condition in enumerate(_distinct(bounds)):
                made.append(Statement(f"{effect}_{name}_{number}", self._statement(effect, [name], condition)))
        return made

    def _statement(self, effect: str, tools: Sequence[str], condition: Bound | None) -> str:
        import cedarpy

        actions = [{"type": "AgentCore::Action", "id": f"{self._target}___{tool}"} for tool in tools]
        policy = {
            "effect": effect,
            "principal": {"op": "is", "entity_type": f"AgentCore::{self._principal}"},
            "action": {"op": "==", "entity": actions[0]} if len(actions) == 1 else {"op": "in", "entities": actions},
            "resource": {"op": "==", "entity": {"type": "AgentCore::Gateway", "id": self._gateway}},
            "conditions": [] if condition is None else [{"kind": "when", "body": condition}],
        }
        return _written(policy, cedarpy)


def _parsed(rule: Rule) -> dict[str, Any]:
    import cedarpy

    [policy] = orjson.loads(cedarpy.policies_to_json_str(rule.text))["staticPolicies"].values()
    found: dict[str, Any] = policy
    return found


def _bound(policy: dict[str, Any], bounds: Bounds, *, upper: bool) -> Bound:
    whole: Bound = True
    if _scopes(policy) and not upper:
        whole = False  # a rule about some persons forbids nothing to everybody
    for condition in policy["conditions"]:
        as_said = condition["kind"] == "when"
        bound = bounds.of(condition["body"], upper=upper if as_said else not upper)
        bound = bound if as_said else negated(bound)
        if whole is True or bound is False:
            whole = bound
        elif whole is not False and bound is not True:
            whole = {"&&": {"left": whole, "right": bound}}
    return whole


def _scopes(policy: dict[str, Any]) -> list[str]:
    """Limits in a rule's head to persons or resources that the Gateway does not know."""
    return [
        f"{part} {scope['op']} …"
        for part in ("principal", "resource")
        if (scope := policy[part])["op"] not in ("All", "is") or "in" in scope
    ]


def _applies(action: dict[str, Any], query: Query) -> bool:
    if action["op"] == "All":
        return True
    named = action.get("entities") or [action["entity"]]
    ours = {query.name} if action["op"] == "==" else {query.name, f"domain-{query.domain}", "ask"}
    return any(one["id"] in ours for one in named)


def _distinct(bounds: Iterable[Bound]) -> list[Bound]:
    kept: list[Bound] = []
    for bound in bounds:
        if bound not in kept:
            kept.append(bound)
    return kept


def _text(expression: dict[str, Any]) -> str:
    import cedarpy

    policy = {
        "effect": "permit",
        **{part: {"op": "All"} for part in ("principal", "action", "resource")},
        "conditions": [{"kind": "when", "body": expression}],
    }
    body = _BODY.search(_written(policy, cedarpy))
    return " ".join(body[1].split()) if body else ""


def _written(policy: dict[str, Any], cedarpy: Any) -> str:
    held = {"templates": {}, "staticPolicies": {"policy0": policy}, "templateLinks": []}
    return str(cedarpy.format_policies(cedarpy.policies_from_json_str(orjson.dumps(held).decode()))).strip()
