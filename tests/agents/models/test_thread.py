"""A thread keeps its subject: what an answer left aside is named again by what follows, and nothing counts for it."""

from __future__ import annotations

import pytest

from agents.models.offline.plan import Derivation
from policies.grounding.figures import find_figures
from tests.agents.models.planning import plan_of
from tools.estate.world import NOW

WINDOWS = "Do we have Windows servers?"
VENUES = "how many of them are in the venues?"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ((WINDOWS, VENUES), "as before: windows"),
        ((WINDOWS, VENUES, "which miss critical patches?", "and in Utrecht?"), "as before: windows"),
        (("What's the CPU of the game servers at the moment?", "which one was busiest yesterday?"), "as before: game"),
        (
            ("Please shut down the two GPU machines in data-lab.", "who started them?"),
            "not narrowed to the gpu",
        ),
        (
            ("Shut down the GPU machines in data-lab.", "who started them?", "what did they cost us?"),
            "before: gpu",
        ),
    ],
)
def test_what_was_left_aside_is_named_again_by_what_follows(asked: tuple[str, ...], said: str) -> None:
    plan = plan_of(*asked)
    assert plan.calls and any(said in limit for limit in plan.limits), plan.limits


def test_another_subject_leaves_nothing_of_the_one_before_aside() -> None:
    assert not any("as before" in limit for limit in plan_of(WINDOWS, VENUES, "What did S3 cost?").limits)


@pytest.mark.parametrize(
    "asked",
    [
        ("Which log groups have the most errors?", "how many are there per account?"),
        ("Which log groups are the biggest?",),
        ("Who has administrator rights?", "when did they last log in?"),
    ],
)
def test_no_figure_of_something_else_is_given_for_it(asked: tuple[str, ...]) -> None:
    assert plan_of(*asked).abstention is not None


def test_other_commitments_are_of_either_kind() -> None:
    first = "Is our reservation for the databases still valid?"
    [call] = plan_of(first, "which other commitments end before the end of the year?").calls
    assert call.inputs == {"ending": "2026-10-15..2026-12-31"}


def test_when_users_without_mfa_last_logged_in_is_no_question_of_logs() -> None:
    [call] = plan_of("Who can log in without MFA?", "when did they last log in?").calls
    assert call.inputs == {"check": "no_mfa"}


def test_the_difference_in_percent_is_that_of_the_two_last_shown() -> None:
    first = "Compare Amsterdam with Utrecht for the last three months"
    plan = plan_of(first, "and servers only?", "what is the difference in percent?")
    assert [call.inputs.get("service") for call in plan.calls] == ["Amazon Elastic Compute Cloud - Compute"]
    assert plan.then == (Derivation(operation="percentage_change", picks=("row 1", "row 2")),)


def test_what_is_saved_on_volumes_is_not_what_idle_machines_cost() -> None:
    [call] = plan_of("Which volumes are unattached?", "what would we save by deleting them?").calls
    assert call.inputs == {"kind": "storage"}


def test_what_idle_things_cost_is_what_is_saved_on_them() -> None:
    plan = plan_of("Which instances are idle?", "what do they cost us per month?")
    assert [call.query for call in plan.calls] == ["savings"] and "would be saved" in plan.limits[0]


@pytest.mark.parametrize(
    "asked",
    [
        ("Who can log in without MFA?", "only the ones with admin rights"),
        (WINDOWS, VENUES),
        ("Which instances are idle?", "what do they cost?"),
        ("Was there an outage on Tuesday evening?", "has it happened before?"),
        ("Which alarms are firing in online-prod?", "has it happened before?"),
        ("Which encryption keys are not rotated?", "any scheduled for deletion?"),
        ("Quotas over 90 percent, and upcoming AWS maintenance next month?",),
        ("How busy are the servers?", "busiest hour?"),
        ("Which instances are stopped?", "and backed up?"),
        ("Are our snapshots backed up?",),
    ],
)
def test_what_is_said_beside_an_answer_is_no_figure_that_no_fact_supports(asked: tuple[str, ...]) -> None:
    limits = " ".join(plan_of(*asked).limits)
    assert limits and not find_figures(limits, NOW)


