"""Of its clause: a time, a place or a kind of thing belongs to what it is said of, and not to what is asked beside it."""
# ruff: noqa: E501 - questions and what they mean read better in one piece

from __future__ import annotations

from typing import Any

import pytest

from tests.agents.models.planning import calls_of

DELETED = "Who deleted the VPC endpoint in data-prod on 8 September?"
BROKEN = (
    "The bet-settlement was on tuesday evening broken I think. What errors was in its logs between 19:00 and 20:00 UTC?"
)
RULES = "AuthorizeSecurityGroupIngress,RevokeSecurityGroupIngress,ModifySecurityGroupRules,AuthorizeSecurityGroupEgress,RevokeSecurityGroupEgress"
LONG = "2026-07-18..2026-10-15"


@pytest.mark.parametrize(
    ("asked", "inputs"),
    [
        (("delta by usage type for online-prod (5-11 vs 28 sep-4 oct)",), {"by": "usage_type", "accounts": "online-prod", "period": "2026-10-05..2026-10-11", "compared_to": "2026-09-28..2026-10-04"}),
        (("compare 8-14 october with 1-7",), {"period": "2026-10-08..2026-10-14", "compared_to": "2026-10-01..2026-10-07"}),
        (("errors from tuesday in online-prod",), {"accounts": "online-prod", "period": "2026-10-13"}),
        (("errors from tuesday on in online-prod",), {"accounts": "online-prod", "period": "2026-10-13..2026-10-15"}),
        (("who edited the key policy sept 28 - oct 5",), {"period": "2026-09-28..2026-10-05", "action": "PutKeyPolicy"}),
        (("forecast rest of yr, ec2 only",), {"service": "Amazon Elastic Compute Cloud - Compute", "period": "this_year"}),
        (("findings opened or closed, everything from q3, medium",), {"severity": "medium", "status": "all", "period": "2026-Q3"}),
        (("costs from july by month",), {"by": "month", "period": "2026-07-01..2026-10-15"}),
        ((BROKEN,), {"around": "2026-10-13T19:30", "minutes": 30, "log_group": "bet-settlement"}),
        ((BROKEN, "and one hour before and after 19:10?"), {"around": "2026-10-13T19:10", "minutes": 60, "log_group": "bet-settlement"}),
        (("thus, which findings are open in Utrecht?",), {"accounts": "venue:utrecht", "status": "open"}),
        (("which findings were raised in Utrecht on thursday?",), {"accounts": "venue:utrecht", "period": "2026-10-08"}),
    ],
)  # fmt: skip
def test_a_time_is_the_one_that_was_said(asked: tuple[str, ...], inputs: dict[str, Any]) -> None:
    assert calls_of(*asked)[0][1] == inputs


@pytest.mark.parametrize(
    ("asked", "inputs"),
    [
        ("Which Savings Plans do we hold today and when do they lapse?", {"kind": "savings_plans"}),
        ("when did the savings plan expire or will it, and how well was it used in september", {"kind": "savings_plans", "period": "2026-09"}),
        ("Which reservations expire today?", {"kind": "reservations", "ending": "2026-10-15"}),
        ("reserved instances: list what expired in the last two months, ignore SPs", {"kind": "reservations", "ending": "2026-08..2026-09"}),
        ("Which commitments do we hold, reservations aside", {"kind": "savings_plans"}),
    ],
)  # fmt: skip
def test_a_time_in_which_commitments_end_is_said_of_their_end(asked: str, inputs: dict[str, Any]) -> None:
    assert calls_of(asked) == [("commitments", inputs)]


@pytest.mark.parametrize(
    ("asked", "inputs"),
    [
        ((DELETED, "and who put it back, on the 24th?"), {"accounts": "data-prod", "period": "2026-09-24", "action": "CreateVpcEndpoint"}),
        ((DELETED, "who restored it?"), {"accounts": "data-prod", "period": "2026-09-08..2026-10-15", "action": "CreateVpcEndpoint"}),
        (("who stopped instances in data-lab", "who started them again?"), {"accounts": "data-lab", "period": LONG, "action": "StartInstances"}),
        (("who opened the security group in network last week", "who closed it again"), {"accounts": "network", "period": "2026-10-05..2026-10-15", "action": "RevokeSecurityGroupIngress"}),
        (("all changes to security groups in network past month",), {"accounts": "network", "period": "last_30_days", "action": RULES}),
        (("who made changes to security groups in network last month",), {"accounts": "network", "period": "last_month", "action": RULES}),
    ],
)  # fmt: skip
def test_who_did_it_is_looked_for_by_the_events_of_just_that(asked: tuple[str, ...], inputs: dict[str, Any]) -> None:
    assert calls_of(*asked) == [("who_did_what", inputs)]


def test_who_opened_what_is_open_now_is_not_looked_for_in_the_month_of_a_bill_alone() -> None:
    asked = "What did the Utrecht venue cost in September and is that marketing bucket still exposed?"
    assert calls_of(asked, "and who has made it open")[0][1]["period"] == LONG
    assert calls_of(asked, "and who has made it open in September")[0][1]["period"] == "2026-09"


