"""Agents: who answers. The desk takes questions from channels; specialists answer through governed queries.

from agents import ask
print(ask("What did we spend last month?").text)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agents.answer import Answer

__all__ = ["ask"]


def ask(
    text: str, *, as_id: str = "local", estate: str = "sample", model: str | None = None, session: str | None = None
) -> Answer:
    """Ask one question as a local principal and return the answer; somebody unknown gets a denial.

    Raises:
        RegentError: the estate, the model or the ledger cannot be opened.
    """
    from agents.answer import Question
    from agents.local import answer_as
    from agents.opening import open_desk

    with open_desk(estate=estate, model=model) as desk:
        return answer_as(desk, Question(text=text, channel="python", session=session), as_id)
