"""A ledger that is written to while it is verified is not called damaged."""

from __future__ import annotations

from pathlib import Path

import pytest

from policies.audit import Ledger
from policies.audit.verifying import _Pass, verify
from tests.policies.audit.test_interrupted import note


def test_records_written_between_the_reading_and_the_tiles_are_no_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Ledger.open(tmp_path / "ledger") as ledger:
        for number in range(261):
            ledger.append(note(f"n{number}"), wait=False)
        ledger.append(note("read"))
        ledger.checkpoint()
        finish = _Pass._finish

        def later(self: _Pass) -> None:
            ledger.append(note("meanwhile"))
            ledger.checkpoint()  # writes the tiles
            finish(self)

        monkeypatch.setattr(_Pass, "_finish", later)
        verdict = verify(tmp_path / "ledger")
        assert verdict.code in (0, 2) and verdict.size >= 262, verdict.reason
        monkeypatch.undo()
    tile = next((tmp_path / "ledger" / "tile").glob("0/001*"))
    tile.chmod(0o600)
    tile.write_bytes(tile.read_bytes() + bytes(32))
    assert verify(tmp_path / "ledger").code == 1, "a tile that is too long when nobody writes is damage still"
