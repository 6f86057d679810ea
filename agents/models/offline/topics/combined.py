"""Concepts that come from times, names and combinations of words rather than from one word."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re

from agents.models.offline.naming.names import Found
from agents.models.offline.times.when import FUTURE, When
from agents.models.offline.topics.asked import dimensions
from agents.models.offline.topics.lexicon import concepts_in
from agents.models.offline.topics.rights import asks_who_may
from agents.models.offline.topics.rules import DOMAIN_CONCEPTS

_LONG = re.compile(
    r"last_(?:[3-9]|1\d|2\d)_months|year_to_date|last_year|20\d\d|last_quarter|20\d\d-\d\d\.\.20\d\d-\d\d"
)
_CURRENT = frozenset({"now", "today", "this_month_end", "month_to_date", "this_quarter", "year_to_date"})
_NOUNS = frozenset({"INSTANCE", "DATABASE", "FUNCTION", "BUCKET", "VOLUME", "CONTAINER", "BALANCER"})
_OTHER_TOPICS = DOMAIN_CONCEPTS - {"NOUN"}

_SAID = {
    concept: re.compile(pattern)
    for concept, pattern in {
        "NOW": r"\b(?:right now|now|currently|open|still|at this (?:moment|time))\b",
        "VERSUS": r"\b(?:compar\w*|vs|versus|against|than|or)\b",
        "ACCOUNTASK": r"\b(?:who (?:owns|runs|manages|is (?:responsible for|the owner of|in charge of))|owner of) (?:the )?(?:aws )?(?:account )?<account>",
        "EATS": r"\b(?:eat|tak|swallow|consum|us)(?:s|es|e|ing|ten)? (?:[\w<>]+ ){1,5}(?:of )?(?:the |our )?budget\b",
        "MOVER": r"\b(?:rose|rise|grew|grow|increased|went up|dropped|fell|moved|changed) (?:the )?(?:most|least|by the most)\b",
        "SEVERITY": r"\b(?:criticals?|high|medium|low|severe|severity|severities|kritiek\w*|critic[oa]s?)\b",
        "SECURITYWORD": r"\b(?:security|secure|beveiliging|seguranca|safe|risks?)\b",
        "HISTORY": r"\b(?:history|timeline|when did|how often|how many times|went off|gone off|did .* (?:fire|go off|trigger))\b",
        "FIREDPAST": r"\b(?:fired|went off|triggered|tripped|were there|was there|did we have|had|rang|sounded)\b",
        "INVENTORYWORD": r"\b(?:inventory|running|types?|do we (?:have|run|own))\b",
        "GROSSNET": r"\b(?:gross|net|bruto|netto)\b",
        "METRICRATE": r"\b(?:rate|server errors?|http errors?|5xx|500s|per (?:hour|minute|second)|average|maximum|p99|peak)\b",
        "DIMENSION": r"\b(?:by|per|each|every|which|what|top) (?:\w+ )?(?:services?|accounts?|teams?|venues?|casinos?|regions?|env\w*)\b",
    }.items()
}
"""What the words alone say, whatever stands beside them."""

_SIGNED_IN = re.compile(
    r"\b(?:failed|console|recent|last|latest|unsuccessful|successful) (?:\w+ )?(?:log-?ins?|log-?ons?|sign-?ins?)\b"
)
_WHEN_SIGNED_IN = re.compile(r"\b(?:when|which (?:day|date)|what (?:day|date|time))\b.*\b(?:log|sign)\w*\b")
_TREND = re.compile(r"\btrend\w*|\bup or down\b")
_BREAKDOWN = re.compile(r"\b(?:break \w*(?:\s?<\w+>)?\s?down|breakdown|split|uitsplits\w*)\b")
_DID_ANYBODY = re.compile(r"\b(?:did|has|have) (?:any(?:one|body)|some(?:one|body))\b")
_BEHIND = re.compile(
    r"\bwho(?: or what)? (?:is|was|are) (?:behind|responsible for|to blame for|at fault)\b(?! (?:the )?(?:account )?<account>)"
)
_TOP = re.compile(r"\b(?:top|biggest|largest|most expensive)\b")
_USED_MOST = re.compile(r"\b(?:most|least|more|uses?|using|used)\b")
_OVER = re.compile(r"\b(?:more|less|higher|lower) than (?:usd |eur )?\d[\d.,]*k?")
_WHO = re.compile(
    r"\b(?:who(?!m? (?:has|have|is (?!behind|responsible)|are (?!behind|responsible)|owns?|can|does|do|spend\w*|costs?|uses?|burns?|pays?|had) )|by whom|which (?:user|person|people|admin|engineer|colleague|role|human)s?|wie|quem|anyone|anybody|someone|somebody)\b(.*)"
)
_WHO_HAS_DONE = re.compile(
    r"\bwho (?:has|have|is|are) ((?:been )?(?:chang|delet|remov|creat|mak|made|open|touch|modif|logg|sign|start|launch|stop|terminat|disabl|edit|do|updat|deploy|mess|put).*)"
)


def combined(concepts: frozenset[str], text: str, when: When, found: Found) -> frozenset[str]:
    """The concepts of the words, `concepts`, and those that times, names and combinations add or take away.

    `text` has its times and names masked.
    """
    more = set(concepts) | {concept for concept, said in _SAID.items() if said.search(text)}
    more |= _of_times(text, when)
    more |= _of_names(found)
    if _SIGNED_IN.search(text) and not more & {"MFA", "ROOT"}:
        more.discard("KEYS")
        more.add("WHODID")
    if _BREAKDOWN.search(text) and not more & DOMAIN_CONCEPTS:
        more.add("BREAKDOWN")
    _of_people(more, text, when)
    _of_things(more, text)
    over = _OVER.search(text)
    if over and "CHANGE" in more and "CHANGE" not in concepts_in(text[: over.start()] + text[over.end() :]):
        more.discard("CHANGE")
    of_what = found.services and dimensions(text)
    if of_what and _USED_MOST.search(text) and not more & (_OTHER_TOPICS - {"METRIC"}):
        more.add("TOPOF_SERVICE")
    return frozenset(more)


def _of_times(text: str, when: When) -> set[str]:
    periods = [mention.word for mention in when.mentions]
    more = set()
    if any(word in FUTURE or word == "this_month_end" for word in periods):
        more.add("FUTURE")
    if "now" in periods:
        more.add("NOW")
    if when.relative or any(word not in FUTURE and word not in _CURRENT for word in periods):
        more.add("PAST")
    if when.relative or any(word not in FUTURE and word not in ("now", "today", "this_month_end") for word in periods):
        more.add("PERIOD")
    if len([word for word in periods if word != "now"]) >= 2:
        more.add("PAIR")
    if when.around:
        more.add("CLOCK")
    if _TREND.search(text) and any(_LONG.fullmatch(word) for word in periods):
        more.add("TREND")
    return more


def _of_names(found: Found) -> set[str]:
    more = set()
    if any(len(places) > 1 for places in (found.accounts, found.venues, found.teams, found.envs, found.services)):
        more.add("PLACES")
    if found.services:
        more.add("NAMED_SERVICE")
    if found.accounts or found.venues or found.envs or found.teams:
        more.add("NAMED_ACCOUNT")
    return more


def _of_people(more: set[str], text: str, when: When) -> None:
    """Who did it, or who signed in: an action is asked for, not a key or an owner."""
    if "ROOT" in more and _WHEN_SIGNED_IN.search(text):
        more.add("WHODID")
    others = DOMAIN_CONCEPTS - {"CHANGES", "CHANGE", "NOUN"}
    if when.bare and "ACTION" in more and _DID_ANYBODY.search(text) and not more & others:
        more.add("WHO")
    if _BEHIND.search(text) and "COST" not in more:
        more.add("WHODID")
    if _who_did(text, more):
        more.add("WHODID")


def _of_things(more: set[str], text: str) -> None:
    """What there is, and what there is most of."""
    if more & _NOUNS:
        more.add("NOUN")
    if "NOUN" in more and more & {"COUNT", "HAVE", "LIST"}:
        more.add("INVENTORYASK")
    if "ACCOUNTS" in more and more & {"COUNT", "LIST", "HAVE"} and not more & _OTHER_TOPICS:
        more.add("ACCOUNTASK")
    if more & _OTHER_TOPICS:
        more.add("DOMAIN")
    elif _TOP.search(text) and not more & _NOUNS and set(dimensions(text)) & {"service", "team", "account", "venue"}:
        more.add("TOPOF")


def _who_did(text: str, concepts: set[str]) -> bool:
    """Whether a person or role behind an action is asked for, not a state ("who has no MFA") or a right ("who can")."""
    if "ACTION" not in concepts or "WHO" not in concepts or asks_who_may(text):
        return False
    asked = _WHO.search(text) or _WHO_HAS_DONE.search(text)
    return asked is not None and "ACTION" in concepts_in(asked[1])
