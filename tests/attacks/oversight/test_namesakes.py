"""Attacks by name: an id that is only claimed on this machine, and a person who is not known any more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from agents.answer import Question
from agents.approving import decide, may_see
from agents.conversations import Conversations, Exchange, owner
from agents.desk import Desk
from agents.home import Home
from agents.local import as_now
from agents.settings import Settings
from policies.access import Gate, Principal, UnknownPrincipalError, local_principal, shipped_gate
from policies.access.principal import Assurance
from policies.access.replay import decide_again, recorded_approvals
from policies.audit import Ledger
from policies.audit.bodies import QueryCalled
from policies.oversight import NotInChargeError
from tests.agents.scripted import ScriptedMaker
from tools.catalogue import queries

Open = Callable[..., Desk]
WHO = [("who_did_what", {"period": "last_7_days", "accounts": "data-prod"})]
CLAIMED, CARLA = local_principal("local"), local_principal("carla").model_copy(update={"assurance": "iam"})
VERIFIED: list[Assurance] = ["iam", "oidc", "envelope"]


def known(assurance: Assurance) -> Principal:
    return CLAIMED.model_copy(update={"assurance": assurance})


def approved(open_desk_with: Open, asker: Principal) -> tuple[Desk, str]:
    """A desk on which a question of `asker` was approved, and the approval."""
    desk = open_desk_with(ScriptedMaker([WHO, "unused"], domains=("security",)))
    approval = desk.answer(Question(text="Who did what in data-prod?"), asker).approval or ""
    decide(desk, approval, CARLA, "approve", "", lambda before: before)
    maker = ScriptedMaker(["There were [[f1]]."], domains=("security",))
    return replace(desk, maker=maker, overseen=desk.oversight), approval


def calls(desk: Desk) -> int:
    desk.ledger.flush()
    return sum(isinstance(stored.body, QueryCalled) for stored in desk.ledger.read())


@pytest.mark.parametrize("assurance", VERIFIED)
def test_an_unverified_namesake_neither_resumes_nor_reads(open_desk_with: Open, assurance: Assurance) -> None:
    desk, approval = approved(open_desk_with, known(assurance))
    with pytest.raises(NotInChargeError, match="verified as they were"):
        desk.resume(approval, CLAIMED)
    assert not calls(desk)
    first = desk.resume(approval, known(assurance))
    assert first.status == "answered", "the attempt did not use the approval up"
    with pytest.raises(NotInChargeError, match="verified as they were"):
        desk.resume(approval, CLAIMED)
    history = desk.oversight.approvals.history(approval)
    assert not may_see(desk, history, CLAIMED, lambda before: before)
    for other in VERIFIED:  # one person has one id, however they come in
        assert desk.resume(approval, known(other)) == first
        assert may_see(desk, history, known(other), lambda before: before)


def test_who_only_claimed_their_id_goes_on_by_it_or_verified(open_desk_with: Open) -> None:
    desk, approval = approved(open_desk_with, CLAIMED)
    first = desk.resume(approval, CLAIMED)
    assert first.status == "answered" and desk.resume(approval, known("iam")) == first


def test_an_unverified_namesake_does_not_read_a_conversation(open_desk_with: Open) -> None:
    desk = open_desk_with(ScriptedMaker(["Nothing."]))
    desk.answer(Question(text="What about data-prod?", session="s"), known("envelope"))
    theirs = ScriptedMaker(["Nothing."])
    replace(desk, maker=theirs, overseen=desk.oversight).answer(Question(text="And?", session="s"), CLAIMED)
    assert "data-prod" not in str(theirs.made[0].seen[0])
    own = ScriptedMaker(["Nothing."])
    replace(desk, maker=own, overseen=desk.oversight).answer(Question(text="And?", session="s"), known("iam"))
    assert "data-prod" in str(own.made[0].seen[0])


def test_conversations_of_before_are_found_and_all_of_a_person_are_erased(tmp_path: Path) -> None:
    kept = Conversations(tmp_path / "conversations.sqlite")
    said = Exchange(question="q", answer="a")
    kept.keep("local", "s", "q-1", said)  # as they were always kept: by the bare id
    assert kept.latest(owner(CLAIMED), "s") == (said,)
    kept.keep(owner(known("oidc")), "s", "q-2", said)
    kept.keep(owner(CARLA), "s", "q-3", said)
    assert kept.erase("local", (), lambda question, answer: False) == 2
    assert kept.latest(owner(CARLA), "s") == (said,) and not kept.latest(owner(known("oidc")), "s")


@pytest.mark.parametrize("assurance", ["local", *VERIFIED])
def test_somebody_removed_from_the_file_is_nobody_however_they_asked(tmp_path: Path, assurance: Assurance) -> None:
    people = tmp_path / "principals.yaml"
    people.write_text("principals:\n  bram: {role: engineer}\n  anna: {role: auditor}\n")
    settings = Settings(principals=people)
    before = Principal(id="bram", role="admin", assurance=assurance)
    assert as_now(settings, before) == Principal(id="bram", role="engineer", assurance=assurance)
    people.write_text("principals:\n  anna: {role: auditor}\n")
    with pytest.raises(UnknownPrincipalError):
        as_now(settings, before)


def test_whom_claims_described_stays_what_the_token_said(tmp_path: Path) -> None:
    people = tmp_path / "principals.yaml"
    people.write_text("principals:\n  anna: {role: auditor}\n")
    token = Principal(id="oidc:u-1", role="engineer", assurance="oidc")
    assert as_now(Settings(principals=people), token) == token
    for assurance in ("local", "iam", "envelope"):
        with pytest.raises(UnknownPrincipalError):
            as_now(Settings(principals=people), token.model_copy(update={"assurance": assurance}))


def test_who_may_approve_is_decided_again_the_same_from_its_record(
    open_desk_with: Open, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = open_desk_with(ScriptedMaker([WHO, "unused"], domains=("security",)))
    elsewhere = datetime(2026, 11, 28, 1, 30, tzinfo=timezone(timedelta(hours=3)))
    approval = desk.answer(Question(text="Who did what in data-prod?"), known("envelope")).approval or ""
    monkeypatch.setattr(desk.estate, "clock", lambda: elsewhere)
    key = "AKIAIOSFODNN7EXAMPLE"
    for by in (local_principal("anna"), known("envelope")):  # a manager, and the asker
        with pytest.raises(NotInChargeError):
            decide(desk, approval, by, "approve", f"mine, key {key}", lambda before: before)
    decide(desk, approval, CARLA, "approve", f"mine too, key {key}", lambda before: before)
    desk.ledger.close()
    with Ledger.open(home.ledger) as ledger:
        made = list(recorded_approvals(ledger.read()))
    assert [(one.principal_id, one.body.decision) for one in made] == [
        ("anna", "deny"),
        ("local", "deny"),
        ("carla", "allow"),
    ]
    gate, nothing = shipped_gate(), Gate((), queries().values())
    for one in made:
        assert decide_again(gate, one)[:2] == (one.body.decision, tuple(one.body.policies))
        assert (one.body.policies_sha256, one.body.schema_sha256) == (gate.sha256, gate.schema_sha256)
        assert one.body.context["hour"] == elsewhere.astimezone(UTC).hour == 22
        assert one.body.context["asker_assurance"] == "envelope" and "id" not in one.body.context["asker"]
        assert "mine" in one.why and key not in one.why
        assert decide_again(nothing, one)[0] == "deny", "the policies decide, not the record"
    kept = b"".join(path.read_bytes() for path in home.ledger.rglob("*") if path.is_file())
    assert b"carla" not in kept and b"mine too" not in kept and b'"anna"' not in kept
