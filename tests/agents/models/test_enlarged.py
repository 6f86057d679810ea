"""Enlarged: what was shown, of one more place or service, of all others, or of one of its places in detail."""
# ruff: noqa: E501 - questions read better in one piece

from __future__ import annotations

import pytest

from agents.models.offline.understand import understand
from tests.agents.models.dev_bank import names
from tests.agents.models.planning import calls_of, plan_of
from tools.catalogue import queries
from tools.estate.world import NOW

TWO = "compare Amsterdam and Rotterdam venue costs over the last three months"
BACKUPS = "Did the backups run last night?"
HEALTH = "how healthy is everything at the moment"
GAP = "net versus gross for September, what's the gap?"
PUBLIC = "Is any of our data public on the internet?"


@pytest.mark.parametrize(
    "asked",
    ["add Eindhoven", "add Eindhoven too please", "include Eindhoven", "can you add venue-eindhoven to the comparison?", "plus Eindhoven"],
)  # fmt: skip
def test_what_is_added_stands_beside_what_was_compared(asked: str) -> None:
    [(query, inputs)] = calls_of(TWO, asked)
    assert (query, inputs["by"], inputs["period"]) == ("spend", "account", "last_3_months")
    assert inputs["accounts"] == "venue-amsterdam,venue-rotterdam,venue-eindhoven"


def test_what_follows_an_addition_is_of_all_of_them() -> None:
    assert calls_of(TWO, "add Eindhoven", "and in August?")[0][1]["accounts"].count("venue") == 3


def test_a_service_that_is_added_is_billed_by_a_call_of_its_own() -> None:
    found = calls_of("How much did S3 cost us in Q3?", "add EC2")
    assert [inputs["service"] for _, inputs in found] == [
        "Amazon Simple Storage Service",
        "Amazon Elastic Compute Cloud - Compute",
    ]
    assert {inputs["period"] for _, inputs in found} == {"2026-Q3"}


def test_what_fires_in_one_more_account_is_one_list() -> None:
    [(query, inputs)] = calls_of("Which alarms fire in venue-rotterdam?", "include online-prod too please")
    assert (query, inputs["accounts"]) == ("alarms", "venue-rotterdam,online-prod")


@pytest.mark.parametrize(
    "asked",
    ["add Eindhoven", "add a tag to venue-eindhoven", "add j.devries to the admins"],
)
def test_what_is_added_to_nothing_that_was_shown_is_a_change_in_aws(asked: str) -> None:
    plan = plan_of("Which accounts do we have?", asked)
    assert plan.abstention is not None
    assert plan.abstention.kind == "read_only"


def test_a_change_stays_one_after_a_comparison() -> None:
    plan = plan_of(TWO, "add a budget for Eindhoven")
    assert plan.abstention is not None
    assert plan.abstention.kind == "read_only"


@pytest.mark.parametrize(
    ("asked", "of_venues"),
    [
        ("any other venue with the same problem?", True),
        ("do other venues have this problem?", True),
        ("any other account affected?", False),
        ("does it happen elsewhere?", False),
        ("anywhere else?", False),
        ("is it the same in other accounts?", False),
    ],
)
def test_the_same_trouble_elsewhere_is_looked_for_in_all_places(asked: str, of_venues: bool) -> None:
    [(query, inputs)] = calls_of(BACKUPS, "why did it fail", asked)
    assert (query, inputs["state"], inputs["period"]) == ("backups", "failed", "last_24_hours")
    venues = ",".join(names().venue_accounts)
    assert inputs.get("accounts") == (venues if of_venues else None)


def test_no_other_place_has_the_same_bill() -> None:
    plan = plan_of("What did Utrecht cost in September?", "any other venue with the same problem?")
    assert not plan.calls


