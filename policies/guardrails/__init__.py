"""Guardrails: what may come in and what may go out, from one definition (`guardrails.yaml`).

Deterministic parts run in the process, always; what only Bedrock can do says `not assessed` where Bedrock is not asked.
"""

from policies.guardrails.cleaning import clean, visible
from policies.guardrails.guard import Asked, Assessment, Guard, GuardUnavailableError, Point
from policies.guardrails.local import (
    LocalGuard,
    assess_question,
    clean_and_mask,
    for_the_record,
    from_estate,
    local_guard,
)

__all__ = [
    "Asked",
    "Assessment",
    "Guard",
    "GuardUnavailableError",
    "LocalGuard",
    "Point",
    "assess_question",
    "clean",
    "clean_and_mask",
    "for_the_record",
    "from_estate",
    "local_guard",
    "visible",
]
