"""Keys and known heads that several processes read and change in the same moment."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from policies.audit import Ledger, Note, Record, verify
from policies.audit.bodies import QueryCalled, SubjectForgotten
from policies.audit.erasure import PLACES, Place, Traces, forget
from policies.audit.keys import FileSigner, Home, write_durably
from policies.audit.vault import Vault


def test_keys_are_made_and_read_while_others_are_forgotten(tmp_path: Path) -> None:
    """Two vaults of one folder, as two processes have them: forgetting bert must not fail a question of anna's."""
    mine, other = Vault(tmp_path / "subjects"), Vault(tmp_path / "subjects")
    mine.subject("anna")
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            assert "anna" in {Vault(tmp_path / "subjects").person(name) for name in mine.pseudonyms("anna")}

    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(read)
        try:
            for n in range(60):
                name = other.subject(f"bert {n}").pseudonym
                assert other.forget([name]) == [name]
        finally:
            stop.set()
        reading.result()


def test_a_forgetting_that_was_killed_halfway_is_ended_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = Vault(tmp_path / "subjects")
    anna, bert = vault.subject("anna").pseudonym, vault.subject("bert").pseudonym
    with monkeypatch.context() as patched:
        patched.setattr("policies.audit.vault.os.fsync", _killed)
        with pytest.raises(KeyboardInterrupt):
            vault.forget([bert])
    again = Vault(tmp_path / "subjects")
    assert again.person(bert) is None and again.person(anna) == "anna"
    again.forget([])
    assert [path.name for path in (tmp_path / "subjects").iterdir()] == [f"{anna}.json"]


def _killed(_: int) -> None:
    raise KeyboardInterrupt


def test_two_who_need_a_persons_first_key_at_once_get_the_same_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second process looks for the key while the first writes it: had each its own, one would outlive the other."""
    mine, other = Vault(tmp_path / "subjects"), Vault(tmp_path / "subjects")
    mine.subject("anna"), other.subject("anna")
    found: list[str] = []
    second = threading.Thread(target=lambda: found.append(other.subject("bert").pseudonym))

    def slowly(path: Path, data: bytes) -> None:
        monkeypatch.undo()
        second.start()
        second.join(0.3)  # as long as it would take without waiting, ten times over
        write_durably(path, data)

    monkeypatch.setattr("policies.audit.vault.write_durably", slowly)
    bert = mine.subject("bert")
    second.join()
    assert found == [bert.pseudonym] and mine.pseudonyms("bert") == found
    sealed = other.seal(other.subject("bert"), "what bert said")
    assert mine.open(sealed) == (True, "what bert said")
    assert mine.forget(mine.pseudonyms("bert")) == found
    assert not any(vault.open(sealed)[0] for vault in (mine, other, Vault(tmp_path / "subjects")))


def test_what_another_process_seals_while_somebody_is_being_forgotten_is_forgotten_with_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A question of anna's goes on in a second process while the first looks through the other places."""
    call = QueryCalled(
        query="who_did_what", input={"who": "anna"}, input_sha256="0" * 64, accounts=[], now="", personal_data=True
    )
    with Ledger.open(tmp_path / "ledger") as ledger, Ledger.open(tmp_path / "ledger") as other:
        ledger.append(Record(actor="query", body=call, question="q1", principal="anna"))

        late: list[Traces] = []

        def meanwhile(_: Path, traces: Traces) -> int:
            if not late:
                other.append(Record(actor="query", body=call, question="q2", principal="anna"))
            late.append(traces)
            return 0

        monkeypatch.setitem(PLACES, "conversations", Place("conversations", "", meanwhile))
        done = forget(ledger, "anna")
        said = [one.body for one in other.read() if isinstance(one.body, SubjectForgotten)]
        assert [body.subjects for body in said] == [list(done.subjects)] and len(done.subjects) == 3
        assert not Vault(tmp_path / "keys" / "subjects").pseudonyms("anna")
        assert [one.questions for one in late] == [{"q1"}, {"q1", "q2"}], "the places hear of that question, too"
        assert all("anna" not in str(one.body) for one in ledger.read())
    assert verify(tmp_path / "ledger").code == 0


def test_many_first_starts_at_once_share_one_master_key(tmp_path: Path) -> None:
    said = (
        "import sys; from pathlib import Path; from policies.audit.vault import Vault\n"
        "sys.stdin.readline(); Vault(Path(sys.argv[1])).subject(sys.argv[2])"
    )
    starts = [
        subprocess.Popen(
            [sys.executable, "-c", said, str(tmp_path / "subjects"), f"person {n}"],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for n in range(6)
    ]
    for one in starts:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    assert [one.communicate()[1] for one in starts] == [""] * len(starts)
    people = Vault(tmp_path / "subjects")
    assert all(people.pseudonyms(f"person {n}") for n in range(6))


@pytest.fixture
def hasty() -> Iterator[None]:
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("hasty")
def test_an_older_head_never_replaces_a_newer_one_and_no_key_is_lost(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger") as ledger:
        heads = []
        for n in range(40):
            ledger.append(Record(actor="system", body=Note(name=f"n{n}")))
            head = ledger.checkpoint()
            assert head is not None
            heads.append(head)
        origin = ledger.origin
    home = Home(tmp_path / "ledger")
    keys = [FileSigner.generate(origin).vkey for _ in range(8)]
    home.anchor_file(origin).unlink()
    work = [lambda head=head: home.remember(head) for head in reversed(heads)]
    work += [lambda key=key: home.trust(key) for key in keys]
    threads = [threading.Thread(target=one) for one in work]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    known = home.anchor(origin)
    assert known is not None and known.size == 40
    assert set(map(str, keys)) <= set(map(str, home.trusted()))
