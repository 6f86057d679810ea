"""The projection for AgentCore Gateway: it never denies what the gate allows, over thousands of generated requests."""

from __future__ import annotations

import random
from typing import Any

import cedarpy
import pytest

from policies.access import Circumstances, Gate, Principal
from policies.access.policyset import PolicyFile, shipped_files
from policies.access.projection import Projection, gateway_schema, project
from policies.access.schema import cedar_input
from policies.access.scope import narrowed
from tools.accounts import Account, Directory
from tools.catalogue import find, queries
from tools.registry import Query

GATEWAY = "arn:aws:bedrock-agentcore:eu-west-1:123456789012:gateway/regent-x"
NAMES = ("payer", "online-prod", "venue-utrecht", "venue-rotterdam")
EVERYONE = Directory(
    [
        Account(id=f"21000000000{n}", name=name, tags={"venue": name[6:]} if name.startswith("venue-") else {})
        for n, name in enumerate(NAMES)
    ],
    Account(id="210000000000", name="payer"),
)
REQUESTS = 2800
"""Over all sets of policies together."""


def company(*rules: str) -> PolicyFile:
    text = "\n".join(f'@id("c{number}") @says("rule {number}")\n{rule}' for number, rule in enumerate(rules))
    return PolicyFile("company.cedar", text)


def rule(effect: str, actions: str, condition: str) -> str:
    return f"{effect} (principal is Regent::Person, action in [{actions}], resource) when {{ {condition} }};"


def action(*names: str) -> str:
    return ", ".join(f'Regent::Action::"{name}"' for name in names)


COMPANY = company(
    rule("forbid", action("findings", "alarms"), "context.input.top > 12"),
    rule("forbid", action("spend"), 'context.input.period == "last_year" || context.input.period like "2024*"'),
    rule("forbid", action("spend"), "context.input has service && !context.input.net"),
    rule("forbid", action("spend"), 'context.input has venue && context.input.venue == "utrecht"'),
    rule("forbid", action("metric"), 'context.hour < 6 && context.input.name == "cpu"'),
    rule("forbid", action("quotas"), "if context.input.above < 50 then true else context.calls > 5"),
    rule("forbid", action("derive"), '["sum", "share"].contains(context.input.operation) && principal.role != "admin"'),
    rule("forbid", action("domain-ops"), 'resource.domain == "cost"'),
    rule("forbid", action("patches"), 'resource.reach == "accounts" && resource.query == "patches"'),
    'forbid (principal == Regent::Person::"anna", action, resource);',
)
ALONE = company(
    rule("permit", action("findings"), "context.input.top <= 10"),
    rule("permit", action("spend"), 'principal.role == "manager" && context.input.by == "account"'),
    rule("permit", action("spend"), 'context.input.net || context.channel == "cli"'),
    rule("permit", action("alarms"), '!(context.input.state == "ok") && !(context.hour > 20)'),
    rule("permit", action("metric"), 'context.input has resource && context.input.resource like "web*"'),
    rule("permit", action("derive"), 'context.input.facts.contains("f1") && !context.input.facts.isEmpty()'),
    'permit (principal == Regent::Person::"bram", action == Regent::Action::"quotas", resource);',
)
SETS = {
    "shipped": shipped_files(),
    "shipped and a company's": (*shipped_files(), COMPANY),
    "a company's alone": (ALONE,),
    "nothing": (),
}


def raw_input(query: Query, chance: random.Random) -> dict[str, Any]:
    """Inputs as a model would send them: some left out, some with the value of their default."""
    schema = query.schema()
    given = {}
    for name, about in schema.get("properties", {}).items():
        if name not in schema.get("required", ()) and chance.random() < 0.5:
            continue
        given[name] = raw_value(name, about, chance)
    return given


def raw_value(name: str, about: dict[str, Any], chance: random.Random) -> Any:
    if "enum" in about:
        return chance.choice(about["enum"])
    match about.get("type"):
        case "integer":
            return chance.randint(int(about.get("minimum", 0)), int(about.get("maximum", 25)))
        case "boolean":
            return chance.random() < 0.5
        case "array":
            return chance.sample(["f1", "f2", "f3"], chance.randint(1, 3))
    words = {
        "accounts": ["all", *NAMES, "nowhere", "venue:utrecht"],
        "period": ["last_month", "last_year", "2024-05", "2026-09"],
        "venue": ["utrecht", "rotterdam"],
        "region": ["eu-west-1", "ap-south-1"],
    }
    return chance.choice(words.get(name, ["web-1", "x"]))


