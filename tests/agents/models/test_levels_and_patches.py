"""Levels side by side are told apart alike; machines, owners and patches: what stands for them is shown, or said."""

from __future__ import annotations

import pytest

from agents.models.offline.inputs.special import OF_OWNERS
from tests.agents.models.planning import calls_of, plan_of

PATCHES = "patch status of the venues"
BY_TYPE = "instances by type"
EVERY_KIND = "resources of every kind"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("critical and high findings per account", ["critical", "high"]),
        ("high and medium findings by account", ["high", "medium"]),
        ("critical findings and high findings by account", ["critical", "high"]),
        ("how many critical and high findings does each account have", ["critical", "high"]),
    ],
)
def test_levels_side_by_side_are_told_apart_alike(asked: str, found: list[str]) -> None:
    assert calls_of(asked) == [("findings", {"severity": level, "by": "account"}) for level in found]


def test_what_is_counted_of_one_level_is_not_told_apart_as_something_else_is() -> None:
    assert calls_of("how many critical findings do we have and high vulnerabilities per account") == [
        ("findings", {"severity": "critical"}),
        ("vulnerabilities", {"severity": "high", "by": "account"}),
    ]
    assert all("by" not in inputs for _, inputs in calls_of("critical and high findings"))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("CVEs on our servers by severity", True),
        ("which servers have critical CVEs", True),
        ("vulnerabilities on our EC2 hosts", True),
        ("critical and high CVEs per server", True),
        ("CVEs per account", False),
        ("open vulnerabilities by severity", False),
        ("which servers miss critical patches", False),
    ],
)
def test_vulnerabilities_of_machines_are_said_to_be_of_resources_of_every_kind(asked: str, said: bool) -> None:
    assert any(EVERY_KIND in limit for limit in plan_of(asked).limits) == said


def test_it_is_said_again_of_what_follows() -> None:
    assert any(
        EVERY_KIND in limit for limit in plan_of("CVEs on our servers by severity", "how many are in Eindhoven").limits
    )


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ((BY_TYPE, "and how many without owner tag"), True),
        ((BY_TYPE, "and how many have no owner"), True),
        (("databases by engine", "which ones lack an owner tag"), True),
        (("buckets without owner tag",), True),
        ((BY_TYPE, "and how many without a team tag"), False),
        ((BY_TYPE, "which are untagged"), False),
    ],
)
def test_an_owner_is_said_to_be_read_as_the_team(asked: tuple[str, ...], said: bool) -> None:
    plan = plan_of(*asked)
    assert plan.calls[0].inputs["tag"] == "team="
    assert (OF_OWNERS in plan.limits) == said


@pytest.mark.parametrize(
    "then",
    [
        "show only the non compliant",
        "which are not compliant",
        "which ones are not fully compliant",
        "list the noncompliant ones",
        "how many are compliant",
        "which instances are non compliant",
    ],
)
def test_who_is_compliant_is_asked_of_the_patches_that_were_shown(then: str) -> None:
    [before], plan = plan_of(PATCHES).calls, plan_of(PATCHES, then)
    [call] = plan.calls
    assert (call.query, call.inputs["accounts"]) == ("patches", before.inputs["accounts"])
    assert any("patch-compliant" in limit for limit in plan.limits)
    assert not plan.without


def test_the_patches_of_the_place_that_is_named_are_shown() -> None:
    [(query, inputs)] = calls_of(PATCHES, "only the non compliant in Utrecht")
    assert (query, inputs["accounts"]) == ("patches", "venue:utrecht")
    [(query, inputs)] = calls_of("patch compliance by account", "show the non compliant servers")
    assert (query, "by" in inputs) == ("patches", False)


@pytest.mark.parametrize(
    "asked",
    [
        ("which instances are non compliant",),
        ("which config rules do we fail?", "show only the non compliant"),
        (PATCHES, "are we compliant with the config rules"),
    ],
)
def test_the_rules_of_config_are_still_asked_for(asked: tuple[str, ...]) -> None:
    assert [query for query, _ in calls_of(*asked)] == ["config_compliance"]
