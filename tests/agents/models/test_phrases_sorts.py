"""Sorts of things: the CPU of servers, what is saved on loose volumes, and words for a sort that a query does not tell."""
# ruff: noqa: E501 - questions read better in one piece

from __future__ import annotations

import pytest

from tests.agents.models.planning import calls_of, plan_of

GPUS = "whats the cpu of those gpu boxes in data-lab over the past week"
LOOSE = "Which unattached volumes are we still payng for, and how much could we save by deleting them?"


def test_the_cpu_of_gpu_boxes_is_that_of_instances_and_says_that_it_is_of_all_of_them() -> None:
    plan = plan_of(GPUS)
    [call] = plan.calls
    assert call.inputs == {"name": "instance_cpu", "accounts": "data-lab", "period": "last_7_days"}
    assert plan.aside == ("gpu",)


def test_so_is_what_follows() -> None:
    plan = plan_of(GPUS, "and the max?")
    [call] = plan.calls
    assert (call.inputs["name"], call.inputs["statistic"]) == ("instance_cpu", "maximum")
    assert any("gpu" in limit for limit in plan.limits)


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("How was the CPU of online-prod over the last day?", "cpu"),
        ("cpu of the databases in online-prod", "db_cpu"),
        ("cpu of servers and databases in online-prod yesterday", "cpu"),
        ("cpu of the servers in online-prod yesterday", "instance_cpu"),
        ("how busy were the ec2 instances in data-prod yesterday", "instance_cpu"),
        ("average cpu of online-prod over thirty days, I'm thinking of smaller instances", "cpu"),
    ],
)
def test_whose_cpu_it_is_is_what_was_named(asked: str, name: str) -> None:
    found = [inputs["name"] for query, inputs in calls_of(asked) if query == "metric"]
    assert name in found or (name == "cpu" and set(found) <= {"cpu", "db_cpu"})


def test_the_databases_that_follow_are_not_instances() -> None:
    [(query, inputs)] = calls_of(GPUS, "and the databases?")
    assert (query, inputs["name"]) == ("metric", "db_cpu")


def test_loose_volumes_are_listed_beside_what_is_saved_on_storage() -> None:
    found = dict(calls_of(LOOSE))
    assert found["savings"] == {"kind": "storage"}
    assert (found["inventory"]["kind"], found["inventory"]["only"]) == ("volumes", "unattached")


@pytest.mark.parametrize(
    "asked",
    ["how much would it save to delete the orphaned disks?", "what could we save by deleting unattached volumes"],
)
def test_savings_that_are_not_of_loose_volumes_alone_say_so(asked: str) -> None:
    plan = plan_of(asked)
    assert [(call.query, call.inputs["kind"]) for call in plan.calls] == [("savings", "storage")]
    assert plan.aside


def test_idle_machines_stay_what_is_idle() -> None:
    assert ("savings", {"kind": "idle"}) in calls_of("what could we save by stopping idle instances")


def test_a_list_of_only_those_leaves_no_word_aside() -> None:
    assert plan_of("which unattached volumes do we have").aside == ()
    assert plan_of("show the gpu instances in data-lab").aside == ()
