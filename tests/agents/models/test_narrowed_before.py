"""Narrowed before: what follows an answer that was of some things only is of those, or says that it is not."""
# ruff: noqa: E501 - questions and what they mean read better in one piece

from __future__ import annotations

from typing import Any

import pytest

from tests.agents.models.planning import calls_of, plan_of
from tests.questions.runner import asking

NAT = "What did NAT gateways cost in September?"
EGRESS = "What do we pay for egress in online-prod?"
STOPPED = "how many ec2 instances are stopped?"
LOOSE = "Which volumes are not attached to anything?"
OWNED = "which accounts do the floor-systems team own"
THEIRS = "team:floor-systems"


@pytest.mark.parametrize(
    ("asked", "held"),
    [
        ((NAT, "how much did this cost us in total between 8 and 24 september"), {"part": "nat_gateways", "period": "2026-09-08..2026-09-24"}),
        ((NAT, "how much did that cost us in July"), {"part": "nat_gateways", "period": "2026-07"}),
        ((NAT, "what did we pay for this in total in August?"), {"part": "nat_gateways", "period": "2026-08"}),
        ((NAT, "which team pays for that?"), {"part": "nat_gateways", "by": "team"}),
        ((EGRESS, "what did this cost us in total in August"), {"part": "egress", "accounts": "online-prod"}),
        ((EGRESS, "how much did we spend on it altogether last quarter?"), {"part": "egress", "period": "last_quarter"}),
        (("What did S3 cost in September?", "what did that cost all of us in August?"), {"service": "Amazon Simple Storage Service"}),
        (("How many functions do we have", "how much do we pay for that in total"), {"service": "AWS Lambda"}),
        (("What do volumes cost", "what could we save on those"), {"kind": "storage"}),
    ],
)  # fmt: skip
def test_the_price_of_that_is_of_what_was_billed(asked: tuple[str, ...], held: dict[str, Any]) -> None:
    [(_, inputs)] = calls_of(*asked)
    assert inputs.items() >= held.items()


@pytest.mark.parametrize(
    "asked",
    ["and what did everything cost in total?", "what is our total bill?", "what did we spend in total in August?"],
)
def test_all_that_is_spent_is_still_asked_for_by_its_words(asked: str) -> None:
    [(query, inputs)] = calls_of(NAT, asked)
    assert query == "spend"
    assert not {"part", "service"} & inputs.keys()


@pytest.mark.parametrize(
    ("before", "asked", "only"),
    [
        (STOPPED, "by instance type", "stopped"),
        (STOPPED, "per server type please", "stopped"),
        (STOPPED, "how many of those instances are in data-lab", "stopped"),
        ("how many functions run python 3.8", "split by function runtime", "python3.8"),
        ("which volumes are unattached", "by volume type", "unattached"),
    ],
)
def test_a_split_by_the_type_of_a_thing_keeps_the_state_that_was_shown(before: str, asked: str, only: str) -> None:
    [(query, inputs)] = calls_of(before, asked)
    assert (query, inputs.get("only")) == ("inventory", only)


@pytest.mark.parametrize(
    ("before", "asked"),
    [
        (STOPPED, "how many instances do we have in data-lab"),
        ("which volumes are unattached", "what volume types do we use"),
        ("how many instances are running", "which of these machines have no team tag"),
    ],
)
def test_things_that_are_named_again_are_all_of_them(before: str, asked: str) -> None:
    assert all("only" not in inputs for _, inputs in calls_of(before, asked))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ((LOOSE, "are those encrypted?"), "unattached volumes"),
        ((LOOSE, "encrypted?"), "unattached volumes"),
        ((LOOSE, "what do they cost us a month", "are those encrypted?"), "unattached volumes"),
        ((LOOSE, "are those encrypted?", "how many of them are"), "unattached volumes"),
        (("how many mysql databases do we have", "are they encrypted?"), "mysql databases"),
        (("how many mysql databases do we have", "are they public?"), "mysql databases"),
        (("how many databases do we have in frankfurt", "are they encrypted?"), "databases of that region"),
        (("Which instances are stopped?", "are they patched?"), "stopped instances"),
        (("which buckets are public", "are those encrypted?"), '"those"'),
        (("which databases are unencrypted", "are they backed up?"), '"they"'),
        (("What do we pay for CloudWatch?", "is there a cheaper alternative?"), "AmazonCloudWatch"),
        ((NAT, "how can we save on that?"), "NAT gateways"),
        (("What did EC2 cost in september", "is that in the budget"), "Amazon Elastic Compute Cloud"),
        (("How many critical findings do we have open?", "which ones are older than 30 days"), "the age that was named"),
        (("How many critical findings do we have open?", "which ones are older than 30 days", "per account please"), "the age that was named"),
        (("Which CVEs affect the venue Eindhoven?", "how many machines"), "resources of every kind"),
    ],
)  # fmt: skip
def test_what_it_is_not_narrowed_to_is_named(asked: tuple[str, ...], said: str) -> None:
    assert any(said in limit for limit in plan_of(*asked).limits)


