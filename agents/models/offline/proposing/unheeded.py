"""Unheeded: words that narrow what is asked for, of which a plan makes nothing. Its answer is that of a wider question.

Where the question is about that narrowing ("only the noisy ones", "more than usual"), such an answer is none; elsewhere it
says what it leaves aside.

Every word that stands where a question is narrowed (before the thing that is asked for, behind a preposition, in a clause
about that thing, behind "only") has to be one that the plan knows: by an input, by what its query is about, or by what
was learned of the query. Which words those are is not listed; light words are, which say nothing wherever they stand.
"""
# ruff: noqa: E501, SIM905 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile

from agents.models.offline.inputs.choosing import Context
from agents.models.offline.inputs.filling import fill
from agents.models.offline.intents.coverage import explained, told_by
from agents.models.offline.intents.learned import speaks_for
from agents.models.offline.naming.billed_parts import HOMES, parts_named
from agents.models.offline.naming.services import SERVICES
from agents.models.offline.plan import PlannedCall
from agents.models.offline.proposing.untold import is_asked_of_it
from agents.models.offline.reading import Reading, read
from agents.models.offline.topics.asked import dimensions
from agents.models.offline.topics.lexicon import concepts_in
from agents.models.offline.topics.refusals import is_outside
from agents.models.offline.words.light import BOUNDS, LIGHT, LINKS
from agents.models.offline.words.people import OFFICES, ROLES
from agents.models.offline.words.text import NUMBERS, stem

_NICKS = frozenset(part for nick in SERVICES for part in nick.replace("-", " ").split())
_TOKEN = re.compile(r"<\w+>|[a-z0-9][\w.'+-]*|[?;,]")
_THING = (
    r"(?:instances?|servers?|machines?|hosts?|vms?|databases?|dbs?|buckets?|functions?|lambdas?|volumes?|disks?|containers?|balancers?|resources?|alarms?|alerts?|findings?|keys?|backups?|jobs?|patches|"
    r"quotas?|limits?|vulnerabilit(?:y|ies)|budgets?|threats?|changes?|deployments?|releases?|accounts?|users?|admins?|roles?|groups?|rules?|events?|errors?|logs?|anomal(?:y|ies)|reservations?|plans?|"
    r"savings|logins?|outages?|incidents?|snapshots?|certificates?|costs?|spend|bill|ones|licen[cs]es|ips?|data(?! (?:transfer|traffic|in|out|going|leaving)\b)|alarmen|sleutels?|gebruikers|kosten)"
)
_NOUN = re.compile(rf"(?<![\w<-]){_THING}(?![\w>-])")
_ASKED = re.compile(
    rf"\b(?:which|what|welke|how many|hoeveel|quais|list|show(?: me)?|any|are there|were there)(?: <?[\w'-]+>?){{0,3}}? {_THING}(?![\w>-])"
)
_CLAUSE = re.compile(
    rf"(?:{_THING}|<\w+>|\bones|\bthose) (?:that|which|who|whose|die|dat)\b|\b(?:the )?(?:ones|those)\b"
)
_ONLY = re.compile(r"\b(?:only|just|merely|solely|alleen|slechts|enkel)\b")
_PREDICATE = re.compile(r"\b(?:is|are|was|were) (?:that|it|this|they|those|these|he|she)\b")
_BEHIND = (_ASKED, _CLAUSE, _ONLY, _PREDICATE)
"""What every word behind it, up to the end of the sentence, says more of."""
_APART = re.compile(
    r"\b(?:than|per|dan|without|zonder) (?:(?:the|our|an?|any|each|every|their|its|its own|de|het|een) )*(?=[a-z])"
)
"""Behind these no word is light: it is what a figure is held against or told apart by, or what is lacking."""


_AUDIENCE = re.compile(
    rf"\bfor (?:my|our) {ROLES}\b|\bfor (?:the|an?) (?:[a-z-]+ )?{OFFICES}\b|\b(?:did|do|does|are|were|was|have|has) (?:our |the |any )?(?:players?|customers?|guests?|visitors?)\b"
)
"""For whom it is asked, and who felt what is asked about."""


_WE_MAY = re.compile(
    r"\b(?:can|could|should|shall|would|will|may|might|must|ought to|have to|need to) (?:we|i|you|one|they) (?:(?:still|also|now|actually|really|easily|quickly|best|first|just|even|then|possibly|yet|realistically) )*(?P<verb>[a-z]+)\b"
)
"""What somebody might do with that which is asked for: of most verbs ("pick up", "grab"), it is the same things."""


