"""Before it began: what was just before a failure, a day that only an event names, alarms by their names, how long they fired."""
# ruff: noqa: E501 - questions and what they mean read better in one piece

from __future__ import annotations

import pytest

from tests.agents.models.planning import calls_of, plan_of

BACKUPS = ("Did all backups succeed last night?", "since when does it fail in Rotterdam?")
FAILING = (
    "Backup jobs: 23 jobs.",
    "Job by job:\n- floor-ledger-rotterdam in account venue-rotterdam, failed: failing since 5 October 2026 02:01 UTC, "
    "latest 15 October 2026 02:01 UTC, last good 4 October 2026 02:01 UTC",
)
GOOD_TO_BAD = "2026-10-04T02:01..2026-10-05T02:01"
STORM = "Which alarms fired in online-prod on 13 October?"


@pytest.mark.parametrize(
    "asked",
    [
        "what was changed just before that",
        "what changed right before it started?",
        "what was changed shortly before it started failing",
        "what changed before it failed?",
        "any deployments just before that?",
        "who changed something right before it started",
        "wat is er veranderd net ervoor?",
    ],
)
def test_just_before_a_failure_is_between_the_last_good_and_the_first_bad(asked: str) -> None:
    found = calls_of(*BACKUPS, asked, answers=FAILING)
    assert found and all(inputs["period"] == GOOD_TO_BAD for _, inputs in found), found
    assert all(inputs["accounts"] == "venue:rotterdam" for _, inputs in found)


def test_without_a_last_good_one_it_is_the_day_before() -> None:
    since = "Which ones:\n- lab-db-storage-low in account data-lab: since 19 September 2026 03:00 UTC"
    asked = ("Which alarms are firing in data-lab?", "since when?", "what was changed just before that?")
    [(query, inputs)] = calls_of(*asked, answers=("", since))
    assert (query, inputs["period"]) == ("recent_changes", "2026-09-18T03:00..2026-09-19T03:00")


def test_where_no_one_time_was_shown_it_is_said_to_be_left_aside() -> None:
    for answer in (
        "Backup jobs: 23 jobs.",
        FAILING[1] + "\n- other in account data-lab: failing since 6 October 2026 02:01 UTC",
    ):
        plan = plan_of(BACKUPS[0], "what was changed just before that?", answers=(answer,))
        assert any('"just before that"' in limit for limit in plan.limits), plan.limits


def test_another_time_that_is_named_is_that() -> None:
    plan = plan_of(*BACKUPS, "what was changed on 3 October?", answers=FAILING)
    assert [call.inputs["period"] for call in plan.calls] == ["2026-10-03"]
    assert not plan.limits


@pytest.mark.parametrize(
    "asked",
    [
        ("CPU of the databases in online-prod yesterday", "max instead of average", "and the day of the outage?"),
        ("CPU of the databases in online-prod yesterday", "and on the evening of the incident?"),
        ("alarms in online-prod on the day of the outage",),
        ("what did we spend in the week of the tournament?",),
        ("how many errors did we have the night before the migration?",),
    ],
)
def test_a_day_that_only_an_event_names_is_said_not_to_be_known(asked: tuple[str, ...]) -> None:
    why = plan_of(*asked).abstention
    assert why is not None and "When that was is not known here" in why.text and "name the day" in why.text


@pytest.mark.parametrize(
    "asked",
    ["alarms in online-prod on 13 October, the day of the outage", "alarms on the evening of the 12th", "what did we spend on the first day of the month?"],
)  # fmt: skip
def test_a_day_that_is_named_is_known(asked: str) -> None:
    plan = plan_of(asked)
    assert plan.calls and plan.abstention is None


@pytest.mark.parametrize(
    ("asked", "alarm"),
    [
        ("how often did the bet-settlement alarms go off this month", "bet-settlement"),
        ("which settlement alarms fired this month", "settlement"),
        ("bet settlement alarms this week", "settlement"),
        ("how often did the alarm bet-api-5xx go off this month", "bet-api-5xx"),
        ("alarms of bet-api this week", "bet-api"),
        ("how often did the lobby alarms go off this month", "lobby"),
        ("game-server alarms this month", "game-server"),
        ("CPU alarms this week", "cpu"),
        ("did the wallet alarm go off yesterday", "wallet"),
    ],
)
def test_alarms_are_narrowed_to_the_names_that_are_said(asked: str, alarm: str) -> None:
    plan = plan_of(asked)
    assert [(call.query, call.inputs.get("alarm")) for call in plan.calls] == [("alarm_history", alarm)]
    assert not any("Left aside" in limit for limit in plan.limits)


@pytest.mark.parametrize(
    "asked",
    [
        "which alarms fired this month",
        "critical alarms this month",
        "which noisy alarms fired last week",
        "which new alarms fired yesterday",
        "which online-prod alarms fired yesterday",
        "did any alarms go off in the last 7 days",
        "which database alarms fired yesterday",
        "did errors trigger alarms last week",
    ],
)
def test_other_words_before_alarms_are_no_names(asked: str) -> None:
    assert all("alarm" not in inputs for _, inputs in calls_of(asked))


@pytest.mark.parametrize("asked", ["how long did the storm last", "how long did the alarm storm last?", "how long did the alarms last", "for how long did the outage last?", "how long was the incident"])  # fmt: skip
def test_how_long_alarms_went_on_is_told_of_those_that_were_shown(asked: str) -> None:
    plan = plan_of(STORM, asked)
    assert [(c.query, dict(c.inputs)) for c in plan.calls] == calls_of(STORM)
    assert any("Each of these tells its own time" in limit for limit in plan.limits)


def test_how_long_an_outage_at_aws_was_is_told_of_the_events_there() -> None:
    shown = calls_of("Any AWS outages which affect us?")
    assert shown[0][0] == "aws_health_events"
    assert calls_of("Any AWS outages which affect us?", "how long did the outage last") == shown


def test_how_long_a_storm_was_is_not_told_of_other_things() -> None:
    for before in (BACKUPS[0], "What did online-prod cost in September?"):
        shown = calls_of(before)
        assert calls_of(before, "how long did the storm last") != shown


@pytest.mark.parametrize("event", ["the outage", "the alarm storm", "the incident"])
def test_how_long_an_event_was_that_nobody_dated_says_so(event: str) -> None:
    plan = plan_of(f"how long did {event} last")
    heard = [*plan.limits, plan.abstention.text if plan.abstention else ""]
    assert any(event in sentence and "not known here when that was" in sentence for sentence in heard), heard