@pytest.mark.parametrize(
    "asked",
    [
        (LOOSE, "are all our volumes encrypted?"),
        ("how many databases do we have", "are they encrypted?"),
        ("how many databases do we have", "are they backed up?"),
        ("What do volumes cost", "what could we save on those"),
        ("How many critical findings do we have open?", "how old are they"),
        ("Which CVEs affect the venue Eindhoven?", "how many vulnerabilities"),
        ("What did online-prod cost in september", "what can we save there"),
    ],
)
def test_nothing_is_said_to_be_left_where_all_is_looked_at(asked: tuple[str, ...]) -> None:
    limits = plan_of(*asked).limits
    assert not any(word in limit for limit in limits for word in ("not narrowed", "Left aside", "of every kind"))


def test_advice_on_storage_is_no_cheaper_alternative_to_a_service() -> None:
    [(query, inputs)] = calls_of("What do we pay for CloudWatch?", "is there a cheaper alternative?")
    assert (query, inputs.get("kind")) == ("savings", None)
    [(_, inputs)] = calls_of("is there money in moving S3 things to a cheaper storage tier?")
    assert inputs["kind"] == "storage"


@pytest.mark.parametrize(
    ("asked", "query", "accounts"),
    [
        ((OWNED, "what do they cost together"), "spend", THEIRS),
        ((OWNED, "what do they cost together", "open critical vulnerabilities in them?"), "vulnerabilities", THEIRS),
        ((OWNED, "did anybody log in there as root?"), "who_did_what", THEIRS),
        ((OWNED, "any alarms in those?"), "alarms", THEIRS),
        (("which accounts belong to venue utrecht", "any alarms in them?"), "alarms", "venue-utrecht"),
        (("which accounts are prod", "critical findings in them"), "findings", "env:prod"),
    ],
)
def test_accounts_that_were_listed_are_pointed_at(asked: tuple[str, ...], query: str, accounts: str) -> None:
    [(said, inputs)] = calls_of(*asked)
    assert (said, inputs["accounts"]) == (query, accounts)
    assert "team" not in inputs


def test_all_accounts_that_were_listed_are_told_one_by_one() -> None:
    assert ("spend", {"by": "account"}) in calls_of("list our accounts", "what do they cost")


@pytest.mark.parametrize("asked", ["which accounts do we have in production", "what does the data team cost"])
def test_a_place_that_is_named_is_no_other(asked: str) -> None:
    assert calls_of(OWNED, asked)[-1][1].get("accounts") != THEIRS


@pytest.mark.parametrize(
    ("before", "asked", "by"),
    [
        ("Top 5 services in online-prod this month", "What's the cheapest?", "service"),
        ("what did each account cost in september", "which is the cheapest", "account"),
        ("what did each team spend in september", "which was the least expensive?", "team"),
    ],
)
def test_the_cheapest_is_looked_for_among_all_rows(before: str, asked: str, by: str) -> None:
    [(_, inputs)] = calls_of(before, asked)
    assert (inputs.get("by"), inputs["top"]) == (by, 25)


def test_the_cheapest_of_rows_that_are_cut_is_that_of_those_listed() -> None:
    with asking("offline") as ask:
        few, _ = ask("Top 5 services in online-prod this month", "local", "few", "carla")
        cheapest, _ = ask("What's the cheapest?", "local", "few", "carla")
        ask("what do we spend by service", "local", "many", "carla")
        listed, _ = ask("which is the least expensive", "local", "many", "carla")
    assert "Secrets Manager" not in few.text
    assert "The least:\n- service AWS Secrets Manager" in cheapest.text
    assert "The least of those listed:" in listed.text


@pytest.mark.parametrize("sure", ["how sure is that number?", "what is the range?", "can we rely on that forecast"])
def test_how_sure_a_forecast_is_is_told_by_its_bounds(sure: str) -> None:
    with asking("offline") as ask:
        ask("what will we spend next month", "local", "one", "carla")
        told, _ = ask(sure, "local", "one", "carla")
        ask("forecast for this month", "local", "now", "carla")
        running, _ = ask(sure, "local", "now", "carla")
    assert "lower bound USD" in told.text and "upper bound USD" in told.text
    assert "AWS gives no bounds for the rest of a month" in running.text
    assert "without" not in told.text + running.text


def test_a_word_that_nobody_heeds_is_named_though_the_place_that_stays_is_said() -> None:
    asked = ("is any AWS maintenance planned in prod?", "which resources")
    assert "resources" in [one.word for one in plan_of(*asked).without]