@dataclass(frozen=True, slots=True)
class _Narrowing:
    """A word that narrows.

    `apart` if what it says must have been chosen, whatever the query is about; `sharp` if it is what the question asks,
    and `pointed` if it is where something was shown before.
    """

    start: int
    end: int
    apart: bool
    sharp: bool
    pointed: bool


@lru_cache(maxsize=2048)
def narrowing(text: str) -> tuple[_Narrowing, ...]:
    """The words that narrow what a (masked) text asks for, light ones aside."""
    tokens = list(_TOKEN.finditer(text))
    found: set[tuple[int, int]] = set()
    ends = [match.start() for match in re.finditer(r"[?;]", text)]
    pointed: set[tuple[int, int]] = set()
    sharp: set[tuple[int, int]] = set()
    for pattern in _BEHIND:
        for start in (match.end() for match in pattern.finditer(text)):
            end = next((one for one in ends if one >= start), len(text))
            spans = {token.span() for token in tokens if start <= token.start() < end}
            found |= spans
            if pattern in (_ONLY, _PREDICATE):
                next_to = takewhile(_goes_on, (token for token in tokens if token.start() >= start))
                pointed |= {token.span() for token in next_to} if pattern is _ONLY else spans
    nouns = {match.start() for match in _NOUN.finditer(text)}
    for place, token in enumerate(tokens):
        if token[0] in LINKS:
            found |= {behind.span() for behind in takewhile(_goes_on, tokens[place + 1 :])}
        if token.start() in nouns:
            found |= {before.span() for before in takewhile(_describes, reversed(tokens[:place]))}
    apart = set()
    for match in _APART.finditer(text):
        group = list(takewhile(_goes_on, (token for token in tokens if token.start() >= match.end())))
        apart |= {group[-1].span()} if group and _measures(group[-1][0]) else set()
        sharp |= apart if match[0].split()[0] in ("than", "dan") else set()
    aside = [match.span() for match in _AUDIENCE.finditer(text)]
    aside += verbs_of_us(text)
    spans = {span for span in found | apart if span in apart or _says(text[slice(*span)])}
    every = {_Narrowing(*span, apart=span in apart, sharp=span in sharp, pointed=span in pointed) for span in spans}
    heard = (one for one in every if not any(a <= one.start < b for a, b in aside))
    return tuple(sorted(heard, key=lambda one: one.start))


def verbs_of_us(text: str) -> list[tuple[int, int]]:
    """Where a text says what somebody might do with the things, in words that say nothing of which these are."""
    return [match.span("verb") for match in _WE_MAY.finditer(text) if not concepts_in(match["verb"])]


def _goes_on(token: re.Match[str]) -> bool:
    """Whether a word belongs to the one before it, or behind it, in one group."""
    return token[0][0].isalnum() and token[0] not in BOUNDS and token[0] not in LINKS


def _describes(token: re.Match[str]) -> bool:
    """Whether a word may stand before a thing and say which one is meant."""
    return _goes_on(token) and token[0] not in LIGHT


def _says(word: str) -> bool:
    plain = word.replace("-", "").isalpha() and len(word) > 1
    return plain and word not in LIGHT and word not in NUMBERS and not word.endswith("est")


_UNITS = frozenset(
    "day days week weeks month months quarter quarters year years hour hours minute minutes second seconds night time that this it usd us we one dag maand jaar week uur".split()
)


_TIMES = frozenset({"double", "twice", "triple", "half", "ever", "usd", "percent"})


def _measures(word: str) -> bool:
    return word.isalpha() and word not in _UNITS and word not in NUMBERS and word not in _TIMES


def unheeded(calls: Sequence[PlannedCall], reading: Reading, context: Context, again: bool = False) -> list[str]:
    """The words that narrow the question and are known to none of these calls; neighbours are said together.

    Args:
        calls: the plan.
        reading: the question.
        context: what exists.
        again: whether the plan only repeats an earlier one, see `repeats`.
    """
    return _said(reading.text, _missed(calls, narrowing(reading.text), reading, context, again))


def asked_for(
    calls: Sequence[PlannedCall], reading: Reading, context: Context, earlier: Sequence[PlannedCall]
) -> str | None:
    """Such words where the question is about them, so that a plan which does not know them answers nothing."""
    again = repeats(calls, earlier)
    narrower = [one for one in narrowing(reading.text) if one.sharp or again or (one.pointed and earlier)]
    return next(iter(_said(reading.text, _missed(calls, narrower, reading, context, again))), None)


def repeats(calls: Sequence[PlannedCall], earlier: Sequence[PlannedCall]) -> bool:
    """Whether a plan has a call of the one before, or that one with less of what it was narrowed to."""
    return any(_repeats(call, one) for call in calls for one in earlier)


