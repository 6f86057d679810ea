"""The pages about governance say what the code does: the order of its handlers, and who may ask what."""

from __future__ import annotations

from pathlib import Path

import pytest
from strands.interventions import InterventionHandler

from policies.access import shipped_gate
from policies.access.explaining import ROLES, WORDS, matrix
from policies.chain import chain
from tools.catalogue import queries

DOCS = Path(__file__).parents[2] / "docs"
EVENTS = {
    "before_model_call": "before a model call",
    "after_model_call": "after a model call",
    "before_tool_call": "before a query call",
    "after_tool_call": "after a query call",
}


def table() -> str:
    found = matrix(shipped_gate(), queries())
    lines = [f"| query | {' | '.join(ROLES)} |", f"| --- |{' --- |' * len(ROLES)}"]
    lines += [f"| `{name}` | {' | '.join(WORDS[by[role]] for role in ROLES)} |" for name, by in found.items()]
    return "\n".join(lines) + "\n"


def picture() -> str:
    """The handlers at each event, in the order in which they decide, as a Mermaid flowchart."""
    handlers = chain(None, "cost", "offline")  # type: ignore[arg-type]
    lines = ["```mermaid", "flowchart LR"]
    for event, words in EVENTS.items():
        there = [h.name for h in handlers if getattr(type(h), event) is not getattr(InterventionHandler, event)]
        steps = " --> ".join(f"{event}_{name.replace('-', '_')}[{name.replace('-', ' ')}]" for name in there)
        lines += [f'  subgraph {event}["{words}"]', f"    direction LR\n    {steps}", "  end"]
    flow = " --> ".join(EVENTS)
    return "\n".join([*lines, f"  {flow}", "```"]) + "\n"


def between(page: str, mark: str) -> str:
    text = (DOCS / page).read_text(encoding="utf-8")
    return text.partition(f"<!-- {mark} -->\n")[2].partition(f"<!-- /{mark} -->")[0]


@pytest.mark.parametrize("page", ["access.md", "governance.md"])
def test_the_table_of_the_page_is_the_matrix(page: str) -> None:
    assert between(page, "matrix") == table(), f"write table() between the marks of docs/{page}"


def test_the_picture_of_the_page_is_the_chain() -> None:
    assert between("governance.md", "order") == picture(), "write picture() between the marks of docs/governance.md"
