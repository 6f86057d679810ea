"""Questions that follow others: phrases worked on, phrases held back from the work, and what is reached back to."""

from __future__ import annotations

import pytest

from agents.models.offline import understand
from agents.models.offline.plan import PlannedCall
from agents.models.offline.proposing.followups import carry
from agents.models.offline.proposing.reaching import Turn, reached
from agents.models.offline.reading import read
from tests.agents.models.phrases_names import context
from tests.agents.models.phrases_turns import entries, proposed_right

REACHED = {"dev": 98, "held": 90}
"""Phrases of each part that a right plan is proposed for; never less."""


@pytest.mark.parametrize("part", ["dev", "held"])
def test_what_follows_is_read_from_what_went_before(part: str) -> None:
    missed = [entry["say"] for entry in entries(part) if not proposed_right(entry)]
    assert len(entries(part)) - len(missed) >= REACHED[part], missed


def _turns() -> list[Turn]:
    at = context()
    said = [
        ("Which buckets are public in Utrecht?", "public_exposure", {"kind": "buckets", "accounts": "venue:utrecht"}),
        ("What did online-prod cost in September?", "spend", {"accounts": "online-prod", "period": "2026-09"}),
    ]
    return [
        Turn(ask, "", (PlannedCall(query=name, domain=at.queries[name].domain, inputs=inputs),))
        for ask, name, inputs in said
    ]


@pytest.mark.parametrize(
    "said",
    [
        "and the day before?",
        "what did we spend a month earlier?",
        "compare it with the month before",
        "one other thing: which buckets are public in data-prod?",
        "show it again per day",
        "the first one by service",
        "who was first to change a bucket?",
        "back to the costs: and August?",
        "both per day",
        "are we back to normal?",
    ],
)
def test_what_names_no_older_question_follows_the_last_one(said: str) -> None:
    assert reached(said, _turns(), context()) == (said, None)


def test_one_question_before_is_all_that_there_is_to_reach_back_to() -> None:
    said = "back to the buckets: and Rotterdam?"
    assert reached(said, _turns()[:1], context()) == (said, None)


@pytest.mark.parametrize(
    ("said", "query", "inputs"),
    [
        ("back to the buckets: and Rotterdam?", "public_exposure", {"kind": "buckets", "accounts": "venue:rotterdam"}),
        ("back to my first question: in data-prod?", "public_exposure", {"kind": "buckets", "accounts": "data-prod"}),
        ("and August?", "spend", {"accounts": "online-prod", "period": "2026-08"}),
    ],
)  # fmt: skip
def test_an_older_question_is_taken_up_in_a_conversation(said: str, query: str, inputs: dict[str, str]) -> None:
    at = context()
    asked = [turn.question for turn in _turns()]
    plan = understand(said, asked, names=at.names, now=at.now, queries=at.queries)
    assert [call.query for call in plan.calls] == [query]
    assert inputs.items() <= plan.calls[0].inputs.items()


def test_both_are_the_places_of_the_last_two_questions() -> None:
    at = context()
    asked = ["Open findings in data-prod?", "and data-lab?"]
    plan = understand("both together by severity", asked, names=at.names, now=at.now, queries=at.queries)
    assert [call.query for call in plan.calls] == ["findings"]
    assert plan.calls[0].inputs["accounts"] == "data-prod,data-lab"


@pytest.mark.parametrize(
    ("earlier", "said", "meant"),
    [
        (("recent_changes", {"period": "2026-10-06"}), "and that week?", {"period": "2026-10-05..2026-10-11"}),
        (("backups", {"period": "2026-10-13"}), "and the whole week", {"period": "2026-10-12..2026-10-15"}),
        (("spend", {"period": "2026-09"}), "and that month?", {"period": "2026-09"}),
        (("metric", {"name": "cpu", "statistic": "maximum"}), "memory", {"name": "memory", "statistic": "maximum"}),
        (("metric", {"name": "cpu", "statistic": "maximum"}), "free space", {"name": "db_storage_free"}),
        (("spend", {"service": "Amazon EC2", "period": "2026-09"}), "and all services", {"period": "2026-09"}),
    ],
)  # fmt: skip
def test_what_is_changed_takes_the_place_of_what_was_said(
    earlier: tuple[str, dict[str, str]], said: str, meant: dict[str, str]
) -> None:
    at = context()
    name, inputs = earlier
    call = PlannedCall(query=name, domain=at.queries[name].domain, inputs=inputs)
    calls, _ = carry([call], read(said, at.names, at.now), at)
    assert [(one.query, dict(one.inputs)) for one in calls] == [(name, meant)]


def test_by_whom_asks_who_did_what_was_shown_there_and_then() -> None:
    at = context()
    asked = ["What changed in online-prod between 12 and 14 October?"]
    plan = understand("By whom, if I may ask?", asked, names=at.names, now=at.now, queries=at.queries)
    assert [(call.query, call.inputs) for call in plan.calls] == [
        ("who_did_what", {"accounts": "online-prod", "period": "2026-10-12..2026-10-14"})
    ]