@pytest.mark.parametrize(
    ("asked", "query", "inputs"),
    [
        (("Which accounts are going to blow their budget this month?",), "budgets", {}),
        (("How much do we pay for Amazon support?",), "spend", {"service": "AWS Support (Business)", "by": "account"}),
        (("Which accounts cost us the most?", "and the bottom 3?"), "spend", {"by": "account", "top": 25}),
        (  # was: 0 threats
            ("Which systems have a critical hole that attackers could use?",),
            "vulnerabilities",
            {"severity": "critical", "by": "resource"},
        ),
        (("Which databases are running out of space?",), "metric", {"name": "db_storage_free"}),
        (("List all buckets.",), "inventory", {"kind": "buckets"}),  # was: not understood
        (("Are our databases encrypted?", "and backed up?"), "backups", {"kind": "databases"}),
        (("Are our databases backed up?", "and the servers?"), "backups", {"kind": "instances"}),
        (  # was: all that is upcoming
            (
                "Is AWS itself having trouble at the moment?",
                "what is planned for the next two weeks?",
                "and in Rotterdam?",
            ),
            "aws_health_events",
            {"status": "upcoming", "starting": "2026-10-15..2026-10-29", "accounts": "venue:rotterdam"},
        ),
        (  # was asked of a resource "back-upsleutel"
            ("Wie heeft de back-upsleutel in Rotterdam veranderd?",),
            "who_did_what",
            {"accounts": "venue:rotterdam", "action": "PutKeyPolicy", "period": "2026-07-18..2026-10-15"},
        ),
    ],
)
def test_plain_words_of_managers_are_read(asked: tuple[str, ...], query: str, inputs: dict[str, object]) -> None:
    assert [(call.query, call.inputs) for call in plan_of(*asked).calls] == [(query, inputs)]


def test_disk_that_is_attached_to_nothing_is_volumes_and_no_use_of_disks() -> None:
    first = plan_of("How much disk is not attached to anything?").calls[0]
    assert (first.query, first.inputs) == ("inventory", {"kind": "volumes", "only": "unattached"})


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("Are we within budget?", "Which budgets did we break in September?", "by how much?"), "the state now"),
        (("Which Lambda functions run on an outdated runtime?", "only the backoffice"), "no longer supports"),
    ],
)
def test_what_an_answer_does_not_know_is_said_again_of_the_same(asked: tuple[str, ...], said: str) -> None:
    assert any(said in limit for limit in plan_of(*asked[:-1]).limits)
    assert any(said in limit for limit in plan_of(*asked).limits)  # was lost
    assert not any(said in limit for limit in plan_of(*asked, "and now for python3.8 functions?").limits)


def test_what_triggered_an_alarm_is_looked_for_among_the_changes_of_that_time() -> None:
    calls = {call.query for call in plan_of("Was there an outage on Tuesday evening?", "what triggered it?").calls}
    assert "recent_changes" in calls, "was the list of alarms again"


@pytest.mark.parametrize(
    ("follows", "said"),
    [
        ("when exactly?", "comes to the same look"),
        ("was anything downloaded?", "does not tell that"),  # both were said to be the same look
        ("did he do anything else that day?", "another look"),
    ],
)
def test_only_what_a_look_shows_is_said_to_be_that_look(follows: str, said: str) -> None:
    plan = plan_of("Who changed the bucket lantern-utrecht-marketing-exports?", follows)
    assert plan.abstention is not None and said in plan.abstention.text


@pytest.mark.parametrize("before", ["What did we spend on Sunday?", "Who changed something in production on Sunday?"])
def test_the_same_weekday_before_is_a_week_earlier(before: str) -> None:
    assert plan_of(before, "and the Sunday before?").calls[0].inputs["period"] == "2026-10-04"  # was the same Sunday
