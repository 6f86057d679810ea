"""Restated: a few words that put another place, time or service into the question before ask that question again.

"And in August?" after "which account spent least in September?" is "which account spent least in August?". Read and
told so, nothing is lost of how it was asked: the least, on average, as a share, above a limit, whether it rose.
"""
# ruff: noqa: E501, SIM905 - patterns and lists of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from agents.models.offline.inputs.choosing import Context
from agents.models.offline.naming.left_out import named_instead
from agents.models.offline.plan import BILLED_FOR, PlannedCall
from agents.models.offline.proposing.reduced import asks_others
from agents.models.offline.reading import Reading, read

_GROUPS = {
    "<account>": "place", "<venue>": "place", "<team>": "place", "<env>": "place",
    "<p>": "time", "<service>": "service", "<region>": "region",
}  # fmt: skip
"""What a mask stands for: one of a group takes the place of another."""
_LEADING = frozenset(
    "and or but so ok okay now then also what how about of only just the those ones one please".split()
)
"""Words by which such a question begins: they say that the one before is meant, and nothing more."""
_LINKING = frozenset("in for at of on during from over the".split())
"""Words that may stand before what is put in."""
_CLOSING = frozenset("alone please too".split())
"""Words that may stand behind it: with none of them more is said."""
_BEHIND = {"place": "in", "region": "in", "service": "for", "time": "in"}
"""The word before what is put behind a question that named nothing of its group."""
_SAYS_WHEN = re.compile(r"(?:last|this|these|past|next|yesterday|today|since|so far|year|month|week|between|from)\b")
_SAME_FIGURE = re.compile(
    r"(?i)^\W*(?:(?:and|so|ok|but) )*(?:how (?:much|many|high)|what) (?:was|were|is|are) (?:it|that|this|they|those|there) (?:back )?(?=(?:in|for|at|on|during|last|the)\b)"
)
"""What asks for the figure that was shown, of another place or time ("how much was that in August?")."""
_WITHIN_ANOTHER = re.compile(
    r"(?:the )?\d{1,2}(?:st|nd|rd|th)?|(?:on )?(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|weekend)|now"
)
"""A day that is said without its month or week is of those that were spoken of, and "now" may only lead on."""
_Part = tuple[str, str]
"""A group, or nothing, and the words of a question that are of it."""


def restated(question: str, before: str, context: Context) -> str | None:
    """The question before with what these few words name in the place of what it named; None where they say more.

    Args:
        question: what is asked.
        before: the question that it follows.
        context: names and clock.
    """
    question = _SAME_FIGURE.sub("and ", question)
    new, old = read(question, context.names, context.now), read(before, context.names, context.now)
    if not _plainly_named(new) or _unwritten(old) or named_instead(new.flat) != new.flat:
        return None
    named = _named(_parts(new))
    said = _parts(old)
    if not named or said is None or _WITHIN_ANOTHER.fullmatch(named.get("time", "")):
        return None
    text = _with(named, said)
    return text if text and _holds(read(text, context.names, context.now), new, old) else None


def without_place(before: str, context: Context) -> str | None:
    """The question before without the place that it named; None where it is not clear which of its words do."""
    old = read(before, context.names, context.now)
    said = None if _unwritten(old) else _parts(old)
    if said is None:
        return None
    kept: list[str] = []
    for group, words in said:
        if group != "place":
            kept.append(words)
        elif kept and kept[-1] in _LINKING:
            kept.pop()
    return " ".join(kept)


_INPUTS = {
    "place": frozenset({"accounts", "team", "venue", "env"}),
    "time": frozenset({"period", "compared_to", "around", "months"}),
    "service": BILLED_FOR,
    "region": frozenset({"region"}),
}
"""The inputs in which a call asked of another one of a group may differ."""


