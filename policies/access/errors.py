"""Errors of identity."""

from __future__ import annotations

from tools.errors import RegentError


class UnknownPrincipalError(RegentError):
    """Nobody of that id is known; nothing was asked on their behalf.

    `who` is the id that a verified source gave, if one did.
    """

    def __init__(self, sentence: str, who: str = "") -> None:
        super().__init__(sentence)
        self.who = who


class NotVerifiedError(RegentError):
    """Who is asking could not be verified; nothing was asked. The sentence repeats nothing of what was sent."""


class KeysUnreadableError(NotVerifiedError):
    """The issuer's keys cannot be read at the moment: it is not known whether a token is genuine."""


class PrincipalsError(RegentError):
    """The principals file cannot be used; the sentence says where and why."""
