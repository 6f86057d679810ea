"""Where a process begins or ends badly: no standard input, Ctrl-C while it loads, a turn whose end is not on record."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from io import StringIO
from pathlib import Path
from typing import IO

import pytest
from rich.console import Console

from agents.answer import Answer, LedgerSpan
from agents.cli.showing import show_answer
from agents.models.offline.maker import OfflineMaker
from tests.homes import furnished

ROOT = Path(__file__).parents[3]
INTERRUPTED = """
import sys
class Interrupted:
    def find_spec(self, name, *_):
        if name == "agents.cli":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupted())
"""


ASKED = ("ask", "What did we spend last month by service?")


def run(
    folder: Path, code: str, *words: str, stdin: IO[bytes] | None = None, **env: str
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", f"{code}\nfrom agents.command import main; main()", *words]
    given = {**os.environ, "REGENT_HOME": furnished(folder / "home"), **env}
    return subprocess.run(command, capture_output=True, text=True, timeout=100, cwd=folder, env=given, stdin=stdin)


def drawn(answer: Answer, width: int = 120) -> list[str]:
    out = StringIO()
    show_answer(answer, Console(file=out, width=width, highlight=False))
    return out.getvalue().splitlines()


def test_a_closed_standard_input_is_said_in_a_sentence(tmp_path: Path) -> None:
    done = run(tmp_path, "import sys; sys.stdin = None", "ask", "-")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "regent: standard input is closed; give the question in quotes.\n"


def test_a_home_that_cannot_be_made_is_named_and_not_taken_for_the_output(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = run(tmp_path, f"import os; os.environ['REGENT_HOME'] = {str(tmp_path / 'file' / 'home')!r}", "estate")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"regent: {tmp_path / 'file'} cannot be used: File exists.\n"


def test_a_standard_input_without_an_end_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with subprocess.Popen(["yes", "What did we spend?"], stdout=subprocess.PIPE) as endless:
        done = run(tmp_path, "", "ask", "-", stdin=endless.stdout)
        endless.kill()
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "regent: standard input holds more than 1,000,000 bytes; ask in words.\n"


def test_ctrl_c_while_the_command_line_loads_leaves_no_trace(tmp_path: Path) -> None:
    done = run(tmp_path, INTERRUPTED, "ask", "x")
    assert (done.returncode, done.stderr) == (130, "regent: stopped.\n")
    installed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]["regent"]
    assert installed == "agents.command:main"


@pytest.mark.parametrize("closed", ["stdout", "stderr"])
def test_a_closed_output_goes_nowhere(tmp_path: Path, closed: str) -> None:
    number = {"stdout": 1, "stderr": 2}[closed]
    done = run(tmp_path, f"import os, sys; os.close({number}); sys.{closed} = None", *ASKED)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert ("EC2 - Other" in done.stdout) is (closed == "stderr")


def test_what_an_output_has_no_letters_for_is_a_question_mark(tmp_path: Path) -> None:
    done = run(tmp_path, "", *ASKED, PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert "EC2 - Other" in done.stdout and "???" in done.stdout


@pytest.mark.parametrize("columns", ["0", ""])
def test_a_terminal_without_a_size_is_as_one_that_says_nothing(tmp_path: Path, columns: str) -> None:
    done = run(tmp_path, "", "queries", COLUMNS=columns)
    assert done.returncode == 0, done.stderr
    assert "budgets:DescribeBudgets" in done.stdout


@pytest.fixture
def answer(open_desk_with) -> Answer:
    from agents.answer import Question
    from policies.access import local_principal

    return open_desk_with(OfflineMaker()).answer(
        Question(text="What did we spend last month by team?"), local_principal("local")
    )


def test_of_a_turn_whose_end_is_not_on_record_no_end_is_shown(answer: Answer) -> None:
    cut = answer.model_copy(update={"ledger": LedgerSpan(origin="regent.local/x", first=0, last=None, root="")})
    assert drawn(cut)[-1] == "ledger regent.local/x: from record 0; the end could not be recorded"


@pytest.mark.parametrize("width", [40, 60, 80])
def test_receipts_are_no_wider_than_the_screen(answer: Answer, width: int) -> None:
    cached = tuple(
        receipt.model_copy(update={"cached": True, "age_seconds": 7000, "operation": "GetCostAndUsageWithResources"})
        for receipt in answer.receipts
    )
    lines = drawn(answer.model_copy(update={"receipts": cached}), width)
    at = next(number for number, line in enumerate(lines) if "receipt" in line and cached[0].id not in line)
    assert any(cached[0].id in line for line in lines[at:])
    assert max(map(len, lines[at:])) <= width, lines[at:]


@pytest.mark.parametrize(("left", "said"), [(1, "and 1 more receipt (--json"), (5, "and 5 more receipts (--json")])
def test_receipts_that_are_not_shown_are_counted_as_such(answer: Answer, left: int, said: str) -> None:
    many = tuple(answer.receipts[0].model_copy(update={"id": f"r-{number:016x}"}) for number in range(6 + left))
    assert any(said in line for line in drawn(answer.model_copy(update={"receipts": many})))


def test_what_has_no_tag_is_not_among_the_largest(answer: Answer) -> None:
    named, without = answer.text.split("\n\nWithout one:\n")
    assert "The largest of those with a tag:\n- team data" in named
    assert without.startswith("- no team tag: USD ")
    assert "no team tag" not in named
