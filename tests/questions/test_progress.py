"""Minutes pass in the bank: it says how far it is, also where its output goes to a file."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.questions.__main__ import progress


def test_progress_is_told_where_nobody_sees_a_moving_line(capsys: pytest.CaptureFixture[str]) -> None:
    now = [0.0]
    tell = progress(every=20, clock=lambda: now[0])
    for second in range(0, 60, 8):
        now[0] = second
        tell(SimpleNamespace(name=f"q{second}", judgement=SimpleNamespace(verdict="right")))
    said = capsys.readouterr().err.splitlines()
    assert said == ["4 questions asked, 4 right; the last was q24", "7 questions asked, 7 right; the last was q48"]
