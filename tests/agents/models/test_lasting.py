"""Lasting: what a follow-up is asked of: the place, the time and the things that a conversation is of by then."""
# ruff: noqa: E501 - questions and what they mean read better in one piece

from __future__ import annotations

from typing import Any

import pytest

from agents.models.offline.weighing.thread import NOT_NARROWED, STAYS
from policies.grounding.figures import find_figures
from tests.agents.models.planning import plan_of
from tests.questions.runner import asking
from tools.estate.world import NOW

ROTTERDAM, EINDHOVEN = "Give me an overview of venue Rotterdam", "Is everything ok in Eindhoven?"
SECURITY, STORM = "anything security related?", "How many players noticed the alarm storm of Tuesday?"
BUDGET, LAST_DAY = "Are we going to stay within the total budget this month?", "what changed in the last 24 hours"
BOTH = "how much did we spend on data transfer / NAT last month"
BEFORE = "2026-10-13T09:00..2026-10-14T09:00"


def inputs_of(*asked: str, answers: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """The inputs of the calls of the last question."""
    return [dict(call.inputs) for call in plan_of(*asked, answers=answers).calls]


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        ((ROTTERDAM, SECURITY), "venue-rotterdam"),
        ((ROTTERDAM, SECURITY, "and the cost trend since june"), "venue-rotterdam"),
        ((EINDHOVEN, "spend over the last months"), "venue:eindhoven"),
        ((EINDHOVEN, "any advice on cost savings?"), "venue:eindhoven"),
        (("Critical findings in data-lab?", "cost by month"), "data-lab"),
        (("Critical findings in data-lab?", "which people have no MFA?", "monthly spend?"), "data-lab"),
        (("What did Utrecht cost in August?", "failed backups?"), "venue:utrecht"),
        (("What did Utrecht cost in August?", "security findings?"), "venue:utrecht"),
    ],
)
def test_a_few_words_with_a_subject_of_their_own_stay_in_the_place(asked: tuple[str, ...], place: str) -> None:
    plan = plan_of(*asked)
    assert {call.inputs.get("accounts") for call in plan.calls} == {place}
    assert not any(limit.startswith(NOT_NARROWED) for limit in plan.limits)


@pytest.mark.parametrize(
    "asked",
    [
        (EINDHOVEN, "what do we spend in total?"),
        ("is payer's bill in q3 credits-free?", "ok. alarms now?"),
        ("is payer's bill in q3 credits-free?", "ok. alarms now?", "and AWS itself, any open issue"),
        (ROTTERDAM, "failed backups everywhere?"),
        (ROTTERDAM, "what do all accounts spend in total?", "and by month?"),
    ],
)
def test_what_is_of_all_or_of_another_matter_does_not_stay(asked: tuple[str, ...]) -> None:
    assert not any("accounts" in inputs for inputs in inputs_of(*asked))


@pytest.mark.parametrize(
    ("asked", "period"),
    [
        (("total cloud spend year to date", "versus the same period last year?", "top 5 services"), "year_to_date"),
        (("total cloud spend year to date", "versus the same period last year?", "top 5 services", "and the bottom 3 accounts"), "year_to_date"),
        ((LAST_DAY, "who did the most"), "last_24_hours"),
        ((LAST_DAY, "and the day before"), BEFORE),
        ((LAST_DAY, "only network things", "who did the most", "and the day before"), BEFORE),
        (("errors in the last 12 hours", "and before that?"), "2026-10-14T09:00..2026-10-14T21:00"),
        (("what changed yesterday", "and the day before?"), "2026-10-13"),
        (("errors in the last 12 hours", "and yesterday?"), "yesterday"),
    ],
)  # fmt: skip
def test_the_time_that_was_shown_is_kept_or_counted_from(asked: tuple[str, ...], period: str) -> None:
    assert {inputs.get("period") for inputs in inputs_of(*asked)} == {period}