def anybody(chance: random.Random) -> Principal:
    return Principal(
        id=chance.choice(("anna", "bram", "carla")),
        role=chance.choice(("manager", "engineer", "auditor", "admin")),
        accounts=chance.choice((None, None, ("online-prod",), ("venue-utrecht", "payer"))),
        tags=chance.choice(({}, {}, {"venue": ("utrecht",)}, {"venue": ("utrecht", "rotterdam")})),
        domains=chance.choice((None, None, ("cost",))),
    )


def sometime(chance: random.Random) -> Circumstances:
    return Circumstances(
        channel=chance.choice(("cli", "slack")),
        hour=chance.randint(0, 23),
        calls=chance.randint(0, 9),
        reason=chance.choice(("", "incident")),
        approved=chance.random() < 0.5,
    )


class Gateway:
    """AgentCore's policy engine, as far as its documentation describes it."""

    def __init__(self, projected: Projection) -> None:
        self._policies = cedarpy.PolicySet.from_str(projected.text)
        self._schema = cedarpy.Schema.from_str(gateway_schema(queries().values()))

    def permits(self, query: Query, given: dict[str, Any]) -> bool:
        who, where = {"type": "AgentCore::OAuthUser", "id": "u"}, {"type": "AgentCore::Gateway", "id": GATEWAY}
        request = {
            "principal": who,
            "action": {"type": "AgentCore::Action", "id": f"regent___{query.name}"},
            "resource": where,
            "context": {"input": cedar_input(query, given)},
        }
        entities = [{"uid": who, "attrs": {"id": "u"}, "parents": []}, {"uid": where, "attrs": {}, "parents": []}]
        return bool(cedarpy.is_authorized(request, self._policies, entities, self._schema).allowed)


@pytest.mark.parametrize("name", SETS)
def test_the_gateway_never_denies_what_the_gate_allows(name: str) -> None:
    chance, gate = random.Random(name), Gate(SETS[name], queries().values())
    projected = project(gate.rules, queries().values(), gateway=GATEWAY)
    gateway, known = Gateway(projected), list(queries().values())
    counted = {(gated, passed): 0 for gated in (True, False) for passed in (True, False)}
    for number in range(REQUESTS // len(SETS)):
        query = known[number % len(known)]
        given, person = raw_input(query, chance), anybody(chance)
        parsed = narrowed(person, query, query.parse(given))
        gated = gate.decide(person, query, parsed, EVERYONE, sometime(chance), ("eu-west-1",)).outcome != "deny"
        passed = gateway.permits(query, given)
        assert passed or not gated, (query.name, given, person)
        counted[gated, passed] += 1
    if name == "nothing":
        assert counted[False, False] == sum(counted.values())
    else:
        assert counted[True, True] > 50 and counted[False, True] > 10, "both kinds were tried"
    if "company" in name:
        assert counted[False, False] > 30, "and the projection is not merely open"


@pytest.mark.parametrize("name", SETS)
def test_the_projection_fits_the_gateways_schema(name: str) -> None:
    gate = Gate(SETS[name], queries().values())
    projected = project(gate.rules, queries().values(), gateway=GATEWAY)
    assert cedarpy.validate_policies(projected.text, gateway_schema(queries().values())).validation_passed
    for statement in projected.statements:
        assert cedarpy.policies_to_json_str(statement.text).count('"effect"') == 1, "one statement, one policy"
        assert "Regent::" not in statement.text and "context.approved" not in statement.text


def test_what_the_gateway_cannot_be_told_is_listed() -> None:
    gate = Gate(SETS["shipped and a company's"], queries().values())
    listed = {
        unsaid.rule: " ".join(unsaid.conditions)
        for unsaid in project(gate.rules, queries().values(), gateway=GATEWAY).unsaid
    }
    assert "context.approved" in listed["persons-need-a-second-person"]
    assert "principal.role" in listed["managers-see-cost-and-health"]
    assert "accounts" in listed["nothing-out-of-sight"]
    assert "venue" in listed["c3"], "a scope may set the venue, so the Gateway does not see it as the gate does"
    assert "principal" in listed["c9"]
    assert "c0" not in listed and "c2" not in listed, "these hold for a tool and its inputs alone"


def test_what_holds_for_a_tool_and_its_inputs_is_enforced_at_the_gateway() -> None:
    gate = Gate(SETS["shipped and a company's"], queries().values())
    gateway = Gateway(project(gate.rules, queries().values(), gateway=GATEWAY))
    assert gateway.permits(find("findings"), {}) and gateway.permits(find("findings"), {"top": 12})
    assert not gateway.permits(find("findings"), {"top": 13})
    assert not gateway.permits(find("patches"), {})
    assert not gateway.permits(find("spend"), {"period": "2024-05"})
    assert gateway.permits(find("spend"), {"net": False})
    assert not gateway.permits(find("spend"), {"net": False, "service": "x"})
