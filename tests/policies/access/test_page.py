"""The page about access says what the policies say."""

from __future__ import annotations

from pathlib import Path

from policies.access import shipped_gate
from policies.access.explaining import ROLES, WORDS, matrix
from tools.catalogue import queries

PAGE = Path(__file__).parents[3] / "docs" / "access.md"
BEGIN, END = "<!-- matrix -->\n", "<!-- /matrix -->"


def table() -> str:
    found = matrix(shipped_gate(), queries())
    lines = [f"| query | {' | '.join(ROLES)} |", f"| --- |{' --- |' * len(ROLES)}"]
    lines += [f"| `{name}` | {' | '.join(WORDS[by[role]] for role in ROLES)} |" for name, by in found.items()]
    return "\n".join(lines) + "\n"


def test_the_table_of_the_page_is_the_matrix() -> None:
    held = PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    assert held == table(), "write tests.policies.access.test_page.table() between the marks of docs/access.md"
