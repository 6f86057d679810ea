"""What can be wrong with controls, checks and documents."""

from __future__ import annotations

from tools.errors import RegentError


class ControlsError(RegentError):
    """A catalogue, declaration, document or check cannot be used; the sentence says which and why."""


class EvidenceError(RegentError):
    """Evidence is missing, was changed, or cannot be kept."""