def alike(calls: Sequence[PlannedCall], before: Sequence[PlannedCall], question: str, context: Context) -> bool:
    """Whether these calls ask the same as those before, apart from what a question of a few words names."""
    reading = read(question, context.names, context.now)
    found = reading.found
    placed = found.placed() or asks_others(reading)
    named = {"place": placed, "time": reading.when.mentions, "service": found.services, "region": found.regions}
    free = frozenset().union(*(_INPUTS[group] for group, said in named.items() if said))

    def kept(call: PlannedCall) -> dict[str, object]:
        return {key: value for key, value in call.inputs.items() if key not in free}

    return [(call.query, kept(call)) for call in calls] == [(call.query, kept(call)) for call in before]


def same_queries(calls: Sequence[PlannedCall], before: Sequence[PlannedCall]) -> bool:
    """Whether these calls ask the same queries as those before, of whatever."""
    return [call.query for call in calls] == [call.query for call in before]


def _plainly_named(new: Reading) -> bool:
    """Whether nothing is named that is no place, time or service, and no time by its distance from another."""
    when = new.when
    more = new.user or new.resources or new.ids or new.stray or new.event or new.found.unknown or new.found.excluded
    return not (more or when.relative or when.hours or when.clock)


def _unwritten(old: Reading) -> bool:
    """Whether a question names what its words in small letters do not say again, or leaves something out."""
    return bool(old.event or old.resources or old.found.excluded or old.found.unknown or "<" in old.flat)


def _parts(reading: Reading) -> list[_Part] | None:
    """The words of a question, those that name something with what they name; None where it is not clear which do."""
    spoken, masked = reading.flat.split(), reading.found.bare.split()
    parts: list[_Part] = []
    for kind, start, end, low, high in SequenceMatcher(None, spoken, masked, autojunk=False).get_opcodes():
        words, masks = " ".join(spoken[start:end]), masked[low:high]
        groups = [_GROUPS[mask] for mask in masks if mask in _GROUPS]
        if kind == "equal" or not groups:
            parts += [("", word) for word in spoken[start:end]]
        elif len(masks) == 1 and words:
            parts.append((groups[0], words))
        else:
            return None
    return parts


def _named(parts: Sequence[_Part] | None) -> dict[str, str]:
    """What a few words name, by its group; empty where they name nothing, two of a group, or say anything else."""
    named: dict[str, str] = {}
    for group, words in parts or ():
        if group in named or (not group and named and words not in _LINKING | _CLOSING and words[0].isalnum()):
            return {}
        if group:
            named[group] = words
        elif not named and words not in _LEADING | _LINKING and words[0].isalnum():
            return {}
    return named


def _with(named: dict[str, str], said: Sequence[_Part]) -> str | None:
    """The words of a question with what is named put in; None where it named several of such a group."""
    parts, behind = list(said), []
    for group, words in named.items():
        places = [place for place, (held, _) in enumerate(parts) if held == group]
        if len(places) > 1:
            return None
        bare = group == "time" and _SAYS_WHEN.match(words)
        if not places:
            behind.append(words if bare else f"{_BEHIND[group]} {words}")
            continue
        in_place = words if bare or not _SAYS_WHEN.match(parts[places[0]][1]) else f"in {words}"
        parts[places[0]] = (group, in_place)
    whole = " ".join(words for _, words in parts)
    asked = whole.rstrip(" ?.!")
    return " ".join([asked, *behind, *whole[len(asked) :].split()])


def _holds(full: Reading, new: Reading, old: Reading) -> bool:
    """Whether a question in full names what the new one does, and for the rest what the old one did."""

    def places(reading: Reading) -> tuple[list[str], ...]:
        found = reading.found
        return found.accounts, found.venues, found.teams, found.envs

    def times(reading: Reading) -> list[str]:
        return [mention.word for mention in reading.when.mentions]

    return (
        places(full) == places(new if new.found.placed() else old)
        and times(full) == times(new if new.when.mentions else old)
        and full.found.services == (new if new.found.services else old).found.services
        and full.found.regions == (new if new.found.regions else old).found.regions
        and not full.found.unknown
    )
