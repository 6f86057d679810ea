"""Local askers: people of the principals file, on this machine. Their id is a claim, and every record says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents.answer import Answer, Question
from agents.settings import load_settings
from policies.access import UnknownPrincipalError, local_principal
from policies.access.principal import SHIPPED

if TYPE_CHECKING:
    from agents.desk import Desk, Progress


def answer_as(desk: Desk, question: Question, as_id: str, progress: Progress = lambda event: None) -> Answer:
    """Answer for a local principal of the settings' principals file; somebody unknown is refused, on record.

    Raises:
        PrincipalsError: the principals file cannot be used.
    """
    try:
        principal = local_principal(as_id, load_settings().principals or SHIPPED)
    except UnknownPrincipalError as error:
        return desk.refuse(question, as_id, str(error))
    return desk.answer(question, principal, progress)
