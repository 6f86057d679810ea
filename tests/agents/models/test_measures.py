"""Measures: an average, a share, an age, a count of more than one kind is told as asked, or named as not told."""
# ruff: noqa: E501 - questions read better in one piece

from __future__ import annotations

import pytest

from agents.models.offline.maker import OfflineMaker
from agents.models.offline.weighing.measuring import NO_AVERAGE, NO_COUNTS, NO_DIFFERENCE, NO_SHARE
from tests.agents.conftest import Ask, ask, estate, home, open_desk_with
from tests.agents.models.planning import plan_of

__all__ = ["ask", "estate", "home", "open_desk_with"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("Average daily spend in online-prod in October so far", "Average daily spend: USD 1,323.47 (1 to 14 October 2026"),
        ("on average, how much per month did data-prod cost us this year?", "Average monthly spend: USD 21,417.13 (January 2026 to September 2026"),
        ("Average daily spend in online-prod in September", "Average daily spend: USD 1,223.08 (September 2026"),
    ],
)  # fmt: skip
def test_an_average_is_told_first_and_once_and_of_what_is_billed_to_its_end(ask: Ask, asked: str, said: str) -> None:
    answer = ask(OfflineMaker(), asked)
    assert said in answer.text
    assert answer.text.count("verage") - answer.text.count("left out of the average") == 1
    assert not [call for call in answer.queries if call.name == "derive"]


def test_a_day_that_has_only_begun_is_not_the_cheapest(ask: Ask) -> None:
    answer = ask(OfflineMaker(), "cheapest day in October so far")
    assert "The least:\n- 4 October 2026" in answer.text


S3, EC2 = "Amazon Simple Storage Service", "Amazon Elastic Compute Cloud - Compute"
OF_S3 = ("How much did S3 cost us in Q3?",)
UTRECHT = ("What did Utrecht cost in September?",)
SHARE_OF_UTRECHT = (*UTRECHT, "as a share of the total?")


def shares(*asked: str) -> list[dict[str, object]]:
    """What the last question holds against what as a share: the inputs of the part and of the whole."""
    plan = plan_of(*asked)
    assert [one.operation for one in plan.then] == ["share"], plan
    assert {call.query for call in plan.calls} == {"spend"} and {call.inputs["by"] for call in plan.calls} == {"none"}
    return [{key: value for key, value in call.inputs.items() if key != "by"} for call in plan.calls]


@pytest.mark.parametrize(
    ("asked", "part", "whole"),
    [
        ((*OF_S3, "and EC2?", "as a percentage of the total"), {"period": "2026-Q3", "service": EC2}, {"period": "2026-Q3"}),
        ((*OF_S3, "what share of the total is that?"), {"period": "2026-Q3", "service": S3}, {"period": "2026-Q3"}),
        ((*OF_S3, "in percent of our whole bill?"), {"period": "2026-Q3", "service": S3}, {"period": "2026-Q3"}),
        ((*OF_S3, "and how much of the total is that?"), {"period": "2026-Q3", "service": S3}, {"period": "2026-Q3"}),
        ((*UTRECHT, "as %"), {"period": "2026-09", "accounts": "venue:utrecht"}, {"period": "2026-09"}),
        (("What did the data team spend last month?", "what percentage of the bill is that"), {"period": "last_month", "team": "data"}, {"period": "last_month"}),
        (("What did NAT gateways cost us in August?", "as a percentage of the total"), {"period": "2026-08", "part": "nat_gateways"}, {"period": "2026-08"}),
        (
            ("What did we spend on RDS in online-prod in September?", "what percentage of online-prod's bill is that?"),
            {"period": "2026-09", "accounts": "online-prod", "service": "Amazon Relational Database Service"},
            {"period": "2026-09", "accounts": "online-prod"},
        ),
        ((*SHARE_OF_UTRECHT, "and in August?"), {"period": "2026-08", "accounts": "venue:utrecht"}, {"period": "2026-08"}),
        ((*SHARE_OF_UTRECHT, "and the month before?"), {"period": "2026-08", "accounts": "venue:utrecht"}, {"period": "2026-08"}),
        ((*SHARE_OF_UTRECHT, "and Rotterdam?"), {"period": "2026-09", "accounts": "venue:rotterdam"}, {"period": "2026-09"}),
        ((*OF_S3, "as a percentage of the total", "and EC2?"), {"period": "2026-Q3", "service": EC2}, {"period": "2026-Q3"}),
    ],
)  # fmt: skip
def test_a_share_is_of_the_whole_bill_of_its_time_and_stays_one(
    asked: tuple[str, ...], part: dict[str, object], whole: dict[str, object]
) -> None:
    assert shares(*asked) == [part, whole]