@pytest.mark.parametrize(
    "asked",
    ["tell me more about the rotterdam one", "more details on venue-rotterdam please", "what is wrong with Rotterdam?", "zoom in on Rotterdam"],
)  # fmt: skip
def test_one_of_the_accounts_whose_health_was_shown_is_told_one_by_one(asked: str) -> None:
    found = calls_of(HEALTH, asked)
    assert [query for query, _ in found] == ["health_summary", "alarms", "backups", "patches"]
    assert {inputs["accounts"] for _, inputs in found} <= {"venue:rotterdam", "venue-rotterdam"}


def test_one_row_of_a_bill_is_told_by_its_services() -> None:
    [(query, inputs)] = calls_of("What did each account cost in September?", "tell me more about data-prod")
    assert (query, inputs["accounts"], inputs["period"]) == ("spend", "data-prod", "2026-09")
    assert inputs.get("by", "service") == "service"


@pytest.mark.parametrize(
    "asked",
    [
        "where does it come from",
        "why?",
        "why the difference?",
        "what explains the gap?",
        "what is the difference made of?",
    ],
)
def test_what_lies_between_gross_and_net_is_told_by_kind_of_charge(asked: str) -> None:
    plan = plan_of(GAP, asked)
    assert [(c.query, c.inputs) for c in plan.calls] == [("spend", {"by": "charge_type", "period": "2026-09"})]
    assert plan.focus == ("Credit", "Refund")


def test_what_lies_between_two_months_is_no_credit() -> None:
    found = calls_of("What did we spend in August versus September?", "where does it come from")
    assert all(inputs.get("by") != "charge_type" for _, inputs in found)


def test_who_made_data_public_is_looked_for_by_the_events_of_buckets_and_said_to_be_of_these() -> None:
    plan = plan_of(PUBLIC, "who made it public?")
    [call] = plan.calls
    assert call.query == "who_did_what"
    assert "PutBucketPolicy" in call.inputs["action"]
    assert any("buckets" in limit for limit in plan.limits)
    of_buckets = plan_of("Which buckets are public?", "who made it public?")
    assert not any("buckets" in limit for limit in of_buckets.limits)


def test_since_when_data_is_public_is_told_of_what_was_shown() -> None:
    plan = plan_of(PUBLIC, "when")
    assert [call.query for call in plan.calls] == ["public_exposure"]
    assert any("Access Analyzer" in limit for limit in plan.limits)


def test_the_account_that_was_named_by_its_venue_comes_first() -> None:
    plan = plan_of("Which account belongs to the venue in Utrecht and who runs it?")
    assert plan.focus == ("venue-utrecht",)


FINDINGS = "how many critical security findings per account"
UNPATCHED = "how many servers miss critical patches, per venue"


@pytest.mark.parametrize(
    "asked",
    ["what are the ones in Utrecht about?", "which ones in Utrecht exactly", "list the Utrecht ones please", "which of them are in Utrecht?",
     "name the ones in Utrecht", "what are they about in Utrecht?", "show me the findings in Utrecht one by one"],
)  # fmt: skip
def test_the_findings_that_were_counted_by_account_are_named(asked: str) -> None:
    [(query, inputs)] = calls_of(FINDINGS, asked)
    assert (query, inputs["severity"], inputs["accounts"]) == ("findings", "critical", "venue:utrecht")
    assert inputs.get("by", "severity") == "severity"


@pytest.mark.parametrize(
    "asked", ["which ones in Eindhoven exactly", "which servers in Eindhoven?", "which are the ones in Eindhoven?"]
)
def test_the_servers_of_one_venue_are_named(asked: str) -> None:
    [(query, inputs)] = calls_of(UNPATCHED, asked)
    assert (query, inputs["accounts"], inputs.get("by", "instance")) == ("patches", "venue:eindhoven", "instance")


def test_each_of_them_is_named_where_no_place_is() -> None:
    assert calls_of(UNPATCHED, "which servers are they?") == [("patches", {})]
    assert calls_of("how many vulnerabilities per account", "list them")[0][1]["by"] == "cve"
    assert calls_of("how many databases do we have per account", "what are the ones in data-prod?") == [
        ("inventory", {"kind": "databases", "by": "resource", "accounts": "data-prod", "top": 15})
    ]


