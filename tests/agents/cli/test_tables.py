"""Screens at any width: a table says all of it, no name is broken in two, and nothing is wider than the screen."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from typer.testing import CliRunner

from agents.cli import app
from agents.cli.records import show_records
from agents.cli.tables import WIDE, screen, show_table, show_text
from policies.audit.story import StoryStep
from tests.commands import regent_here
from tests.homes import furnished

COLUMNS = ("Resource", "Account", "Latest", "Last good", "Jobs (number)", "Reason")
ARN = "arn:aws:iam::210000001234:role/service-role/AWSBackupDefaultServiceRole"
ROWS = [
    ("floor-ledger-rotterdam", "venue-rotterdam", "15 October 2026 02:01 UTC", "4 October 2026 02:01 UTC", "8",
     f"Access denied on the KMS key: {ARN} is not authorized…"),
    ("erp-db", "backoffice-prod", "9 October 2026 02:01 UTC", "none in 30 days", "1", ""),
]  # fmt: skip


def drawn(width: int, rows: list[tuple[str, ...]] = ROWS, columns: tuple[str, ...] = COLUMNS, bars=()) -> list[str]:
    out = io.StringIO()
    right = (4,) if columns == COLUMNS else ()
    show_table(Console(file=out, width=width, highlight=False), columns, rows, right=right, title="", bars=bars)
    return out.getvalue().splitlines()


@pytest.mark.parametrize("width", [80, 100, 120, 160, 240])
def test_an_arn_and_every_name_stand_in_one_piece_from_eighty_columns_on(width: int) -> None:
    lines = drawn(width)
    text = "\n".join(lines)
    for whole in ("floor-ledger-rotterdam", "venue-rotterdam", "backoffice-prod", "none in 30 days", ARN):
        assert whole in text, (width, whole)
    assert max(map(len, lines)) <= width


def test_prose_is_broken_between_words_and_set_in_as_it_began() -> None:
    out = io.StringIO()
    show_text(
        Console(file=out, width=40, highlight=False),
        "- one two three four five six seven eight nine\n\n  holds if: it is " + "so " * 12,
    )
    lines = out.getvalue().splitlines()
    assert lines[1].startswith("  ") and lines[0].startswith("- one") and lines[2] == "", lines
    assert lines[3].startswith("  holds if") and all(line.startswith("    so") for line in lines[4:])
    assert max(map(len, lines)) <= 40


def test_a_record_is_one_line_in_a_pipe_and_cannot_forge_another_at_a_terminal(monkeypatch, capsys) -> None:
    forged = "asked: \n#2  00:00:00.000  system:desk  answer delivered " + "and more words " * 6
    step = StoryStep(index=1, time=0, type="question.asked", actor="person", line=forged, hash="ab" * 32, body={})
    show_records([(step, "q-1")])
    assert len(capsys.readouterr().out.splitlines()) == 1
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "dumb")
    show_records([(step, "q-1")])
    day, first, *more = capsys.readouterr().out.splitlines()
    assert day == "1970-01-01 UTC" and first.startswith("#1  00:00:00.000  person  asked: \\n#2")
    assert more and all(line.startswith(" " * first.index("asked")) for line in more)
    assert max(map(len, (first, *more))) <= 80 and "q-1" in more[-1]


def test_a_table_that_fits_is_one_line_a_row_and_numbers_stand_right() -> None:
    lines = drawn(240)
    assert len(lines) == 3
    column = lines[0].index("Jobs (number)") + len("Jobs (number)")
    assert [line[column - 1] for line in lines[1:]] == ["8", "1"]


def test_a_reason_moves_under_its_row_before_anything_else_is_wrapped() -> None:
    head, first, reason, second = drawn(WIDE)
    assert "Reason" not in head and first.split()[-1] == "8" and second.startswith("erp-db")
    assert reason.startswith("  Reason: Access denied") and ARN in reason


def test_on_a_narrow_screen_every_row_stands_by_itself_and_its_cells_say_what_they_are() -> None:
    text = "\n".join(drawn(60))
    assert "floor-ledger-rotterdam\n  Account: venue-rotterdam\n  Latest: 15 October 2026 02:01 UTC" in text
    assert "Jobs (number): 8" in text and "erp-db\n  Account: backoffice-prod" in text
    assert text.count("Reason:") == 1, "an empty cell says nothing"


def test_a_long_name_takes_three_lines_at_the_most_and_a_number_keeps_its_unit_beside_it() -> None:
    quota = "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances"
    columns = ("Quota", "Account", "Region", "Used", "Limit", "In use (percent)")
    rows = [(quota, "online-prod", "eu-west-1", "236 units", "USD 256.05", "92.19")]
    for width in range(60, 140):
        out = io.StringIO()
        show_table(Console(file=out, width=width, highlight=False), columns, rows, right=(3, 4, 5))
        lines = out.getvalue().splitlines()
        assert "236 units" in out.getvalue() and "USD 256.05" in out.getvalue(), width
        assert len(lines) <= 6 and max(map(len, lines)) <= width


def test_bars_take_the_room_that_is_left_and_go_first() -> None:
    rows, columns = [("EC2 - Other", "19,141.78"), ("other", "38,283.56")], ("Service", "Spend (USD)")
    wide, some, none = (drawn(width, rows, columns, (0.5, 1.0)) for width in (80, 36, 28))
    assert [line.count("█") for line in wide] == [0, 10, 20]
    assert 0 < some[1].count("█") < some[2].count("█") < 20
    assert not any("█" in line for line in none)


CELLS = st.text("abcXYZ-_/.:0123 ", max_size=70).map(lambda text: " ".join(text.split()))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(CELLS.filter(bool), CELLS, CELLS, CELLS), min_size=1, max_size=5),
    st.integers(min_value=60, max_value=200),
)
def test_whatever_the_cells_and_the_width_all_of_it_is_there_and_nothing_runs_over(
    rows: list[tuple[str, ...]], width: int
) -> None:
    lines = drawn(width, rows, ("First", "Second", "Third one", "Fourth"))
    assert max(map(len, lines)) <= width
    words = set(" ".join(lines).split())
    for cell in (cell for row in rows for cell in row if cell.strip(" -")):
        for word in cell.split():
            assert word in words or len(word) > width - 20, "a word that fits was broken or lost"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> str:
    return furnished(tmp_path_factory.mktemp("screens") / "home")


@pytest.mark.parametrize("width", ["60", "80", "160"])
def test_the_backups_answer_and_the_estate_can_be_read(tmp_path: Path, home: str, width: str) -> None:
    said = regent_here(tmp_path, "ask", "Are our backups ok?", REGENT_HOME=home, COLUMNS=width).stdout
    assert all(name in said for name in ("floor-ledger-rotterdam", "backoffice-prod", "Last good (hours ago)"))
    assert ARN in said or width == "60"
    assert len(re.findall(r"^  r-\S+  backup:ListBackupJobs\s+210", said, re.MULTILINE)) == 6
    assert "42 receipts, source: sample" in said or said.count("  source: sample") == 6
    assert max(map(len, said.splitlines())) <= int(width)
    held = regent_here(tmp_path, "estate", REGENT_HOME=home, COLUMNS=width).stdout
    assert len(re.findall(r"\b210000\d{6}\b", held)) == 14 and "…" not in held
    assert "venue-eindhoven" in held and "36,692.54" in held


def test_no_color_is_heeded_by_every_line(home: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGENT_HOME", home)
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[3" in CliRunner().invoke(app, ["doctor"], color=True).output
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in CliRunner().invoke(app, ["doctor"], color=True).output


def test_output_to_a_file_is_as_wide_as_columns_says_and_else_wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", io.StringIO())
    monkeypatch.delenv("COLUMNS", raising=False)
    assert screen().width == WIDE
    monkeypatch.setenv("COLUMNS", "72")
    assert screen().width == 72