@pytest.mark.parametrize(
    "asked",
    [
        ("What did we spend last month by team?", "as percentages please"),  # each of them stands with its share
        ("What did the floor-systems team spend in September vs August, per venue", "just the percentages please"),
        ("How much are our untagged costs?", "as a percentage of everything"),
    ],
)
def test_what_is_shown_with_its_percentages_is_shown_again(asked: tuple[str, ...]) -> None:
    plan = plan_of(*asked)
    assert plan.calls == plan_of(*asked[:-1]).calls
    assert not plan.then and not plan.limits


@pytest.mark.parametrize(
    "asked",
    [
        ("Spend by month in Q3", "as percentages"),  # months are no parts of a whole
        ("How many users have no MFA?", "what share of all users is that?"),
        ("What percentage of our users has no MFA?",),
        ("Are there any cost anomalies we should know about?", "by how many percent?"),
    ],
)
def test_a_share_that_is_not_told_is_named_or_not_answered(asked: tuple[str, ...]) -> None:
    plan = plan_of(*asked)
    assert plan.abstention is not None or NO_SHARE in plan.limits


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("Average cost of S3 per account in September", NO_AVERAGE),
        ("What did data-prod cost per month on average in September?", NO_AVERAGE),
        ("What did data-prod cost per month on average this year?", None),
        ("Average CPU of our databases", None),
        ("How much more did RDS cost in September than in August?", None),
        ("Which venue costs more than 4 percent of the total?", None),
        ("Which accounts use more than eighty percent of a quota?", None),
        ("What share of our bill is S3?", None),
    ],
)  # fmt: skip
def test_a_measure_is_named_where_it_is_not_told_and_only_there(asked: str, said: str | None) -> None:
    limits = plan_of(asked).limits
    assert [limit for limit in limits if limit in (NO_AVERAGE, NO_DIFFERENCE, NO_SHARE)] == ([said] if said else [])


def test_how_much_more_is_a_change_and_not_what_was_paid() -> None:
    plan = plan_of("Which of our reservations have expired?", "how much more do we pay for RDS since then?")
    assert [call.query for call in plan.calls] == ["spend_change"]


def test_days_without_use_are_no_age() -> None:
    plan = plan_of("Do we have access keys nobody uses in data-prod?", "how old is it?")
    assert [call.inputs for call in plan.calls] == [{"check": "old_keys", "accounts": "data-prod"}]
    assert plan.limits  # these are all old keys, and not only those
    alone = plan_of("How old are the access keys nobody uses?")
    assert alone.abstention is not None or alone.calls[0].inputs["check"] == "old_keys"
    since = plan_of("Do we have access keys nobody uses?", "since when?")
    assert since.calls[0].inputs["check"] == "unused_keys"


@pytest.mark.parametrize(
    ("asked", "rows"),
    [
        (("Critical vulnerabilities by account", "how many total incl. high"), ("row critical", "row high")),
        (("Critical vulnerabilities by account", "and including the high and medium ones?"), ("row critical", "row high", "row medium")),
        (("List the critical security findings", "and the high ones too"), ("row critical", "row high")),
    ],
)  # fmt: skip
def test_a_level_that_is_asked_for_too_is_counted_too(asked: tuple[str, ...], rows: tuple[str, ...]) -> None:
    plan = plan_of(*asked)
    assert [(call.inputs["severity"], call.inputs["by"]) for call in plan.calls] == [("all", "severity")]
    assert [(one.operation, one.picks) for one in plan.then] == [("sum", rows)]


def test_a_level_in_place_of_another_is_shown_alone() -> None:
    plan = plan_of("List the critical security findings", "and the high ones?")
    assert [call.inputs["severity"] for call in plan.calls] == ["high"] and not plan.then


@pytest.mark.parametrize(
    ("turns", "said"),
    [
        ([*OF_S3, "and EC2?", "as a percentage of the total"], "share of total spend: 8.31 %"),
        (["Critical vulnerabilities by account", "how many total incl. high"], "active high vulnerabilities: 20 vulnerabilities"),
        (["What did the floor-systems team spend in September vs August, per venue", "just the percentages please"], "- venue amsterdam: change -2.83 %"),
    ],
)  # fmt: skip
def test_the_measure_is_told(ask: Ask, turns: list[str], said: str) -> None:
    for turn in turns:
        answer = ask(OfflineMaker(), turn, session="measured")
    assert said in answer.text


DATA_PROD = "Why did data-prod get so expensive in September?"