def test_findings_of_every_level_are_not_said_to_be_named_one_by_one() -> None:
    plan = plan_of("how many open findings per account", "list them")
    assert any("of one level at a time" in limit for limit in plan.limits)


@pytest.mark.parametrize("asked", ["which accounts exactly?", "and Utrecht?", "which databases in Utrecht?"])
def test_another_place_or_other_things_are_no_names_of_what_was_counted(asked: str) -> None:
    assert all(inputs.get("by") != "severity" for _, inputs in calls_of(FINDINGS, asked))


@pytest.mark.parametrize(
    "asked",
    ["what is it spending on?", "what does it spend most of the money on?", "where does the money go?", "what was it spent on?"],
)  # fmt: skip
def test_what_one_account_spends_on_is_its_services(asked: str) -> None:
    of = ("What are our three most expensive accounts?", "how much is data-prod?")
    assert calls_of(*of, asked) == [("spend", {"by": "service", "accounts": "data-prod"})]


def test_what_follows_that_stays_with_the_account() -> None:
    of = ("What are our three most expensive accounts?", "how much is data-prod?", "what is it spending on?")
    assert calls_of(*of, "and half a year ago?")[0][1]["accounts"] == "data-prod"


UNENCRYPTED = "do any S3 buckets lack encryption?"


@pytest.mark.parametrize(
    "asked",
    ["only untagged ones", "just the ones without an owner tag", "which of those have no team tag?", "only the untagged buckets please"],
)  # fmt: skip
def test_untagged_ones_are_the_things_that_were_shown_and_no_bill(asked: str) -> None:
    plan = plan_of(UNENCRYPTED, asked)
    [call] = plan.calls
    assert (call.query, call.inputs["kind"], call.inputs["tag"]) == ("inventory", "buckets", "team=")
    assert any("whether or not they are so" in limit for limit in plan.limits)


def test_untagged_ones_of_a_list_keep_what_it_was_of() -> None:
    [(query, inputs)] = calls_of("list the volumes in online-prod", "which ones are untagged?")
    assert (query, inputs["kind"], inputs["accounts"], inputs["tag"]) == (
        "inventory",
        "volumes",
        "online-prod",
        "team=",
    )
    [(_, inputs)] = calls_of("how many instances are stopped", "only those without a team tag")
    assert inputs["only"] == "stopped" and inputs["tag"] == "team="


def test_the_untagged_part_of_a_bill_is_a_bill() -> None:
    assert [query for query, _ in calls_of("spend in data-lab last month", "only the untagged")] == ["untagged_spend"]


UNTAGGED = "How much money is lost on things without an owner tag?"


@pytest.mark.parametrize(
    "asked",
    ["what are those resources?", "which resources are these?", "list the resources", "what is it?", "list them"],
)
def test_what_is_billed_without_a_tag_is_told_by_service_and_by_thing(asked: str) -> None:
    plan = plan_of(UNTAGGED, asked)
    billed, things = plan.calls
    assert (billed.query, billed.inputs["by"]) == ("untagged_spend", "service")
    assert (things.query, things.inputs["by"], things.inputs["tag"]) == ("inventory", "resource", "team=")
    assert any("does not name single resources" in limit for limit in plan.limits)


def test_in_which_account_it_is_worst_is_told_by_account_and_nothing_else() -> None:
    assert [query for query, _ in calls_of(UNTAGGED, "in which account is it worst?")] == ["untagged_spend"]


def test_those_resources_are_those_of_the_account_that_was_asked_for() -> None:
    worst = "Where it is:\n- account data-lab: USD 3,265.42, a share of 78.31 % of its spend\n- account payer: USD 1.00"
    asked = (UNTAGGED, "in which account is it worst?", "what are those resources?")
    plan = understand(asked[-1], list(asked[:-1]), names=names(), now=NOW, queries=queries(), answers=("", worst))
    assert [call.inputs["accounts"] for call in plan.calls] == ["data-lab", "data-lab"]
