"""Compared: whether a question asks if one thing is more than another, or than it was: what is held against what."""
# ruff: noqa: E501, SIM905 - words and patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.models.offline.intents.coverage import own_concepts
from agents.models.offline.naming.billed_parts import parts_named
from agents.models.offline.naming.names import Names, find_names
from agents.models.offline.naming.services import billed_as
from agents.models.offline.plan import PlannedCall, Whether
from agents.models.offline.reading import Reading
from tools.cost.parts import words

_MORE = r"more|higher|larger|bigger|greater|dearer|pricier|costlier|heavier"
_LESS = r"less|fewer|lower|smaller|cheaper|lighter"
_OPENING = r"^\W*(?:(?:so|and|ok|okay|then|but|well|hey|hi) )*(?:is|are|was|were|does|do|did|has|have|had)\b"
_THAN = re.compile(
    rf"{_OPENING}(?P<one>.*?)(?<![\w<-])(?:(?P<more>{_MORE})|(?P<less>{_LESS}))(?![\w>-])(?P<of>.*?)\bthan\b(?P<other>.+)$"
)
_ROSE = r"up|rise|risen|rose|rising|increas\w*|grow|grew|grown|climb\w*|gone up|higher|more|dearer|pricier|costlier"
_FELL = r"down|fall|fell|fallen|falling|decreas\w*|declin\w*|drop\w*|shrink|shrunk|sink|sunk|lower|less|cheaper"
_MOVED = re.compile(
    rf"(?<![\w<-])(?<!\bthe )(?<!\bthis )(?<!\bthat )(?<!\bour )(?:(?P<rose>{_ROSE})|(?P<fell>{_FELL}))(?![\w>-])"
)
_NOT_PLAIN = re.compile(
    r"\b(?:not|no|never|twice|double|triple|half|times|much|far|way|lot|significant\w*|slightly|percent|any|all|others?|rest|average|expected|usual|normal|planned|budget\w*|forecast\w*|why|how|which|what|who|where|or|because|due|caused?|related|reasons?|only|mostly|mainly|same|by)\b|\d"
)
"""Words by which more is asked than which of the two is more; or something else, or of something else."""
_SEVERAL = re.compile(r",|\b(?:and|plus|together)\b")


def whether(calls: Sequence[PlannedCall], reading: Reading, names: Names) -> Whether | None:
    """What is to be held against what, where a question with these calls asks only that; None where it does not."""
    text = reading.when.bare
    if _NOT_PLAIN.search(_named_out(text)):
        return None
    match = _THAN.match(text)
    if [call.query for call in calls] == ["spend_change"]:
        held = match is not None and find_names(match["other"], names).any()  # against a thing, not a time
        return None if held else _moved(calls[0], reading)
    if match is None or any(call.query == "spend_change" for call in calls):
        return None
    sides = _sides(f"{match['one']} {match['of']}", match["other"], names)
    if not all(sides) or set(sides[0]) & set(sides[1]):
        return None
    return Whether(one=sides[0], other=sides[1], more=match["more"] is not None)


def _named_out(text: str) -> str:
    """The text without identifiers, in which a digit is no number ("s3", "eu-west-1")."""
    return re.sub(r"\b[a-z]+\d[\w-]*|\b[\w]+-[\w-]+", " ", text)


def _sides(one: str, other: str, names: Names) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of the one thing that each side names, as they stand in rows and scopes; none if one names several."""
    found = [find_names(text, names) for text in (one, other)]
    for side, text in zip(found, (one, other), strict=True):
        if not side.services and any(other_side.services for other_side in found):
            side.services = billed if len(billed := billed_as(text)) == 1 else []
    both = [kind for kind in _KINDS if all(getattr(side, kind) for side in found)]
    if len(both) != 1:
        return (), ()
    named = [getattr(side, both[0]) for side in found]
    if any(len(side) > 1 and _SEVERAL.search(text) for side, text in zip(named, (one, other), strict=True)):
        return (), ()
    if both == ["services"]:
        parts = [parts_named(text, side[0]) for side, text in zip(named, (one, other), strict=True)]
        named = [[words(part[0])] if part else side for side, part in zip(named, parts, strict=True)]
    left, right = ((*side, *(f"venue-{name}" for name in side if both[0] == "venues")) for side in named)
    return left, right


_KINDS = ("accounts", "venues", "teams", "envs", "services", "regions")
_PLAIN = frozenset(
    "is are was were does do did has have had so and ok then the our a in on of for it we us there any open active than ? , <account> <venue> "
    "<team> <env> <region> <p> cost costs costing spend spends spent pay expensive costly account venue team services service accounts "
    "instances servers databases buckets functions volumes".split()
)
"""Words of a question that holds one thing against another, and asks for nothing more."""
_COUNTED = frozenset("alarms alarm findings finding critical high vulnerabilities".split())
_MOVES = frozenset("going gone go goes went getting got become becoming last this month week been still again".split())


def plainly(calls: Sequence[PlannedCall], reading: Reading, names: Names) -> bool:
    """Whether a question asks which of two is more, whether a cost moves, or for two beside each other, and nothing else.

    These calls answer it.
    """
    if len({call.query for call in calls}) != 1:
        return False
    if _beside_each_other(calls, reading):
        return True
    if whether(calls, reading, names) is None:
        return False
    text = re.sub(rf"(?<![\w<-])(?:{_MORE}|{_LESS}|{_ROSE}|{_FELL})(?![\w>-])", " ", reading.found.bare)
    left = {word for word in text.split() if not re.fullmatch(r"<\w+>", word)} - _PLAIN
    return not left - (_MOVES if calls[0].query == "spend_change" else _COUNTED)


_COMPARED = frozenset("compare comparison comparing between with to versus vs against please".split())


def _beside_each_other(calls: Sequence[PlannedCall], reading: Reading) -> bool:
    """Whether two things of a kind are to be compared, of which these calls tell each."""
    text = reading.found.bare
    said = {word.strip("?,.") for word in text.split() if not re.fullmatch(r"<\w+>", word)}
    named = next((names for names in (getattr(reading.found, kind) for kind in _KINDS[:4]) if len(names) == 2), ())
    if not said & _COMPARED - {"please", "with", "to"} or said - _PLAIN - _COMPARED - {""} or not named:
        return False
    if not all(own_concepts(call.query) & reading.concepts for call in calls):
        return False  # of what they are to be compared, nobody said
    told = " ".join(str(value) for call in calls for value in call.inputs.values())
    return all(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", told) for name in named)


def _moved(call: PlannedCall, reading: Reading) -> Whether | None:
    """Whether something rose or fell. Of two times, the one named first is held against the other."""
    if not re.match(_OPENING, reading.when.bare):
        return None
    said = {match.lastgroup for match in _MOVED.finditer(reading.when.bare)}
    if len(said) != 1:
        return None
    times = [mention.word for mention in reading.when.mentions]
    earlier_first = len(times) > 1 and times[0] == call.inputs.get("compared_to")
    return Whether(more=(said == {"rose"}) != earlier_first)
