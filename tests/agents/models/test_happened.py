"""Happened: what happened at a time is what was changed, which alarms went off and which errors the logs hold."""

from __future__ import annotations

import pytest

from agents.models.offline.telling.results import Told, ToldFact
from agents.models.offline.telling.whether import of_all
from agents.models.offline.weighing.happened import changes_of
from tests.agents.models.planning import calls_of, plan_of

EVENING = "What happened in online-prod on Tuesday evening?"
INPUTS = {"accounts": "online-prod", "period": "2026-10-13T18:00..2026-10-14T00:00"}
ALL = ["recent_changes", "alarm_history", "error_logs"]


def test_what_happened_is_changes_alarms_and_errors_of_one_place_and_time() -> None:
    assert calls_of(EVENING) == [(query, INPUTS) for query in ALL]


@pytest.mark.parametrize("asked", ["what happened yesterday?", "what was going on in data-prod on 13 October?"])
def test_it_is_one_reading_of_any_day(asked: str) -> None:
    plan = plan_of(asked)
    assert [call.query for call in plan.calls] == ALL
    assert plan.first == 0


@pytest.mark.parametrize("asked", ["What changed in online-prod on Tuesday evening?", "what was deployed yesterday?"])
def test_what_changed_is_changes_alone(asked: str) -> None:
    assert [query for query, _ in calls_of(asked)] == ["recent_changes"]


@pytest.mark.parametrize(
    ("asked", "account", "day"),
    [("and in data-prod?", "data-prod", "2026-10-13"), ("and the day before?", "online-prod", "2026-10-12")],
)
def test_another_place_or_day_is_looked_at_in_full(asked: str, account: str, day: str) -> None:
    found = calls_of(EVENING, asked)
    assert [query for query, _ in found] == ALL
    assert {inputs["accounts"] for _, inputs in found} == {account}
    assert {inputs["period"][:10] for _, inputs in found} == {day}


def test_what_is_asked_of_it_is_of_that_place_and_time() -> None:
    assert calls_of(EVENING, "how many alarms went off?") == [("alarm_history", INPUTS)]
    [(query, inputs)] = calls_of(EVENING, "who deployed it")
    assert (query, inputs) == ("recent_changes", {"kind": "deployments", **INPUTS})


def test_errors_that_are_asked_for_next_are_of_that_place_and_time() -> None:
    assert calls_of(EVENING, "any errors?") == [("error_logs", INPUTS)]
    [(query, _)] = calls_of(EVENING, "and which alarms are firing now?")
    assert query == "alarms"


def test_had_it_happened_before_looks_back_from_then() -> None:
    [(query, inputs)] = calls_of(EVENING, "had that happened before?")
    assert query == "recent_changes"
    assert inputs["period"].endswith("2026-10-13T18:00")


def test_other_calls_are_weighed_as_they_are() -> None:
    three = plan_of(EVENING).calls
    assert changes_of(three) == three[:1]
    assert changes_of(three[1:]) == three[1:]


@pytest.mark.parametrize(
    "asked",
    ["how many alarms fired?", "which alarms went off?", "did any alarms ring?", "which alarms were triggered?"],
)
def test_alarms_that_fired_are_those_of_the_time_that_was_spoken_of(asked: str) -> None:
    plan = plan_of("Show errors in online-prod on 13 October", asked)
    assert [(call.query, call.inputs["accounts"], call.inputs["period"]) for call in plan.calls] == [
        ("alarm_history", "online-prod", "2026-10-13")
    ]


@pytest.mark.parametrize("asked", ["which alarms are firing?", "how many alarms are red now?", "which alarms fire?"])
def test_alarms_that_fire_are_those_of_now(asked: str) -> None:
    assert [call.query for call in plan_of("Show errors in online-prod on 13 October", asked).calls] == ["alarms"]


@pytest.mark.parametrize(
    "asked",
    ["Is every alarm green right now?", "are all alarms ok?", "are all our alarms quiet",
     "is every alarm fine in Rotterdam?", "are all alarms in OK state?"],
)  # fmt: skip
def test_whether_all_alarms_are_quiet_asks_for_those_that_fire(asked: str) -> None:
    [call] = plan_of(asked).calls
    assert (call.query, call.inputs.get("state", "alarm")) == ("alarms", "alarm")


@pytest.mark.parametrize("asked", ["which alarms are green?", "how many alarms are in ok state", "are any alarms ok?"])
def test_alarms_that_are_quiet_are_those(asked: str) -> None:
    assert plan_of(asked).calls[0].inputs["state"] == "ok"


def _told(firing: int, asked: str) -> str:
    """What is said before the number of firing alarms."""
    fact = ToldFact("f1", "alarms firing", f"{firing} alarms")
    return of_all(Told(query="alarms", headlines=["f1"], facts={"f1": fact}), asked)


def test_no_is_said_where_one_fires_and_nothing_where_none_does() -> None:
    assert _told(5, "Is every alarm green right now?") == "No."
    assert _told(0, "Is every alarm green right now?") == ""  # one may be without data
    assert _told(5, "are all alarms red?") == ""
    assert _told(5, "how many alarms are not green?") == ""
