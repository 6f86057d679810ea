"""Alarms on a kind of resource: "database alarms" are those that watch databases, in any words and after any question."""
# ruff: noqa: E501 - questions read better in one piece

from __future__ import annotations

import pytest

from tests.agents.models.planning import plan_of

NOW, WENT_OFF = "alarms", "alarm_history"
FIRING = "Which alarms are firing right now?"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (("which database alarms are firing?",), [(NOW, "databases")]),
        (("wich db alarms r red rn",), [(NOW, "databases")]),
        (("which servers have an alarm right now?",), [(NOW, "instances")]),
        (("Are any of our databases alarming?",), [(NOW, "databases")]),
        (("any alarms on our queues this week?",), [(WENT_OFF, "queues")]),
        (("Did an RDS alarm go off in September?",), [(WENT_OFF, "databases")]),
        (("How many backup alarms fired this month?",), [(WENT_OFF, "backups")]),  # and not the backups
        (("database and queue alarms, last 7 days",), [(WENT_OFF, "databases"), (WENT_OFF, "queues")]),
        (("Which of our load balancers were in alarm on 13 October?",), [(WENT_OFF, "load_balancers")]),
        ((FIRING, "only the database ones"), [(NOW, "databases")]),
        ((FIRING, "only the database ones", "and of the load balancers"), [(NOW, "load_balancers")]),
        (("which database alarms are firing?", "and last week?"), [(WENT_OFF, "databases")]),
        (("database alarms and database backups that failed",), [(NOW, "databases"), ("backups", None)]),
        ((FIRING, "the load balancers"), [(NOW, "load_balancers")]),
        # what is no kind of alarms
        ((FIRING,), [(NOW, None)]),
        (("Show alarms and failed backups",), [(NOW, None), ("backups", None)]),
        (("Which quotas are near their limit, and any alarms?",), [("quotas", None), (NOW, None)]),
        (("Which instances do we run and which alarms are firing?",), [("inventory", None), (NOW, None)]),
        (("which database alarms are firing?", "and all other alarms?"), [(NOW, None)]),
    ],
)  # fmt: skip
def test_alarms_are_narrowed_to_the_kind_of_resource_that_is_named(
    asked: tuple[str, ...], told: list[tuple[str, str | None]]
) -> None:
    assert [(call.query, call.inputs.get("of")) for call in plan_of(*asked).calls] == told


def test_what_is_measured_narrows_them_once_more() -> None:
    (call,) = plan_of("cpu alarms of databases last 7 days").calls
    assert (call.query, call.inputs["of"], call.inputs["alarm"]) == (WENT_OFF, "databases", "cpu")


@pytest.mark.parametrize("asked", ["Why did the backup alarm go off?", "What do alarms cost us for databases?"])
def test_more_than_which_they_are_is_not_answered_by_them(asked: str) -> None:
    assert not plan_of(asked).calls
