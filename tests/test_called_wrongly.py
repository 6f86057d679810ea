"""What `make` runs of ours says in a sentence what there is, when it is asked for what is not there."""

from __future__ import annotations

import sys

import pytest

from tests.bench.__main__ import NAMES
from tests.bench.__main__ import main as bench
from tests.questions.__main__ import main as questions


def said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], main: object, *words: str) -> str:
    monkeypatch.setattr(sys, "argv", ["x", *words])
    with pytest.raises(SystemExit) as end:
        main()  # type: ignore[operator]
    assert end.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    return err.strip().splitlines()[-1]


def test_a_bench_that_is_not_there_is_told_by_those_that_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert {"turn", "ask", "grounding", "tokens"} <= set(NAMES)
    for words in (["tokn"], ["grounding", "tokn"]):
        told = said(monkeypatch, capsys, bench, *words)
        assert "there is no bench 'tokn'" in told and ", ".join(NAMES) in told


@pytest.mark.parametrize(
    ("words", "named"),
    [(["--file", "none.yaml"], "none.yaml"), (["--only", "none"], "'none'"), (["--model", "gpt"], "'gpt'")],
)
def test_a_file_an_entry_or_a_model_of_the_bank_that_is_not_there_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str], named: str
) -> None:
    assert named in said(monkeypatch, capsys, questions, *words)
