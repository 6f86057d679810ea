"""Guardrails: what may come in and what may go out. Deterministic parts run here; the rest says `not assessed`."""

from policies.guardrails.cleaning import clean, visible
from policies.guardrails.guard import Assessment, assess, assess_question, clean_and_mask, for_the_record

__all__ = ["Assessment", "assess", "assess_question", "clean", "clean_and_mask", "for_the_record", "visible"]
