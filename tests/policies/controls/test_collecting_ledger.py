"""Evidence from the ledger and from this installation's files: verified first, nothing about persons, counted twice."""

from __future__ import annotations

import pytest

from policies.audit import Record
from policies.audit.bodies import (
    AnswerDelivered,
    ConcernOpened,
    GateDecided,
    IncidentClosed,
    IncidentOpened,
    IncidentUpdated,
    QuestionAsked,
    ReleaseOpened,
    ReleaseUpdated,
)
from policies.controls.cases import put, reporter_of
from policies.controls.collect import collect, passing
from policies.controls.needs import NEEDS, ledger, repository

CANARY = "vera.canary"
AT = "2026-11-27T09:30:00Z"


def gather(room, *wanted):
    return {evidence.need: evidence for evidence in collect(room.scene, wanted)}


def ask(room, question="q-1", who=CANARY):
    asked = QuestionAsked(
        text=f"what did {CANARY} do", channel="cli", principal_id=who, role="manager", assurance="local",
        model="offline", estate="sample",
    )  # fmt: skip
    decided = GateDecided(
        query="who_did_what", input={"person": CANARY}, input_sha256="0" * 64, accounts=[], decision="deny",
        reason=f"about {CANARY}", personal_data=True,
    )  # fmt: skip
    given = AnswerDelivered(status="denied", text_sha256="0" * 64, figures=0)
    for body in (asked, decided, given):
        room.scene.ledger.append(Record(actor="person", body=body, question=question, principal=who))


def test_every_need_has_a_collector(opened):
    room = opened()
    wanted = [need for need in NEEDS if need.kind in ("ledger", "repository")]
    found = gather(room, *wanted)
    assert set(found) == set(wanted)
    assert not [str(need) for need, one in found.items() if any("nobody collects" in said for said in one.problems)]


def test_no_snapshot_holds_anything_about_a_person(opened):
    room = opened()
    ask(room)
    incident = IncidentOpened(case="incident-1", title=CANARY, system="regent", classes=["other"], detected=AT)
    put(room.scene.ledger, incident, "incident-1", CANARY)
    concern = ConcernOpened(
        case="concern-1", text=CANARY, channel="cli", origin="inside", system="regent", anonymous=False, reporter=CANARY
    )
    put(room.scene.ledger, concern, "concern-1", reporter_of("concern-1"))
    found = gather(room, *(need for need in NEEDS if need.kind == "ledger"))
    assert len(found[ledger.QUESTIONS].items) == 1
    assert not [str(need) for need, one in found.items() if CANARY.encode() in one.encode()]


def test_questions_have_their_records_by_our_names_without_what_is_sealed(opened):
    room = opened()
    ask(room)
    [item] = gather(room, ledger.QUESTIONS)[ledger.QUESTIONS].items
    asked, decided, _ = item.data["records"]
    assert asked["body"]["model"] == "offline" and "text" not in asked["body"]
    assert decided["body"]["query"] == "who_did_what" and "input" not in decided["body"]


def test_questions_before_the_window_are_neither_items_nor_counted(opened):
    from datetime import UTC, datetime, timedelta

    room = opened(since=datetime.now(UTC) + timedelta(days=1))
    ask(room)
    found = gather(room, ledger.QUESTIONS)[ledger.QUESTIONS]
    assert found.items == () and found.population == 0


@pytest.mark.parametrize("need", [ledger.QUESTIONS, ledger.RECOMPUTED], ids=str)
def test_a_day_chosen_so_that_a_bad_question_lies_before_it_proves_nothing(opened, need):
    from datetime import UTC, datetime, timedelta

    short = opened(since=datetime.now(UTC) - timedelta(days=29))
    ask(short)
    found = gather(short, need)[need]
    assert "declared are 30 days" in found.problems[0] and found.since == short.scene.since
    whole = opened(since=datetime.now(UTC) - timedelta(days=31))
    ask(whole)
    assert gather(whole, need)[need].problems == ()


def test_questions_that_do_not_fit_are_a_problem(opened, monkeypatch):
    monkeypatch.setattr(passing, "MOST_BYTES", 500)
    room = opened()
    ask(room)
    found = gather(room, ledger.QUESTIONS, ledger.RECOMPUTED)
    assert all("do not fit" in one.problems[0] for one in found.values())