def _missed(
    calls: Sequence[PlannedCall], words: Sequence[_Narrowing], reading: Reading, context: Context, again: bool
) -> list[_Narrowing]:
    return [
        one
        for one in words
        if not any(_knows(call, one, reading, context, again) for call in calls)
        and not any(_selects(call, reading.text[one.start : one.end], reading, context) for call in calls)
    ]


def _said(text: str, missed: Sequence[_Narrowing]) -> list[str]:
    spans: list[tuple[int, int]] = []
    for one in missed:
        if spans and not text[spans[-1][1] : one.start].strip():
            spans[-1] = (spans[-1][0], one.end)
        else:
            spans.append((one.start, one.end))
    return [text[start:end] for start, end in spans]


def _repeats(call: PlannedCall, before: PlannedCall) -> bool:
    """Whether a call is the one before, or that one with less of what it was narrowed to."""
    given = {key: value for key, value in call.inputs.items() if key not in ("by", "top")}
    return call.query == before.query and given.items() <= before.inputs.items()


def _knows(call: PlannedCall, one: _Narrowing, reading: Reading, context: Context, again: bool) -> bool:
    """Whether a query is about what a word says, or was learned to be; what only repeats an answer has to say it itself."""
    word = reading.text[one.start : one.end]
    if word in (reading.user, *reading.resources, *reading.stray) or _of_the_hint(reading, one):
        return True
    if is_asked_of_it(reading.text, one.start):
        return True  # whether a query tells it is looked at there
    if call.query == "who_did_what" and {"action", "resource"} & call.inputs.keys():
        return True  # the rows name what it was done to
    if _SORT.fullmatch(word) and call.query in _OF_ALL_SORTS:
        return "only" in call.inputs  # what was learned of the word is that such things are asked about
    if word in _NICKS and reading.found.services:
        return True  # which service is meant, and whether a query can be narrowed to it, is settled by its name
    if explained(reading.text, call.query)[one.start] or stem(word) in told_by(call.query):
        return not one.apart or _is_lack(reading.text, one)
    if again or is_outside(word) or (one.apart and not _is_lack(reading.text, one)):
        return False
    return speaks_for(word, call.query) or (
        "-" in word and all(speaks_for(part, call.query) for part in word.split("-"))
    )


_SORT = re.compile(r"gpus?|unattached|detached|orphan\w*")
"""Which of some things are meant, by what they are for or by their state."""
_OF_ALL_SORTS = frozenset(
    "savings metric spend spend_change forecast patches encryption vulnerabilities backups findings inventory".split()
)
"""Queries that tell no such things from others, unless an input says so."""


def _of_the_hint(reading: Reading, one: _Narrowing) -> bool:
    """Whether a word is the part of a name that was said, or stands next to it ("the floor ledger database")."""
    near = reading.text[max(0, one.start - len(reading.hint or "") - 1) : one.end + len(reading.hint or "") + 1]
    return reading.hint is not None and reading.hint in near.split()


def _is_lack(text: str, one: _Narrowing) -> bool:
    """Whether a word says what things are without: a query that is about it knows them so."""
    return text[: one.start].rstrip().split(" ")[-1] not in ("than", "per", "dan")


def _selects(call: PlannedCall, word: str, reading: Reading, context: Context) -> bool:
    """Whether a word chooses what an input of a call is: without it, the question would have chosen something else."""
    values = [str(value).casefold() for value in call.inputs.values()]
    if any(word in (value, *re.split(r"[^a-z0-9]+", value)) for value in values):
        return True
    if _SORT.fullmatch(word) and call.query in _OF_ALL_SORTS:
        return False  # it may choose advice of some kind, but not whose
    query = context.queries[call.query]
    flats = (
        reading.flat,
        _less(reading.flat, re.escape(word)),
        _less(reading.flat, rf"(?:\w+ )?{re.escape(word)}(?: \w+)?"),
    )
    with_it, without, around = (read(text, context.names, context.now) for text in flats)
    if (with_it.when.hours, with_it.when.clock) != (around.when.hours, around.when.clock):
        return bool({"period", "hours", "around"} & call.inputs.keys())
    before = fill(query, with_it, context.names, context.now).inputs
    after = fill(query, without, context.names, context.now).inputs
    homes = sorted(set(HOMES.values())) if call.domain == "cost" else []
    parts = [[parts_named(one.text, home) for home in homes] for one in (with_it, without)]
    split = dimensions(with_it.text) != dimensions(
        without.text
    )  # whether a query has that split is looked at elsewhere
    return split or parts[0] != parts[1] or any(before.get(key) != after.get(key) for key in {**before, **after})


def _less(text: str, said: str) -> str:
    return re.sub(rf"(?<![\w<-]){said}(?![\w>-])", " ", text)
