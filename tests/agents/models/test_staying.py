"""Staying: a few words that pick some of what was shown, or ask when it was, are of that, and of nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from agents.models.offline.understand import understand
from agents.models.offline.weighing.nothing_new import NOTHING_NEW
from tests.agents.models.dev_bank import names
from tools.catalogue import queries
from tools.estate.world import NOW

PATCHES = "which servers in Eindhoven are missing patches"
LOGS = "Show errors in the bet-settlement logs around the incident of 13 October"


def calls_of(*asked: str) -> list[tuple[str, dict[str, Any]]]:
    """The calls of the last question, after the others."""
    plan = understand(asked[-1], list(asked[:-1]), names=names(), now=NOW, queries=queries())
    return [(call.query, dict(call.inputs)) for call in plan.calls]


@pytest.mark.parametrize("asked", ["just the critical ones", "only critical", "the critical ones only please"])
def test_critical_ones_of_missing_patches_are_patches(asked: str) -> None:
    [(query, inputs)] = calls_of(PATCHES, asked)
    assert (query, inputs["accounts"]) == ("patches", "venue:eindhoven")


def test_what_is_shown_again_in_full_says_so() -> None:
    asked = ["what alarms went off last week"]
    plan = understand("just the latency ones", asked, names=names(), now=NOW, queries=queries())
    assert [call.query for call in plan.calls] == ["alarm_history"]
    assert any('not only "latency"' in limit for limit in plan.limits)


def test_what_follows_them_is_of_patches_too() -> None:
    assert calls_of(PATCHES, "just the critical ones", "and Rotterdam?")[0][0] == "patches"


@pytest.mark.parametrize("asked", ["only timeouts", "just the timeout ones"])
def test_only_some_lines_are_those_lines_of_the_same_log_and_day(asked: str) -> None:
    [(query, inputs)] = calls_of(LOGS, asked)
    assert query == "error_logs"
    assert inputs == {"period": "2026-10-13", "log_group": "bet-settlement", "contains": "timeout"}


def test_how_many_there_are_in_total_counts_those_lines() -> None:
    asked = [LOGS, "only timeouts"]
    plan = understand("how many in total", asked, names=names(), now=NOW, queries=queries())
    assert [call.inputs.get("contains") for call in plan.calls] == ["timeout"]
    assert NOTHING_NEW not in plan.limits


@pytest.mark.parametrize(
    ("before", "asked", "query", "picked"),
    [
        ("how many backups ran last night", "only the failed ones", "backups", {"state": "failed"}),
        ("what could we save", "just rightsizing", "savings", {"kind": "rightsizing"}),
        ("what changed in online-prod yesterday", "only deployments", "recent_changes", {"kind": "deployments"}),
        ("top vulnerabilities in venue-utrecht", "only the critical ones", "vulnerabilities", {"severity": "critical"}),
    ],
)
def test_what_is_picked_by_an_input_stays_so(before: str, asked: str, query: str, picked: dict[str, str]) -> None:
    [(found, inputs)] = calls_of(before, asked)
    assert found == query
    assert picked.items() <= inputs.items()


@pytest.mark.parametrize(
    ("before", "asked", "query"),
    [
        (PATCHES, "and the critical security findings?", "findings"),  # a subject of its own
        ("how many backups ran last night", "and which alarms are firing?", "alarms"),
    ],
)
def test_a_question_that_names_another_subject_goes_there(before: str, asked: str, query: str) -> None:
    assert query in [found for found, _ in calls_of(before, asked)]
