"""Guardrails: what may come in and what may go out. Deterministic parts run here; the rest says `not assessed`."""

from policies.guardrails.guard import Assessment, assess, assess_question, clean_and_mask

__all__ = ["Assessment", "assess", "assess_question", "clean_and_mask"]
