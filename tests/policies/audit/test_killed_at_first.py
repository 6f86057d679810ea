"""A process that is killed while it makes the ledger of a new home, and who verifies what it left, or as it is made."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from policies.audit import Ledger, LedgerUnwritableError, verify
from policies.audit.keys import Home
from tests.policies.audit.test_interrupted import note
from tests.policies.audit.test_killed_commands import dying_at


def begun(home: Path, dies_at: int) -> int:
    """A process that makes a ledger with one record, killed at that step on the disk; its exit code, -9 when it was."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:  # in the child, which never returns
        dying_at(dies_at)
        with Ledger.open(home / "ledger") as ledger:
            ledger.append(note("first"))
        os._exit(0)
    finally:
        os._exit(70)


def test_a_ledger_whose_maker_was_killed_at_any_step_is_no_tampering_and_goes_on(tmp_path: Path) -> None:
    home, killed = tmp_path / "home", 0
    while (code := begun(home, killed + 1)) != 0:
        assert code == -signal.SIGKILL
        killed += 1
        found = verify(home / "ledger")
        assert found.code in (0, 2), f"step {killed}: {found.reason}"
        for name in ("second", "third"):
            with Ledger.open(home / "ledger") as ledger:
                ledger.append(note(name))
            found = verify(home / "ledger")
            assert found.code == 0, f"step {killed}: {found.reason}"
        shutil.rmtree(home)
    assert killed > 20


def test_a_first_segment_of_which_nothing_was_written_yet_is_no_tampering(tmp_path: Path) -> None:
    site, standalone = tmp_path / "ledger", Path(__file__).parents[3] / "verify.py"
    Ledger.open(site).close()
    segment = site / "segments" / f"{0:020}.seg"
    segment.touch(0o600)
    command = [sys.executable, str(standalone), str(site), "--key", str(tmp_path / "keys" / "ledger.vkey")]
    assert verify(site).code == 2
    assert subprocess.run(command, check=False, capture_output=True).returncode == 2
    with Ledger.open(site) as ledger:
        ledger.append(note("first"))
    assert verify(site).code == 0
    segment.write_bytes(b"")
    assert verify(site).code == 1, "one that was emptied after a head was seen is"


def test_a_disk_that_is_full_before_the_first_key_is_trusted_leaves_a_ledger_that_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Home, "trust", full)
    with pytest.raises(LedgerUnwritableError, match="No space left"):
        Ledger.open(tmp_path / "ledger")
    monkeypatch.undo()
    for name in ("first", "second"):
        with Ledger.open(tmp_path / "ledger") as ledger:
            ledger.append(note(name))
        assert verify(tmp_path / "ledger").code == 0


def test_a_ledger_that_is_made_while_one_verifies_was_not_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Home.traces

    def meanwhile(self: Home) -> list[Path]:
        with Ledger.open(tmp_path / "ledger") as ledger:
            ledger.append(note("first"))
        return real(self)

    monkeypatch.setattr(Home, "traces", meanwhile)
    found = verify(tmp_path / "ledger")
    assert found.code == 2 and found.size == 1, found.reason
    monkeypatch.undo()
    assert verify(tmp_path / "ledger").code == 0
    shutil.rmtree(tmp_path / "ledger")
    assert verify(tmp_path / "ledger").code == 1, "one that was removed is"


def test_tiles_that_are_not_there_at_all_are_missing_and_no_tampering(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger") as ledger:
        ledger.append(note("first"))
    shutil.rmtree(tmp_path / "ledger" / "tile")
    found = verify(tmp_path / "ledger")
    assert found.code == 2 and "audit repair" in found.reason
    Ledger.open(tmp_path / "ledger").close()
    assert verify(tmp_path / "ledger").code == 0


@pytest.mark.parametrize("why", [errno.EROFS, errno.ENOSPC])
def test_a_head_that_cannot_be_remembered_changes_no_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: int
) -> None:
    def unwritable(*_: object) -> None:
        raise OSError(why, os.strerror(why))

    with Ledger.open(tmp_path / "ledger") as ledger:
        ledger.append(note("first"))
        seen = ledger.checkpoint()
        assert seen is not None
    key = Home(tmp_path / "ledger").trusted()
    copy = Path(shutil.copytree(tmp_path / "ledger", tmp_path / "copy" / "ledger"))
    monkeypatch.setattr("policies.audit.keys.write_durably", unwritable)
    for since, code in ((None, 2), (seen, 0)):
        found = verify(copy, key, since)
        assert found.code == code and f"not remembered: [Errno {why}]" in found.reason, found.reason
    next((copy / "segments").iterdir()).write_bytes(b"")
    assert verify(copy, key, seen).code == 1
