"""What things that were spoken of before cost: their service in their place, not all that is spent there."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from agents.models.offline.inputs.choosing import Context, calls_for
from agents.models.offline.plan import PlannedCall
from agents.models.offline.proposing.followups import named_after, placed_as
from agents.models.offline.reading import read
from agents.models.offline.weighing.deciding import considered, likeliest, weigh
from tests.agents.models.dev_bank import names
from tools.catalogue import queries
from tools.estate.world import NOW

WHICH = yaml.safe_load((Path(__file__).parent / "phrases" / "which.yaml").read_text(encoding="utf-8"))
TOGETHER = yaml.safe_load((Path(__file__).parent / "phrases" / "together.yaml").read_text(encoding="utf-8"))
AGAINST = yaml.safe_load((Path(__file__).parent / "phrases" / "against.yaml").read_text(encoding="utf-8"))
KINDS = yaml.safe_load((Path(__file__).parent / "phrases" / "kinds.yaml").read_text(encoding="utf-8"))
PHRASES = yaml.safe_load((Path(__file__).parent / "phrases" / "things.yaml").read_text(encoding="utf-8"))
AT = Context(names(), NOW, queries())


@pytest.mark.parametrize(("part", "least"), [(0, 19), (1, 18)], ids=["seen", "held out"])
def test_what_things_cost_is_asked_of_the_service_they_are_billed_as(part: int, least: int) -> None:
    missed = []
    for row in PHRASES[part::2]:
        earlier = likeliest(weigh(row["after"], (), AT))
        plans = [one.calls for one in considered(row["say"], earlier, AT).every]
        fit = {"service": row["means"], **{k: v for k, v in earlier[0].inputs.items() if k == "accounts"}}
        if not any(len(calls) == 1 and fit.items() <= calls[0].inputs.items() for calls in plans):
            missed.append(row["say"])
    assert len(PHRASES[part::2]) - len(missed) >= least, missed


@pytest.mark.parametrize(("part", "least"), [(0, 9), (1, 10)], ids=["seen", "held out"])
def test_things_and_what_they_cost_in_one_question(part: int, least: int) -> None:
    missed = []
    for row in TOGETHER[part::2]:
        plans = [one.calls for one in considered(row["say"], (), AT).every]
        if not any(len(p) > 1 and any(c.inputs.get("service") == row["means"] for c in p) for p in plans):
            missed.append(row["say"])
    assert len(TOGETHER[part::2]) - len(missed) >= least, missed


@pytest.mark.parametrize(("part", "least"), [(0, 8), (1, 7)], ids=["seen", "held out"])
def test_which_of_them_tells_the_places_apart_again(part: int, least: int) -> None:
    missed = []
    for row in WHICH[part::2]:
        earlier = likeliest(weigh(row["after"], (), AT))
        calls = [call for one in considered(row["say"], earlier, AT).every for call in one.calls]
        split = ("account", "venue", *(("",) if row["query"] == "inventory" else ()))  # by account unless said
        if not any(call.query == row["query"] and call.inputs.get("by", "") in split for call in calls):
            missed.append(row["say"])
    assert len(WHICH[part::2]) - len(missed) >= least, missed


@pytest.mark.parametrize(("part", "least"), [(0, 20), (1, 18)], ids=["seen", "held out"])
def test_what_things_are_like_is_asked_of_their_kind(part: int, least: int) -> None:
    missed = []
    for row in KINDS[part::2]:
        earlier = likeliest(weigh(row["after"], (), AT))
        plans = [one.calls for one in considered(row["say"], earlier, AT).every]
        if not any(
            len(calls) == 1 and calls[0].query == row["query"] and calls[0].inputs.get("kind") == row["kind"]
            for calls in plans
        ):
            missed.append(row["say"])
    assert len(KINDS[part::2]) - len(missed) >= least, missed


def _places(inputs: dict[str, object]) -> set[str]:
    """The accounts or the team that a call is narrowed to."""
    found = {f"team:{inputs['team']}"} if "team" in inputs else set()
    for part in str(inputs.get("accounts", "")).split(","):
        key, _, value = part.partition(":")
        found |= {a for a in AT.names.accounts if (AT.names.tags[a].get(key) == value if value else a == part)}
    return found


@pytest.mark.parametrize(("part", "least"), [(0, 14), (1, 14)], ids=["seen", "held out"])
def test_a_place_held_against_the_one_before_is_shown_beside_it(part: int, least: int) -> None:
    missed = []
    for row in AGAINST[part::2]:
        earlier = likeliest(weigh(row["after"], (), AT))
        meant = set(row["means"]) if "means" in row else {f"team:{row['team']}"}
        pointed = named_after(row["say"], row["after"], "", AT.names)
        plans = [one.calls for one in considered(pointed, earlier, AT).every]
        if not any(len(p) == 1 and p[0].query == row["query"] and _places(p[0].inputs) == meant for p in plans):
            missed.append(row["say"])
    assert len(AGAINST[part::2]) - len(missed) >= least, missed


@pytest.mark.parametrize(
    "question",
    [
        "and what do they spend?",  # the teams
        "what did we spend in September?",
        "what do they cost per service?",
        "and what does CloudFront cost us?",
    ],
)
def test_what_is_not_about_those_things_is_not_narrowed_to_them(question: str) -> None:
    earlier = PlannedCall(query="inventory", domain="ops", inputs={"kind": "instances", "by": "team"})
    (call,), _ = calls_for("spend", read(question, AT.names, NOW), AT)
    placed = placed_as(call, earlier, read(question, AT.names, NOW), AT.queries)
    assert placed.inputs.get("service") == call.inputs.get("service")
