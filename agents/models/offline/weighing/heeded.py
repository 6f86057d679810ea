"""Heeded: every word of a follow-up has to count; one that changes neither what is looked at nor what is told is named.

What a few words mean after an answer is read by rules, and a rule that misses a word answers another question. Here no
rule is asked: the question is read once more without the word, and if the same comes of it, nobody heeded that word.
Words that hold a sentence together change nothing either and are left alone, and so are those that say what the query
looks at anyway.
"""
# ruff: noqa: E501, SIM905 - words read better in one piece

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from agents.models.offline.inputs.choosing import Context
from agents.models.offline.intents.coverage import told_by
from agents.models.offline.intents.learned import speaks_for
from agents.models.offline.plan import Plan, PlannedCall, Without
from agents.models.offline.proposing.untold import is_asked_of_it
from agents.models.offline.reading import Reading, read
from agents.models.offline.weighing.measuring import NO_AVERAGE, NO_DIFFERENCE, NO_SHARE
from agents.models.offline.weighing.nothing_new import UNRANKED
from agents.models.offline.weighing.thread import STAYS
from agents.models.offline.weighing.unheard import is_about
from agents.models.offline.words.light import LIGHT
from agents.models.offline.words.text import NUMBERS, stem

_MEANT = frozenset(
    "why who whom whose when where long often high low old new most least highest lowest biggest largest smallest worst best cheapest "
    "oldest newest expensive average mean total percent percentage share rate trend before after first last next previous different difference "
    "more less fewer bigger smaller day hour week month year start started end ended stop stopped caused cause".split()
)
"""Words that narrow nothing where they hold a sentence together, and are all that is asked where they do not."""
NOT_HEEDED = "This is the same without {words}: what that asks for may not be in it."
"""It stands first in an answer, as it may be beside the question."""
_SAID = frozenset(
    "meant mean noted wrote said asked sorry meanwhile question reporting thx thanks cheers include included includes including mere merely switch switching alone separately separate raise raised carry carries "
    "blame blamed usage attestation request requested prepare prepared possible kindly instead plus diff".split()
)
"""Words about what was said, and not about what is asked."""
_IN_ORDER = frozenset("biggest largest highest most worst top first expensive".split())
"""What comes first in a list that is told in the order of its figures, whether that is asked for or not."""
_MEASURES = frozenset("average mean percent percentage share rate more less fewer difference".split())
"""Words for what a sentence of its own says that it is not told."""
_HOW_MANY = re.compile(r"\b(?:how many|number of|count)\b")
POINTED_PART = re.compile(
    r"\b(?:that|those|these|this|same|first|last|whole|entire) (?:very |same |first |last |whole )?"
    r"(?:(?P<half>half)(?: an| of an)?[ -]hour|(?P<quarter>quarter) of an hour|(?:(?P<many>\d+|[a-z]+) )?(?P<unit>minute|hour)s?)\b"
)
"""Some hours or minutes that are pointed at: whether they are shorter than what was shown is said elsewhere."""
FIGURES = frozenset(
    "half double doubled twice triple tripled dozen second third fourth fifth hundred thousand million".split()
)
"""Words that read as figures: an answer that quotes one would tell a figure which no fact supports."""
A_FIGURE = "the number that it says"
_TELL_MORE = re.compile(
    r"\b(?:(?:tell|show|give|say|know|see|hear|read|learn) (?:me |us |a bit |a little |something )*more|more (?:about|on|details?|info\w*|of (?:it|that|this)))\b|\bbefore (?:the )?(?:end of )?<p>"
)
"""What asks for all that is known, and the word that only leads to the end of a time."""
_WORD = re.compile(r"(?<![<\w-])[a-z][\w'-]*(?![>\w])")


def without_each(question: str, plan: Plan, again: Callable[[str], Plan], context: Context) -> tuple[Without, ...]:
    """The words of a follow-up without which its plan would be the same, each with the question without it.

    Args:
        question: what is asked, word for word.
        plan: what it means.
        again: what another question in its place would mean.
        context: names, clock and queries.
    """
    found, reading = [], read(question, context.names, context.now)
    told_of = _MEASURES if {NO_SHARE, NO_AVERAGE, NO_DIFFERENCE} & {*plan.limits} else frozenset()
    if all(call.query == "alarm_history" for call in plan.calls) and _HOW_MANY.search(reading.text):
        told_of |= {"total"}  # all of them are counted first
    in_order = _IN_ORDER if not {call.query for call in plan.calls} & UNRANKED else frozenset()
    for word in dict.fromkeys(_words(reading, plan.calls, context)):
        if word in told_of | in_order:
            continue
        less = re.sub(rf"(?i)(?<![\w-]){re.escape(word)}(?![\w-])", " ", question)
        if less != question and _same(other := again(less), plan):
            found.append(Without(word=word, asked=other.asked or less))
    return tuple(found)


def _words(reading: Reading, calls: Sequence[PlannedCall], context: Context) -> Iterable[str]:
    """The words that have to count: none that is light, part of a name or a time, or of what the queries look at."""
    aside = (POINTED_PART, _TELL_MORE)
    pointed = [part.span() for pattern in aside for part in pattern.finditer(reading.text)]
    for match in _WORD.finditer(reading.text):
        word = match[0]
        if any(start <= match.start() < end for start, end in pointed):
            continue
        if word in _SAID or word in NUMBERS or len(word) < 3 or (word in LIGHT and word not in _MEANT):
            continue
        if word in (reading.hint, reading.user, *reading.resources) or is_asked_of_it(reading.text, match.start()):
            continue
        if not any(_is_about(call, match, reading, context) for call in calls):
            yield word


def _is_about(call: PlannedCall, word: re.Match[str], reading: Reading, context: Context) -> bool:
    """Whether a word says what a call looks at, or what its rows show."""
    known = stem(word[0]) in told_by(call.query) or speaks_for(word[0], call.query)
    return known or is_about(call, word, reading, context)


def _same(other: Plan, plan: Plan) -> bool:
    """Whether a plan looks at the same and works out the same of it as another one, and says no less of it.

    In which place it stays is said of any question of many things, and is no answer to one of them.
    """
    said = {limit for limit in plan.limits if not limit.startswith(STAYS)}
    return said <= set(other.limits) and (other.calls, other.then, other.focus, other.whether, other.first) == (
        plan.calls, plan.then, plan.focus, plan.whether, plan.first
    )  # fmt: skip
