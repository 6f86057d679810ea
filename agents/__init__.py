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
    """Ask one question as a local principal and return the answer.

    Raises:
        RegentError: the asker is unknown, or the estate, the model or the ledger cannot be opened.
    """
    from agents.answer import Question
    from agents.opening import open_desk
    from policies.access import local_principal

    principal = local_principal(as_id)
    with open_desk(estate=estate, model=model) as desk:
        return desk.answer(Question(text=text, channel="python", session=session), principal)
