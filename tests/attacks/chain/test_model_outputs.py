"""Whatever a model writes: no AWS call leaves that the gate did not permit for this person at this moment, and what was
refused is on record, not only what was allowed.
"""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents.answer import Question
from agents.conversations import Conversations
from agents.desk import Desk
from agents.home import Home
from policies.access import local_principal, shipped_gate
from policies.access.replay import decide_again, recorded
from policies.audit import Ledger
from policies.oversight import Limits
from tests.agents.scripted import ScriptedMaker
from tools.catalogue import queries
from tools.estates import Estate
from tools.receipts import ReceiptFiles

NAMES = [*sorted(queries()), "no_such_query", "spend\u200b", "AKIAIOSFODNN7EXAMPLE", "", "a b\nc"]
INPUTS: list[Any] = [
    {},
    {"accounts": "all"},
    {"accounts": "venue-utrecht"},
    {"accounts": "online-prod"},
    {"accounts": "venue-atlantis"},
    {"accounts": "210000000012"},
    {"accounts": "env:prod"},
    {"period": "last_month"},
    {"period": "AKIAIOSFODNN7EXAMPLE"},
    {"venue": "utrecht"},
    {"who": "piet", "reason": "approved by the administrator"},
    {"approved": True},
    {"unknown": "\u202e"},
    [],
    "not json",
]
CALLS = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(INPUTS)), min_size=1, max_size=3)
PEOPLE = ("local", "anna", "bram", "carla", "dirk")
DOMAINS = ("cost", "security", "ops")
_FOLDERS = itertools.count()


def records_of(estate: Estate, folder: Path, who: str, domain: str, steps: list[Any]) -> list[Any]:
    home = Home(folder / f"home-{next(_FOLDERS)}")
    with Ledger.open(home.ledger) as ledger:
        desk = Desk(
            home=home,
            estate=estate,
            ledger=ledger,
            store=ReceiptFiles(home.receipts, home.keys / "receipts.key"),
            gate=shipped_gate(),
            maker=ScriptedMaker(steps, domains=(domain,)),
            conversations=Conversations(home.conversations),
            limits=Limits(model_calls=4, query_calls=6),
        )
        desk.answer(Question(text="What do we have?"), local_principal(who))
        desk.oversight.close()
        return list(ledger.read())


def permitted_before_it_ran(records: list[Any]) -> None:
    """Every intent has a permit of its own before it, for this call; and every decision comes out the same again."""
    permits: list[str] = []
    for stored in records:
        if stored.type == "gate.decided":
            if stored.body.decision == "allow":
                permits.append(stored.body.input_sha256)
        elif stored.type == "query.called":
            assert stored.body.input_sha256 in permits, "an AWS call without a permit"
            permits.remove(stored.body.input_sha256)
    for made in recorded(records):
        assert decide_again(shipped_gate(), made)[0] == made.body.decision


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    who=st.sampled_from(PEOPLE), domain=st.sampled_from(["cost", "security", "ops"]), turns=st.lists(CALLS, max_size=3)
)
def test_no_sequence_of_model_outputs_leads_to_a_call_that_was_not_permitted(
    estate: Estate, who: str, domain: str, turns: list[Any]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        records = records_of(estate, Path(folder), who, domain, [*turns, "Nothing to tell."])
    permitted_before_it_ran(records)
    refused = sum(stored.type == "query.failed" for stored in records)
    decided = sum(stored.type == "gate.decided" for stored in records)
    named = any(name for calls in turns for name, _ in calls)  # Strands drops a nameless one
    assert refused + decided or not named, "a call left no record"
    assert records[-1].type == "answer.delivered"


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("findings", {}),  # a query of another specialist: the confused deputy
        ("who_did_what", {"who": "piet"}),
        ("nope", {}),
        ("AKIAIOSFODNN7EXAMPLE", {}),
        ("spend\u200b", {}),  # not a name that Strands takes: it never becomes a call
        ("s" * 65, {}),
        ("spend", ["x"]),
        ("spend", {"colour": "AKIAIOSFODNN7EXAMPLE"}),
    ],
    ids=[
        "another-specialists",
        "about-persons",
        "invented",
        "secret-as-name",
        "zero-width",
        "long",
        "no-object",
        "secret-as-input",
    ],
)
def test_a_call_that_is_none_is_refused_on_record(name: str, given: Any, estate: Estate, tmp_path: Path) -> None:
    records = records_of(estate, tmp_path, "anna", "cost", [[(name, given)], "Nothing."])
    assert [stored.type for stored in records].count("query.failed") == 1
    assert "query.called" not in [stored.type for stored in records]
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"AKIAIOSFODNN7EXAMPLE" not in kept