@pytest.mark.parametrize(
    ("asked", "query", "inputs"),
    [
        ("cloudfrnt usage typs sept, gross, top 15", "spend", {"service": "Amazon CloudFront", "by": "usage_type", "period": "2026-09", "top": 15, "net": False}),
        ("old generation instances -> newer gen, what's it worth for platform's accounts", "savings", {"kind": "upgrade", "accounts": "team:platform"}),
        ("Instances without tags in data-lab?", "inventory", {"kind": "instances", "accounts": "data-lab", "tag": "team="}),
        ("What instance types do we run in online production?", "inventory", {"kind": "instances", "accounts": "online-prod", "by": "type"}),
        ("Share of September's money without a label saying whether it is production or test", "untagged_spend", {"tag": "env", "period": "2026-09"}),
        ("In what manner has the day-to-day cost of the Rotterdam venue developed over the first week of October", "spend", {"by": "day", "accounts": "venue:rotterdam", "period": "2026-10-01..2026-10-07"}),
        ("What exactly went up within EC2-Other in september, I mean the usage types, and is it the NAT?", "spend_change", {"by": "usage_type", "service": "EC2 - Other", "period": "2026-09"}),
        ("which usage types of the NAT gateways went up in september?", "spend_change", {"by": "usage_type", "part": "nat_gateways", "period": "2026-09"}),
        ("gpu boxes still up? whats the cpu doing and what did data-lab cost this month per day", "spend", {"by": "day", "accounts": "data-lab", "period": "month_to_date"}),
        ("what did the gpu boxes in data-lab cost this month per day", "spend", {"by": "day", "accounts": "data-lab", "period": "month_to_date", "part": "gpu_instances"}),
        ("Is the September cost jump in data-prod explained by something that was deployed or changed?", "recent_changes", {"kind": "all", "accounts": "data-prod", "period": "2026-09"}),
        ("did the backups in Rotterdam fail because somebody changed the key on 4 October?", "backups", {"state": "failed", "accounts": "venue:rotterdam", "period": "2026-10-04..2026-10-15"}),
        ("which backups in rotterdam failed on 4 October?", "backups", {"state": "failed", "accounts": "venue:rotterdam", "period": "2026-10-04"}),
        ("Two grand. Anything we could save bigger than that?", "savings", {}),
    ],
)  # fmt: skip
def test_nothing_that_is_named_is_dropped_or_lent_to_another_clause(
    asked: str, query: str, inputs: dict[str, Any]
) -> None:
    assert (query, inputs) in calls_of(asked)


def test_what_costs_more_on_two_days_is_asked_of_both() -> None:
    asked = "CloudWatch got dearer on 13 and 14 October. Log errors on those days, and how the charge ran day by day?"
    assert {inputs["period"] for _, inputs in calls_of(asked)} == {"2026-10-13..2026-10-14"}


def test_the_biggest_of_the_buckets_that_were_listed_is_told_by_their_size() -> None:
    asked = "how many s3 buckets do we have and in which accounts"
    assert calls_of(asked, "which of them is biggest") == [("metric", {"name": "bucket_size"})]
    assert calls_of("list our lambda functions", "which of them is biggest")[:1] != [
        ("metric", {"name": "bucket_size"})
    ]


def test_places_side_by_side_stay_so_in_percent() -> None:
    split = "Dev vs prod. What's the split in dollars?"
    assert calls_of(split, "And as a percentage?") == [("spend", {"accounts": "env:prod,env:dev", "by": "env"})]
    assert len(calls_of("What did Utrecht cost in August?", "as a percentage of the total")) == 2


@pytest.mark.parametrize("asked", ["including mere look-ups", "sign-ins and look-ups included"])
def test_look_ups_are_what_people_did_and_no_name_of_a_thing(asked: str) -> None:
    inputs = calls_of("What's m.jansen been doing in AWS lately?", asked)[0][1]
    assert inputs["writes_only"] is False
    assert "resource" not in inputs


def test_the_lot_is_every_check_of_identities() -> None:
    asked = ("State of encryption in backoffice-prod", "and its identities - MFA, keys, root, the lot?")
    assert ("identity_hygiene", {"check": "all", "accounts": "backoffice-prod"}) in calls_of(*asked)


@pytest.mark.parametrize(
    ("asked", "inputs"),
    [
        ("is aws doing maintenance this week?", {"status": "upcoming", "starting": "2026-10-12..2026-10-18"}),
        ("is there AWS maintenance on saturday?", {"status": "upcoming", "starting": "2026-10-17"}),
        ("is aws having problems right now?", {"status": "open"}),
    ],
)
def test_maintenance_is_still_to_come(asked: str, inputs: dict[str, Any]) -> None:
    assert calls_of(asked) == [("aws_health_events", inputs)]


def test_credits_of_named_months_that_are_disregarded_are_left_out() -> None:
    asked = "Supposing the refund of August and the credit of September be disregarded, by how much did spend rise between those two months?"
    assert ("spend_change", {"period": "2026-09", "compared_to": "2026-08", "net": False}) in calls_of(asked)


@pytest.mark.parametrize(
    ("asked", "calls"),
    [
        (("budget status of the data accounts", "same for online-prod, plus what is predicted for this month"), [("budgets", {"accounts": "online-prod"}), ("forecast", {"accounts": "online-prod", "period": "this_month"})]),
        (("Open critical findings in Utrecht", "same for Rotterdam and also the failed backups of this week"), [("findings", {"severity": "critical", "status": "open", "accounts": "venue:rotterdam"}), ("backups", {"state": "failed", "period": "this_week", "accounts": "venue:rotterdam"})]),
        (("What did Utrecht cost in August?", "same for September"), [("spend", {"accounts": "venue:utrecht", "period": "2026-09"})]),
        (("costs in each environment, so production and development and that stuff, july",), [("spend", {"by": "env", "period": "2026-07"})]),
    ],
)  # fmt: skip
def test_the_same_elsewhere_and_something_more_are_both_told(
    asked: tuple[str, ...], calls: list[tuple[str, dict[str, Any]]]
) -> None:
    assert calls_of(*asked) == calls
