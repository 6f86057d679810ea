"""Keys that change, are lost or stolen; persons that are forgotten. The ledger's bytes never change for it."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from policies.audit import Ledger, Note, QueryReturned, QuestionAsked, Record, erasure, story, verify
from policies.audit.erasure import Traces, forget, register_place
from policies.audit.errors import KeyFileError, LedgerError, SealError
from policies.audit.keys import FileSigner, Home
from policies.audit.note import Checkpoint, VerifierKey
from policies.audit.rotation import replace, revoke, rotate

CANARY = "canary-7f3a9"
VERIFY_PY = Path(__file__).parents[3] / "verify.py"


def note(name: str) -> Record:
    return Record(actor="system", body=Note(name=name))


def alone(home: Path, *keys: VerifierKey) -> int:
    """verify.py's exit code with the home's known head."""
    head = next((home / "anchors").glob("*.note"))
    given = [item for key in keys for item in ("--key", str(key))]
    command = [sys.executable, str(VERIFY_PY), str(home / "ledger"), *given, "--head", str(head)]
    return subprocess.run(command, capture_output=True, check=False).returncode


def test_a_rotated_key_is_trusted_by_who_trusts_the_old_one(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger") as ledger:
        old = FileSigner.load(ledger.home.key_file).vkey
        ledger.append(note("before"))
        changed = rotate(ledger)
        ledger.append(note("after"))
    new = VerifierKey.parse(changed.vkey)
    with Ledger.open(tmp_path / "ledger") as ledger:
        ledger.append(note("next day"))
    for keys in ([old], [old, new]):
        assert verify(tmp_path / "ledger", keys, remember=False).code == 0
        assert verify(tmp_path / "ledger", keys, schema=False, remember=False).code == 0
        assert alone(tmp_path, *keys) == 0
    assert verify(tmp_path / "ledger").code == 0


def test_a_key_introduced_without_the_old_ones_signature_is_not_trusted(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger") as ledger:
        home, old = ledger.home, FileSigner.load(ledger.home.key_file).vkey
        ledger.append(note("before"))
    home.key_file.unlink()
    with pytest.raises(KeyFileError, match="missing"):
        Ledger.open(tmp_path / "ledger")
    new = VerifierKey.parse(replace(home).vkey)
    assert verify(tmp_path / "ledger", [old], remember=False).code == 1
    assert alone(tmp_path, old) == 1
    assert verify(tmp_path / "ledger", [old, new], remember=False).code == 0
    assert alone(tmp_path, old, new) == 0


def test_a_revoked_key_signs_nothing_more(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger") as ledger:
        old = FileSigner.load(ledger.home.key_file)
        ledger.append(note("before"))
        with pytest.raises(LedgerError, match="rotate"):
            revoke(ledger, old.vkey, time.time_ns(), "stolen")
        rotate(ledger)
        revoke(ledger, old.vkey, time.time_ns(), "stolen")
        assert verify(tmp_path / "ledger", [old.vkey], remember=False).code == 0
        ledger.append(note("forged by the thief"))
        ledger.sign_with(old)
        verdict = verify(tmp_path / "ledger", [old.vkey], remember=False)
        assert (verdict.code, verdict.unanchored) == (2, 1)
        assert alone(tmp_path, old.vkey) == 2


def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    Ledger.open(tmp_path / "ledger").close()
    home = Home(tmp_path / "ledger")
    home.key_file.chmod(0o644)
    with pytest.raises(KeyFileError, match="chmod 600"):
        Ledger.open(tmp_path / "ledger")


def ask(ledger: Ledger, person: str, question: str) -> None:
    body = QuestionAsked(
        text=f"{CANARY} {person}",
        channel="cli",
        principal_id=person,
        role="manager",
        assurance="x",
        model="m",
        estate="s",
    )
    ledger.append(Record(actor="person", question=question, principal=person, body=body))
    facts = [{"id": "f1", "label": f"{CANARY} who did it", "value": person}]
    returned = QueryReturned(
        query="who_did_what",
        intent=0,
        receipts=[],
        facts=facts,
        facts_sha256="0" * 64,
        duration_ms=1,
        personal_data=True,
    )
    ledger.append(Record(actor="query:who_did_what", question=question, principal=person, body=returned))


def everything(home: Path) -> bytes:
    return b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())


def test_personal_content_is_never_stored_in_the_clear(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger") as ledger:
        ask(ledger, "vera@example.com", "q1")
        assert story(ledger, "q1").text == f"{CANARY} vera@example.com"
    assert CANARY.encode() not in everything(tmp_path)
    assert b"vera@example.com" not in everything(tmp_path)


def test_a_forgotten_person_is_unreadable_and_everything_still_verifies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    erased: list[tuple[Path, Traces]] = []

    def erase(home: Path, traces: Traces) -> int:
        erased.append((home, traces))
        return 3

    monkeypatch.setattr(erasure, "PLACES", {})
    register_place("sessions", "what was said", erase)
    with Ledger.open(tmp_path / "ledger") as ledger:
        ask(ledger, "vera@example.com", "q1")
        ask(ledger, "otto@example.com", "q2")
        ledger.checkpoint()
        segment = next((tmp_path / "ledger" / "segments").iterdir())
        before = segment.read_bytes()
        done = forget(ledger, "vera@example.com")
        (home, traces), late = erased
        assert done.places == {"sessions": 6} and home == tmp_path
        assert late == (home, traces), "once more when the keys are gone, for the same"
        assert (traces.person, traces.questions) == ("vera@example.com", {"q1"})
        told = story(ledger, "q1")
        assert told.text == "[forgotten]" and told.principal in done.subjects
        assert story(ledger, "q2").text == f"{CANARY} otto@example.com"
        assert segment.read_bytes().startswith(before)
    verdict = verify(tmp_path / "ledger")
    assert (verdict.code, verdict.erased) == (0, 2), "her own key, and the key of what her question found"
    assert b"vera" not in everything(tmp_path)


def test_a_writer_in_another_process_does_not_go_on_with_a_destroyed_key(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger") as one, Ledger.open(tmp_path / "ledger") as two:
        ask(one, "vera@example.com", "q1")
        forget(two, "vera@example.com")
        ask(one, "vera@example.com", "q2")
        assert story(two, "q1").text == "[forgotten]"
        assert story(two, "q2").text == f"{CANARY} vera@example.com"
        with pytest.raises(LedgerError, match="Nothing"):
            forget(one, "nobody@example.com")


def test_one_record_can_be_disclosed_without_any_other(tmp_path: Path) -> None:
    import hashlib

    import orjson

    with Ledger.open(tmp_path / "ledger") as ledger:
        ask(ledger, "vera@example.com", "q1")
        sealed = orjson.loads(next(ledger.read(0, 0)).raw)["body"]["text"]
        salted = ledger.vault.disclose(sealed)
        assert salted is not None
        assert hashlib.sha256(salted).hexdigest() == sealed["commitment"]
        assert orjson.loads(salted[32:]) == f"{CANARY} vera@example.com"
        with pytest.raises(SealError):
            ledger.vault.disclose(sealed | {"commitment": "0" * 64})


def test_the_known_head_is_never_replaced_by_an_older_one(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger") as ledger:
        ledger.append(note("a"))
        old = ledger.checkpoint()
        ledger.append(note("b"))
        new = ledger.checkpoint()
        assert old is not None and new is not None
        ledger.home.remember(old)
        known = ledger.home.anchor(ledger.origin)
        assert isinstance(known, Checkpoint) and known.size == 2