@pytest.mark.parametrize(
    ("asked", "inputs"),
    [
        ((STORM, "how many errors were logged"), {"period": "2026-10-13"}),
        (("How many players noticed the storm of Tuesday evening?", "what was changed?"), {"period": "2026-10-13T18:00..2026-10-14T00:00"}),
        (("What did the alarm storm in data-prod cost us?", "show critical findings"), {"severity": "critical", "accounts": "data-prod"}),
        (("What did the outage in Utrecht cost us?", "which alarms are firing?"), {"state": "alarm", "accounts": "venue:utrecht"}),
        ((STORM, "how many errors were logged yesterday?"), {"period": "yesterday"}),
        ((STORM, "which buckets are public?"), {"kind": "buckets"}),
    ],
)  # fmt: skip
def test_a_question_that_was_not_answered_leaves_its_place_and_time(
    asked: tuple[str, ...], inputs: dict[str, str]
) -> None:
    assert inputs_of(*asked) == [inputs]


def test_what_is_asked_of_us_after_it_says_that_they_are_not_kept() -> None:
    assert f"{NOT_NARROWED}time of the question before." in plan_of(STORM, "what is our spend by service?").limits


@pytest.mark.parametrize(
    ("asked", "stays"),
    [
        ((BUDGET, "and data-prod?", "how much is left there", "which budgets are already over?"), True),
        ((EINDHOVEN, "which alarms are firing?"), True),
        (("Critical findings in data-lab?", "which findings are the oldest?"), True),
        ((BUDGET, "and data-prod?", "which budgets are already over everywhere?"), False),
        ((EINDHOVEN, "which alarms are firing there?"), False),
        ((EINDHOVEN, "and the failed backups?"), False),
        (("Critical findings in data-lab?", "what is the oldest?"), False),
        (("What did Utrecht cost in August?", "which services are behind that?"), False),
        (("Critical findings in data-lab?", "what about findings that were resolved already"), False),
    ],
)
def test_an_answer_of_many_things_says_where_it_stays(asked: tuple[str, ...], stays: bool) -> None:
    said = [limit for limit in plan_of(*asked).limits if limit.startswith(STAYS)]
    assert bool(said) is stays
    assert not any(find_figures(one, NOW) for one in said)  # it would be a figure that no fact supports


@pytest.mark.parametrize(
    ("asked", "changed"),
    [
        ((BOTH, "in eu-central-1?"), {"region": "eu-central-1"}),
        ((BOTH, "and in Utrecht?"), {"accounts": "venue:utrecht"}),
        ((BOTH, "and the month before?"), {"period": "2026-08"}),
    ],
)
def test_another_place_or_time_is_put_into_all_that_was_shown(asked: tuple[str, ...], changed: dict[str, str]) -> None:
    before = {"by": "usage_type", "period": "last_month"}
    assert inputs_of(*asked) == [{**before, **changed, "part": part} for part in ("data_transfer", "nat_gateways")]


def test_services_that_were_shown_are_both_asked_elsewhere() -> None:
    found = inputs_of("how much did we spend on S3 and RDS last month", "in eu-central-1?")
    assert {one["service"][:10] for one in found} == {"Amazon Sim", "Amazon Rel"}
    assert len(found) == 2


ROWS = "Findings: 9.\n\n- account venue-eindhoven: 12 findings\n- account online-staging: 2 findings"
LIST = "Accounts: 14.\n\n- payer, team platform: 210000000012\n- security, team security: 210000000123"


@pytest.mark.parametrize(
    ("before", "answer", "place"),
    [
        ("Which account has the most critical findings?", ROWS, "venue-eindhoven"),
        ("show critical findings by account", ROWS, None),
        ("how many accounts do we have and who owns them", LIST, None),
        ("show critical findings by account", "- account venue-eindhoven: 12 findings", "venue-eindhoven"),
    ],
)
def test_there_is_a_row_only_where_one_is_singled_out(before: str, answer: str, place: str | None) -> None:
    plan = plan_of(before, "any public buckets there?", answers=(answer,))
    assert [call.inputs.get("accounts") for call in plan.calls] == ([place] if place else [])


ROOT = "- root user, ConsoleLogin (without MFA) in account venue-amsterdam: 2 October 2026 06:51 UTC"


def test_the_other_venues_are_those_that_were_not_shown() -> None:
    plan = plan_of("did root sign in anywhere this month", "and in the other venues?", answers=(ROOT,))
    assert {str(call.inputs["accounts"]) for call in plan.calls} == {"venue-rotterdam,venue-eindhoven,venue-utrecht"}
    assert any("venue-amsterdam" in limit for limit in plan.limits)


