"""Rights: what somebody may do ("who can log in") is asked apart from what somebody did, which is personal data."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re

from agents.models.offline.topics.actions import action

_WHO = r"(?:who|whom|wie|(?:which|what|how many|list|show|name) (?:of )?(?:\w+ ){0,2}(?:persons?|people|users?|admins?|engineers?|colleagues?|roles?|humans?))"
_ANY = r"(?:any(?:one|body)|every(?:one|body)|some(?:one|body)|people|users|outsiders|s?he|<user>)"
_BETWEEN = r"(?: (?:else|all|still|now|currently|here|there|(?:in|at|of|from|on|with|without|besides) (?:(?:the|our|any|a|an) )?[\w<>-]+(?: account| team)?)){0,3}"
_MAY = (
    r"(?:(?:can|could|may|might|cannot|can't|kan|kunnen|mag|mogen)\b(?! (?:i|we|you|have|well|it|that|this|be (?!able|allowed))\b)"
    r"|(?:is|are|was|were) (?:still |all |not )*(?:able|allowed|permitted|entitled|authori[sz]ed) to"
    r"|(?:has|have|had) (?:still |all |no |not |the |an? |any )*(?:rights?|permissions?|access|privileges?|(?:log|sign)-?in)(?= (?:to|in|on|at|of|with|without|from|here|there|now)\b|\W*$))"
)
_FIRST = r"^(?:(?!\b(?:who|whom|whose|wie|which|what)\b).)*?"
"""Nobody was asked for before: "who changed who can read it" asks for a deed."""
_RIGHT = r"(?:still |all |no |not |the |an? |any )*(?:rights?|permissions?|access|privileges?|powers?)(?= (?:to|in|on|at|of)\b)"
_WHO_MAY = re.compile(
    rf"{_FIRST}\b(?P<who>{_WHO}{_BETWEEN} {_MAY}|(?:does|do) {_ANY} (?:else )?have {_RIGHT}|(?:has|have) {_ANY} (?:else )?(?:got )?{_RIGHT}|(?:is|are) {_ANY} (?:else )?(?:able|allowed|permitted|entitled|authori[sz]ed) to\b|(?:can|could|may) {_ANY}\b(?! (?:tell|say)\b))"
)
_WHAT_MAY = re.compile(
    r"\bwhat (?:else |all |exactly )?(?:(?:is|are|was) (?:s?he|they|<user>) (?:still |also )?(?:allowed|permitted|able|entitled|authori[sz]ed) to"
    r"|(?:can|could|may|might) (?:s?he|they|<user>) (?:still |also )?)(?: do)?\b"
    r"|\b(?:what|which)(?: kind of| sort of)? (?:rights?|permissions?|access|privileges?|powers?)(?: (?:does|do|has|have))? (?:s?he|they|<user>)(?: (?:still|now|currently|actually))*(?: (?:have|has|hold|holds|got|get))?\b"
)
"""What one person may do, which no query lists."""
_VERB = re.compile(r"^(?: to)? ?[\w'-]+")


def asks_what_may(text: str) -> bool:
    """Whether it is asked what one person may do. `text` is masked."""
    return bool(_WHAT_MAY.search(text))


def asks_who_may(text: str) -> bool:
    """Whether what somebody may do is asked. `text` is masked.

    A deed beside it ("who can explain who deleted the bucket") is what is asked then.
    """
    if _WHAT_MAY.search(text):
        return True
    match = _WHO_MAY.search(text)
    return match is not None and not any(
        action(part) for part in (text[: match.start("who")], _VERB.sub("", text[match.end() :], count=1))
    )