@pytest.mark.parametrize(
    ("asked", "queries_of_it"),
    [
        ((DATA_PROD, "who did that?", "how much did it cost us extra in total?"), ["spend_change", "cost_anomalies"]),
        ((DATA_PROD, "how much extra did it cost us?"), ["spend_change", "cost_anomalies"]),
        ((DATA_PROD, "what changed there?", "and the extra costs?"), ["spend_change", "cost_anomalies"]),
        ((DATA_PROD, "who did that?", "what did it cost us?"), ["cost_anomalies"]),
    ],
)
def test_what_a_rise_cost_is_asked_past_who_caused_it(asked: tuple[str, ...], queries_of_it: list[str]) -> None:
    plan = plan_of(*asked)
    assert [call.query for call in plan.calls] == queries_of_it
    assert {(call.inputs["accounts"], call.inputs["period"]) for call in plan.calls} == {("data-prod", "2026-09")}


def test_deeds_that_no_bill_stood_before_have_no_price_of_a_rise() -> None:
    plan = plan_of(
        "What did Utrecht cost in August?", "Who changed something in data-prod yesterday?", "what did that cost?"
    )
    assert "spend_change" not in [call.query for call in plan.calls]


@pytest.mark.parametrize(
    ("asked", "by"),
    [
        (("Patch compliance percentage for each venue",), "venue"),
        (("How many servers are unpatched per account?",), "account"),
        (("Which venue has the most unpatched servers?",), "venue"),
        (("How patched are we?", "per venue"), "venue"),
        (("Which instances miss critical patches, by account",), None),  # single machines, each with its account
        (("Which servers in Eindhoven are missing patches",), None),
    ],
)
def test_patch_compliance_is_told_apart_as_asked(asked: tuple[str, ...], by: str | None) -> None:
    plan = plan_of(*asked)
    assert [(call.query, call.inputs.get("by")) for call in plan.calls] == [("patches", by)]


def test_each_venue_is_told_with_its_compliance(ask: Ask) -> None:
    answer = ask(OfflineMaker(), "Patch compliance percentage for each venue")
    lines = [line for line in answer.text.splitlines() if line.startswith("- venue ")]
    assert [line.split()[2] for line in lines] == ["eindhoven:", "rotterdam:", "amsterdam:", "utrecht:"]
    assert "compliant 36.36 %" in lines[0] and "not compliant 7 instances" in lines[0]


def test_the_most_of_what_is_counted_stands_first(ask: Ask) -> None:
    answer = ask(OfflineMaker(), "Which account has the most instances that miss critical patches?")
    assert "- account venue-eindhoven: compliant 36.36 %, miss critical patches 6 instances" in answer.text


def test_an_average_month_of_no_time_is_of_several_months() -> None:
    assert [call.inputs for call in plan_of("What do we spend per month on average?").calls] == [
        {"by": "month", "period": "last_6_months"}
    ]
    assert plan_of("What did we spend per month on average this year?").calls[0].inputs["period"] == "year_to_date"


@pytest.mark.parametrize(
    ("asked", "untold"),
    [
        ("How many users without MFA per account?", True),
        ("Number of public buckets per venue", True),
        ("How many open findings for each account?", False),
        ("How many backups failed per venue this month?", False),
        ("How many accounts do we have by environment?", False),
    ],
)
def test_how_many_there_are_in_each_is_named_where_it_is_not_told(asked: str, untold: bool) -> None:
    assert (NO_COUNTS in plan_of(asked).limits) == untold


def test_when_keys_were_last_used_is_not_told_by_how_old_they_are() -> None:
    plan = plan_of("List old access keys", "and when were they last used?")
    assert plan.abstention is not None or plan.calls[0].inputs["check"] == "unused_keys"


@pytest.mark.parametrize(
    ("asked", "severity"),
    [
        (("How many critical findings?", "plus high?", "and medium too"), "all"),
        (("Threats in the last 30 days, high only", "incl. medium"), None),
    ],
)
def test_a_level_more_never_takes_the_place_of_those_before(asked: tuple[str, ...], severity: str | None) -> None:
    plan = plan_of(*asked)
    assert [call.inputs.get("severity") for call in plan.calls] == [severity]
    assert plan.limits


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("How many backups failed per venue this month?", "- account venue-utrecht, backup jobs in state failed: 1 job"),
        ("How much more expensive is Utrecht than Rotterdam?", "Venue-rotterdam spend minus venue-utrecht spend: USD 578.74"),
    ],
)  # fmt: skip
def test_what_is_counted_in_each_and_the_difference_of_two_are_told(ask: Ask, asked: str, said: str) -> None:
    assert said in ask(OfflineMaker(), asked).text


def test_a_difference_stands_by_the_reading_that_it_is_of(ask: Ask) -> None:
    text = ask(OfflineMaker(), "What's the difference between online-prod and data-prod in September?").text
    likelier, _, other = text.partition("What only the other reading asks for")
    assert "Online-prod spend minus data-prod spend: USD 6,843.90" in likelier
    assert "minus" not in other
