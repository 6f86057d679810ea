"""Answers in the prose of language models over what real queries gave: which lies pass, which true ones are stopped."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from policies.grounding import Grounded, ground
from tests.agents.models.sample_sight import sample_directory
from tests.grounding.estates import independent

_HERE = Path(__file__).parent
_TRUTHS: dict[str, list[str]] = yaml.safe_load((_HERE / "spoken_truths.yaml").read_text("utf-8"))
_LIES: dict[str, list[list[str]]] = yaml.safe_load((_HERE / "spoken_lies.yaml").read_text("utf-8"))
_ESTATES = {estate.name.removeprefix("spoken-"): estate for estate in independent("spoken")}


def _checked(estate: str, draft: str) -> Grounded:
    known, sight = _ESTATES[estate], sample_directory().accounts
    return ground(draft, known.facts, question=known.question, now=known.now, accounts=sight)


@pytest.mark.parametrize(
    ("first", "missed", "stopped"),
    [pytest.param(0, 3, 6, id="the half that was tuned on"), pytest.param(1, 7, 6, id="the half that was not")],
)
def test_no_more_lies_pass_and_no_more_truths_are_stopped_than_was_measured(
    first: int, missed: int, stopped: int
) -> None:
    lies = [(estate, lie) for estate, rows in _LIES.items() for _, lie in rows[first::2]]
    truths = [(estate, true) for estate, rows in _TRUTHS.items() for true in rows[first::2]]
    assert len(lies) == len(truths) == (24 if first else 36)
    # Of the half that was not tuned on it is not said which ones they are.
    assert sum(_checked(*lie).ok for lie in lies) <= missed
    assert sum(not _checked(*true).ok for true in truths) <= stopped


@pytest.mark.parametrize(
    ("estate", "lie", "true"),
    [
        ("findings", "[[f4]] critical, [[f3]] high.", "[[f3]] critical, [[f4]] high."),
        ("coverage", "Utilisation was [[f9]], coverage [[f13]].", "Utilisation was [[f13]], coverage [[f9]]."),
        ("accounts", "Net: [[f4]] in August, [[f3]] in September.", "Net: [[f3]] in August, [[f4]] in September."),
        ("alarms", "[[f1]] are firing, all of them in data-lab.", "[[f1]] are firing, one of them in data-lab."),
        ("alarms", "Every account has an alarm that fires.", "Several accounts have an alarm that fires."),
        ("alarms", "Every account has an alarm firing.", "[[f2]] have an alarm firing."),
        ("findings", "There are [[f1]]. None of them are critical.", "There are [[f1]]. Some of them are critical."),
        (
            "buckets",
            "The bucket lantern-utrecht-marketing-exports is in venue-rotterdam.",
            "The bucket lantern-utrecht-marketing-exports is in venue-utrecht.",
        ),
        (
            "services",
            "S3 is second after EC2 compute, with [[f6]].",
            "EC2 compute is second after EC2 - Other, at [[f4]].",
        ),
        ("keys", "svc-payroll has the second oldest key, at [[f7]].", "svc-cctv has the second oldest key, at [[f5]]."),
        (
            "changes",
            "The busiest account was network, with [[f12]].",
            "The busiest account was data-prod, with [[f3]].",
        ),
        ("idle", "Stopping both would save [[f2]] a year.", "Stopping both would save [[f2]] a month."),
        (
            "changes",
            "wallet-api was deployed first ([[f17]]), then report-api ([[f20]]).",
            "report-api was deployed first ([[f20]]), then wallet-api ([[f17]]).",
        ),
        (
            "backups",
            "All backups completed in the last seven days.",
            "Not all backups completed in the last seven days.",
        ),
        ("findings", "Less than half are medium: of [[f1]].", "More than half are medium."),
        (
            "keys",
            "svc-legacy-export: [[f3]], more than three times as old as svc-cctv ([[f5]]).",
            "svc-legacy-export: [[f3]], more than twice as old as svc-cctv ([[f5]]).",
        ),
        (
            "keys",
            "The oldest four:\n\n- svc-cctv: [[f5]]",
            "The oldest two:\n\n- svc-legacy-export: [[f3]]\n- svc-cctv: [[f5]]",
        ),
        ("accounts", "We got [[f32]] less spend.\nSpend fell.", "There were credits, [[f32]] more in September."),
    ],
)
def test_a_lie_is_stopped_and_the_truth_beside_it_is_not(estate: str, lie: str, true: str) -> None:
    assert not _checked(estate, lie).ok
    assert _checked(estate, true).faults == ()