RULES = "- s3-bucket-logging-enabled: 27 resources\n- access-keys-rotated: 21 resources\n- required-tags: 20 resources"


@pytest.mark.parametrize(
    ("asked", "rule"),
    [
        ("the resources for the first one", "s3-bucket-logging-enabled"),
        ("which resources fail the second rule?", "access-keys-rotated"),
        ("show the resources of the last one", "required-tags"),
        ("the worst one - which resources?", "s3-bucket-logging-enabled"),
        ("which resources are behind the worst?", "s3-bucket-logging-enabled"),
        ("worst three", None),
    ],
)
def test_a_rule_is_named_by_its_place_in_the_list(asked: str, rule: str | None) -> None:
    assert [one.get("rule") for one in inputs_of("Which config rules are failing?", asked, answers=(RULES,))] == [rule]


PLAN = "- Compute Savings Plan in account online-prod, days left: 46 days"
PLANS = f"{PLAN}\n- Compute Savings Plan in account payer, days left: 60 days"
EXPIRES = "Do we have any savings plan that expires this year?"


def test_it_is_the_one_commitment_that_was_shown_or_is_said_not_to_be() -> None:
    assert inputs_of(EXPIRES, "how much of it do we use", answers=(PLAN,)) == [
        {"kind": "savings_plans", "accounts": "online-prod"}
    ]
    plan = plan_of(EXPIRES, "how much of it do we use", answers=(PLANS,))
    assert any(limit.startswith(f'{NOT_NARROWED}things that "it" points at') for limit in plan.limits)
    asked = (EXPIRES, "how much of it do we use", "and the reserved instances?")
    assert inputs_of(*asked, answers=(PLAN, PLAN)) == [{"kind": "reservations"}]
    plan = plan_of("which savings plans do we have?", "how much of it do we use", answers=(PLANS,))
    assert not any(limit.startswith(NOT_NARROWED) for limit in plan.limits)


AROUND = "what happened on 13 october around 19:00 in online-prod"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("error logs of that half hour", True),
        ("error logs of those ten minutes", True),
        ("error logs of that hour", False),
        ("error logs", False),
    ],
)
def test_a_shorter_time_than_was_shown_is_said_not_to_be_picked(asked: str, said: bool) -> None:
    plan = plan_of(AROUND, asked)
    assert any("not a shorter part" in limit for limit in plan.limits) is said
    assert not {"half", "hour"} & {one.word for one in plan.without}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("failed backups last 7 days", "per venue"), "added up by venue"),
        (("show budgets", "by account"), "added up by account"),
        (("who has no MFA?", "per venue"), "added up by venue"),
        ((AROUND, "error logs of that half hour"), "not a shorter part"),
    ],
)
def test_what_an_answer_does_not_tell_apart_is_said_in_it(asked: tuple[str, ...], said: str) -> None:
    with asking("offline") as ask:
        answers = [ask(one, "local", "lasting", "carla")[0] for one in asked]
    assert answers[-1].status == "answered"
    assert said in answers[-1].text
    assert "the question changes nothing" not in answers[-1].text


def test_a_split_that_was_shown_already_is_not_denied() -> None:
    with asking("offline") as ask:
        answers = [
            ask(one, "local", "again", "carla")[0]
            for one in ("What did we spend by account last month?", "by account please")
        ]
    assert "added up by" not in answers[-1].text
    assert "shown before" in answers[-1].text


def test_a_bill_beside_a_commitment_is_not_of_its_account() -> None:
    asked = ("reserved instances: list what expired in the last two months", "what did it do to the RDS bill since?")
    answer = "- ends or ended 30 September 2026 in account online-prod: 4 instances"
    assert not any("accounts" in inputs for inputs in inputs_of(*asked, answers=(answer,)))


@pytest.mark.parametrize(
    "asked",
    [
        ("are we near any limits", "which region is that"),
        ("where can we save by rightsizing?", "what is the total of that per month?"),
    ],
)
def test_what_is_no_split_is_not_said_to_be_one(asked: tuple[str, ...]) -> None:
    with asking("offline") as ask:
        answers = [ask(one, "local", "no split", "carla")[0] for one in asked]
    assert "added up by" not in answers[-1].text
