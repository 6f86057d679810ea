"""Itself: questions about what Regent's own answers cost, and about what a word means: no figure of AWS answers them."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re

from agents.models.offline.plan import Abstention

_MONEY = r"(?:costs?|costing|spend(?:s|ing)?|spent|use[sd]?|using|consum\w+|bill|expensive|charges?|charged|burn\w*)"
_ITSELF = re.compile(
    rf"\bregent\b(?:(?! team| account| venue| street)[^?.;]){{0,25}}\b{_MONEY}\b[^?.;]{{0,20}}\b(?:itself|on its own|to run|per (?:question|answer))\b"
    rf"|\b(?:does|did) regent {_MONEY}\b|\b{_MONEY} to run regent\b|\byour usage\b"
    rf"|\b(?:do|does|did|are|is) you\b[^?.;]{{0,15}}\b{_MONEY}\b[^?.;]{{0,20}}(?:\byourself\b|\bto run\b|\bper (?:question|answer)\b)|\b{_MONEY}\b[^?.;]{{0,15}}\byourself\b"
    rf"|\byour own (?:\w+ ){{0,2}}(?:answers?|replies|costs?|spend(?:ing)?|bill|usage|use|tokens?|calls?|queries)\b"
    rf"|\b{_MONEY}\b[^?.;]{{0,12}}\b(?:(?:this|that|my|the last|each|one|a single) (?:\w+ )?(?:question|answer|conversation|chat|reply)|your (?:answers?|replies))\b"
    rf"|\b(?:this|that|my|your|the last|each|one|a single) (?:\w+ )?(?:questions?|answers?|conversations?|chats?|repl(?:y|ies)) (?:did |does |have |has )?{_MONEY}\b"
)
_MEANING = re.compile(
    r"^(?:(?:hi|hello|please|pls|and|so|ok|regent|what i wonder) )*(?:what (?:does|do|is meant by) (?:the )?(?:\S+ ){1,6}?(?:mean|stand for)\b(?! (?:for|in) )"
    r"|what is (?:the meaning|the definition|meant by|the difference in meaning)\b(?! of life)|(?:define|explain the (?:word|term)) \S+"
    r"|what (?:is|are) (?:an? )?(?:amorti[sz]ed|unblended|blended|net amorti[sz]ed) costs?(?= ?\??$)"
    r"|what (?:is|are) (?:a |an |the )?[\"'\u2018\u201c][^\"'\u2019\u201d]{2,40}[\"'\u2019\u201d](?= ?\??$)"
    r"|what (?:is|are) (?:ec2 - other|ec2 other)(?= ?\??$))"
)
OWN_USE = (
    "What Regent itself uses is not among the figures of the AWS accounts that it is asked about, so no total is shown for it. "
    "The ledger holds the tokens of each question: `regent audit show` tells one, `regent audit stats` all."
)
NO_GLOSSARY = (
    "Regent has no glossary, so it cannot say what a word means; it reads figures and states from AWS. "
    "Ask for the costs or the state of the thing itself to see them."
)


def aside(question: str) -> Abstention | None:
    """An abstention if Regent's own use or the meaning of a word is asked for, else None."""
    said = " ".join(question.casefold().replace("\u2019", "'").split())
    if _ITSELF.search(said):
        return Abstention(kind="cannot_know", text=OWN_USE)
    if _MEANING.search(said):
        return Abstention(kind="cannot_know", text=NO_GLOSSARY)
    return None