def test_a_ledger_that_does_not_verify_is_no_evidence(opened):
    room = opened()
    ask(room)
    room.scene.ledger.checkpoint()
    [segment] = (room.scene.ledger.path / "segments").iterdir()
    data = segment.read_bytes()
    segment.write_bytes(data.replace(b'"decision":"deny"', b'"decision":"doze"', 1))
    found = gather(room, ledger.QUESTIONS, ledger.RECORD_TYPES)
    assert all("ledger" in one.problems[0] for one in found.values())


def test_a_ledger_shorter_than_it_was_seen_is_no_evidence(opened):
    """Its bytes hold, one by one; only the known head says that there were more."""
    room = opened()
    ask(room)
    head = room.scene.ledger.checkpoint()
    longer = head.note.text.replace(b"\n3\n", b"\n4\n")
    from policies.audit.note import Checkpoint, sign

    signer = room.scene.ledger.home.signer(head.origin)
    room.scene.ledger.home.remember(Checkpoint.parse(sign(longer, [signer])))
    found = gather(room, ledger.QUESTIONS)[ledger.QUESTIONS]
    assert found.items and any("does not verify" in problem for problem in found.problems)


def test_an_incident_is_folded_to_how_it_stands(opened):
    room = opened()
    log = room.scene.ledger
    deadline = {
        "regime": "gdpr",
        "stage": "notification",
        "due": "2026-11-30T09:30:00Z",
        "to": "authority",
        "source": "s",
    }
    first = IncidentOpened(
        case="incident-1", title="t", system="regent", classes=["personal-data"], detected=AT, deadlines=[deadline]
    )
    done = {"regime": "gdpr", "stage": "notification", "at": "2026-11-28T08:00:00Z"}
    for body in (
        first,
        IncidentUpdated(case="incident-1", done=[done], notify=True, communications=[{"to": "users", "at": AT}]),
        IncidentClosed(case="incident-1", cause="c", lessons="l"),
    ):
        put(log, body, "incident-1", "local")
    [item] = gather(room, ledger.INCIDENTS)[ledger.INCIDENTS].items
    assert item.data["deadlines"] == [
        {"regime": "gdpr", "stage": "notification", "due": "2026-11-30T09:30:00Z", "done": "2026-11-28T08:00:00Z"}
    ]
    assert item.data["notify"] is True and item.data["closed"] and item.data["cause"] == "[sealed]"
    assert item.data["owner"].startswith("p-") and item.data["communications"] == [{"to": "users", "at": AT}]


def test_a_release_names_author_and_approver_by_pseudonym(opened):
    room = opened()
    release = ReleaseOpened(case="release-1", version="1.0", system="regent", change="C-1", artefacts=["a" * 64])
    put(room.scene.ledger, release, "release-1", "bram")
    put(room.scene.ledger, ReleaseUpdated(case="release-1", approved=True), "release-1", "carla")
    [item] = gather(room, ledger.RELEASES)[ledger.RELEASES].items
    assert item.data["author"].startswith("p-") and item.data["approver"].startswith("p-")
    assert item.data["author"] != item.data["approver"] and item.data["approved"]


def test_record_types_say_what_lies_in_the_clear(opened):
    room = opened()
    ask(room)
    rows = {item.name: item.data for item in gather(room, ledger.RECORD_TYPES)[ledger.RECORD_TYPES].items}
    assert rows["question.asked"] == {
        "type": "question.asked", "count": 1, "known": True, "schemas": [1], "in_clear": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    "need", [repository.QUERIES, repository.INVARIANTS, repository.DEPENDENCIES, repository.PROMPTS]
)
def test_what_this_installation_is_made_of_is_counted_twice(opened, need):
    found = gather(opened(), need)[need]
    assert found.items and found.population == len(found.items) and not found.problems


def test_a_draft_register_has_no_rows(opened):
    found = gather(opened(), repository.RISKS, repository.SOA)
    assert not found[repository.RISKS].items and not found[repository.SOA].items


def test_templates_are_looked_at_only_where_an_assembly_lies(opened, tmp_path):
    from policies.controls.needs import template

    assert gather(opened(settings={"templates": tmp_path / "none"}), template.STACKS) == {}
