"""Ways around a budget that somebody tried."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from policies.oversight import Allowance, Budgets, BudgetSettings
from policies.oversight.database import Database
from policies.oversight.usage_sqlite import SqliteUsage

NOON = 1_795_867_200.0


def budgets(path: Path, now: list[float]) -> Budgets:
    settings = BudgetSettings(person=Allowance(questions_per_hour=2), house=Allowance())
    return Budgets(settings, SqliteUsage(Database(path)), clock=lambda: now[0])


@pytest.mark.parametrize("back", [3_600, 86_400, 10**9])
def test_clock_set_back_to_dodge_a_budget(tmp_path: Path, back: int) -> None:
    now = [NOON]
    held = budgets(tmp_path / "o.sqlite", now)
    assert held.question("anna", "manager") is None
    now[0] -= back
    assert held.question("anna", "manager") is None
    assert held.question("anna", "manager") is not None, "the window of an hour ago does not open again"
    again = budgets(tmp_path / "o.sqlite", now)
    assert again.question("anna", "manager") is not None, "nor for a new process"


def test_another_spelling_of_the_same_person_is_another_person_and_shares_the_houses_budget(tmp_path: Path) -> None:
    settings = BudgetSettings(person=Allowance(), house=Allowance(questions_per_hour=1))
    held = Budgets(settings, SqliteUsage(Database(tmp_path / "o.sqlite")), clock=lambda: NOON)
    assert held.question("anna", "manager") is None
    assert held.question("anna|questions", "manager") is not None


def test_budget_race_in_four_processes(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\n"
        "from policies.oversight import Allowance, Budgets, BudgetSettings\n"
        "from policies.oversight.database import Database\n"
        "from policies.oversight.usage_sqlite import SqliteUsage\n"
        "settings = BudgetSettings(person=Allowance(questions_per_hour=50), house=Allowance(tokens_per_day=3000))\n"
        "held = Budgets(settings, SqliteUsage(Database(Path(sys.argv[1]))), clock=lambda: 1795867200.0)\n"
        "sys.stdin.readline()\n"
        "asked = sum(held.question('anna', 'manager') is None for _ in range(40))\n"
        "took = [held.model_call('anna', 'manager', 'openai:x', 100, 0) for _ in range(20)]\n"
        "taken = sum(type(one).__name__ == 'Lease' for one in took)\n"
        "print(asked, taken)\n"
    )
    racing = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path / "o.sqlite")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for one in racing:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    told = [tuple(map(int, one.communicate(timeout=60)[0].split())) for one in racing]
    assert sum(asked for asked, _ in told) == 50
    assert sum(taken for _, taken in told) == 30
