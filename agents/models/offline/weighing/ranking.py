"""Ranking: how probable it is that each candidate plan is the right one, by a log-linear model over what it explains.

The weights (`ranking.json`) are learned offline from labelled conversations (`tests/questions/train_ranking.py` over
`tests/questions/plans/`). To answer with no plan is a candidate of its own, so that doubt is learned, too.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from agents.models.offline.inputs.choosing import Context
from agents.models.offline.intents.coverage import left_over, unused
from agents.models.offline.intents.learned import CHANGE, OUTSIDE
from agents.models.offline.plan import PLACES, PlannedCall
from agents.models.offline.proposing.candidates import Candidate
from agents.models.offline.proposing.evidence import Evidence
from agents.models.offline.proposing.followups import is_elliptic, points_back
from agents.models.offline.proposing.guarding import objections
from agents.models.offline.proposing.matching import matched
from agents.models.offline.proposing.variants import split_nouns
from agents.models.offline.reading import Reading
from agents.models.offline.topics.asked import dimensions
from agents.models.offline.topics.refusals import refusal
from agents.models.offline.topics.rules import DOMAIN_CONCEPTS
from agents.models.offline.words.text import stem

Features = dict[str, float]
_SHORT = 5
"""Words up to which a follow-up is short."""
_SUBJECTS = DOMAIN_CONCEPTS - {"NOUN", "CHANGE"}
_WORD = re.compile(r"[a-z][a-z-]+")


@dataclass(frozen=True, slots=True)
class Situation:
    """What holds of a question whatever it means: shared by the features of all its candidates."""

    follows: bool
    lead: bool
    back: bool
    subject: bool
    words: int
    refused: str
    unknown: bool
    stray: int
    parts: int
    opening: tuple[str, ...]
    """The first words, by their stems: how people take up what was said before."""


def situation(reading: Reading, earlier: Sequence[PlannedCall]) -> Situation:
    """What holds of a question whatever it means."""
    refused = refusal(reading.text, reading.flat)
    return Situation(
        follows=bool(earlier),
        lead=is_elliptic(reading),
        back=points_back(reading),
        subject=bool(reading.concepts & _SUBJECTS),
        words=len(_WORD.findall(reading.text)),
        refused=refused.kind if refused else "",
        unknown=bool(reading.found.unknown),
        stray=len(reading.stray),
        opening=tuple(dict.fromkeys(stem(word) for word in reading.text.split()[:4])),
        parts=len(re.findall(r"\band\b|[?;,]", reading.text)),
    )


def features(
    one: Candidate, at: Situation, reading: Reading, found: Evidence, earlier: Sequence[PlannedCall], context: Context
) -> Features:
    """What speaks for and against one plan."""
    names = [call.query for call in one.calls]
    out: Features = {}
    _fit(out, names, at, found)
    _made(out, one, at)
    for name in set(names):
        out[f"query {name}"] = 1.0 / len(set(names))
    if earlier:
        _after(out, one, at, earlier)
    _explained(out, one, reading, at)
    out.update(matched(one, reading, found, earlier, context))
    for name in objections(one.calls, one.limits, reading, context):
        out[f"objection {name}"] = 1.0
    if one.limits:
        out["limits"] = 1.0
    _inputs(out, one, reading, earlier, at, context)
    out[f"refused {at.refused}"] = 1.0
    if at.follows:
        out[f"refused {at.refused}, follows"] = 1.0
        for word in at.opening if "carry" in one.sources else ():
            out[f"opens {word}"] = 0.7
    out["unknown"] = float(at.unknown)
    out["stray"] = min(2.0, at.stray)
    out["calls"] = len(one.calls) / 4
    out[f"kinds {min(3, len(set(names)))} parts {min(at.parts, 3)}"] = 1.0
    out = {name: value for name, value in out.items() if value}
    out.update(together(out))
    return out


def _fit(out: Features, names: Sequence[str], at: Situation, found: Evidence) -> None:
    """How well the words fit the queries of a plan, by what was learned and by rules, and against all others."""
    best = max(found.likely.values())
    logs = [math.log(found.likely.get(name, best / 4) + 0.002) for name in names]
    kind = "+" if len(set(names)) > 1 else "f" if at.follows else "1"
    out[f"log {kind}"] = sum(logs) / len(logs) / 6
    out[f"least log {kind}"] = min(logs) / 6
    top = max(found.points.values(), default=0.0)
    points = [found.points.get(name, 0.0) for name in names]
    out[f"points {kind}"] = sum(points) / len(points) / 10
    out[f"least points {kind}"] = min(points) / 10
    out[f"behind {kind}"] = (top - max(points)) / 10
    first = next(iter(found.both), "")
    out[f"first {kind}"] = float(first in names)
    likeliest = max(found.likely, key=lambda name: found.likely[name])
    out[f"likeliest {kind}"] = float(likeliest in names)
    out["both agree"] = float(likeliest == first and first in names)


def _made(out: Features, one: Candidate, at: Situation) -> None:
    """How a plan came about: what proposed it, in which situation, and what was varied in it."""
    share = 1 / len(one.sources)
    for source in one.sources:
        out[f"by {source} {at.follows}"] = share
        if at.follows:
            for said, holds in (
                ("lead", at.lead),
                ("back", at.back),
                ("subject", at.subject),
                ("short", at.words <= _SHORT),
            ):
                out[f"by {source} {said if holds else 'no ' + said}"] = share
    if one.tag:
        out[f"varied {one.tag}"] = 1.0
        out[f"varied {one.tag} {one.calls[0].query}"] = 1.0


def _after(out: Features, one: Candidate, at: Situation, earlier: Sequence[PlannedCall]) -> None:
    """What a plan has in common with the one that was answered before."""
    names, before = {call.query for call in one.calls}, {call.query for call in earlier}
    out["same query"] = float(bool(before & names))
    out["same domain"] = float(bool({c.domain for c in earlier} & {c.domain for c in one.calls}))
    out["as before"] = float(list(one.calls) == list(earlier))
    if one.sources & {"own", "inherit", "place", "related", "joint"} and not before & names:
        out["other query, subject" if at.subject else "other query, no subject"] = 1.0


_CLEAR = math.log(0.8) / 6
_FAULTS = (
    "objection",
    "left",
    "idle",
    "limits",
    "time unused",
    "place unused",
    "service unused",
    "user unused",
    "unknown",
    "times missed",
    "values missed",
    "services missed",
    "part unanswered",
    "call unspoken",
)


def together(given: Features) -> Features:
    """What counts more together than one by one: that nothing is left unexplained, and the words are clear."""
    clean = not any(name.startswith(_FAULTS) for name in given)
    kind = next((name[-1] for name in given if name.startswith("log ")), "1")
    clear = given.get(f"least log {kind}", 0.0) >= _CLEAR
    name = f"{'clean' if clean else 'not clean'}, {'clear' if clear else 'not clear'} {kind}"
    turned = "other query, subject" in given
    return {name: 1.0, f"{name}, {'own query' if turned else 'no turn'}": 1.0}


def _explained(out: Features, one: Candidate, reading: Reading, at: Situation) -> None:
    """How many words the plan leaves unexplained."""
    left: set[str] = set(left_over(reading.text, one.calls[0].query))
    idle: set[str] = set(unused(reading.text, one.calls[0].query))
    for call in one.calls[1:]:
        left &= set(left_over(reading.text, call.query))
        idle &= set(unused(reading.text, call.query))
    said = " ".join(str(value).casefold() for call in one.calls for value in call.inputs.values())
    left = {word for word in left if word not in said}
    idle = {word for word in idle if word not in said}
    for word in left | idle:
        out[f"left {stem(word)}"] = 0.5
    out["left"] = min(5, len(left)) / 3
    out["left share"] = len(left) / max(3, at.words)
    out["idle"] = min(4, len(idle)) / 2
    out["idle share"] = len(idle) / max(3, at.words)


def _inputs(
    out: Features, one: Candidate, reading: Reading, earlier: Sequence[PlannedCall], at: Situation, context: Context
) -> None:
    """Whether what was named went into the plan, and what was taken over from before."""
    given = {key for call in one.calls for key in call.inputs}
    named = [m for m in reading.when.mentions if m.word not in ("now", "recently")]
    timed = bool(given & _TIMES)
    if named and not timed:
        out["time unused"] = 1.0
    elif timed and not named and not reading.when.relative:
        out["time from before"] = 1.0
    placed = bool(given & set(PLACES))
    if reading.found.placed() and not placed:
        out["place unused"] = 1.0
    elif placed and not reading.found.placed():
        out["place from before"] = 1.0
        out[f"place from before, {'we' if _WE.search(reading.text) else 'no we'}"] = 1.0
    if reading.found.services and "service" not in given:
        out["service unused"] = 1.0
    elif "service" in given and not reading.found.services:
        out["service from before"] = 1.0
    if "NAMED_USER" in reading.concepts and not given & {"who", "resource"}:
        out["user unused"] = 1.0
    if reading.resources and not given & {"resource", "log_group", "alarm"}:
        out["resource unused"] = 1.0
    nouns = {name for call in one.calls for name in split_nouns(call, reading, context)}
    wanted = dimensions(reading.text)
    split = {str(call.inputs["by"]) for call in one.calls if "by" in call.inputs}
    if wanted and wanted[0] in split:
        out["split as asked"] = 1.0
    elif wanted and split:
        out["split otherwise"] = 1.0
    if nouns and not split:
        out["split noun unused"] = 1.0
    elif nouns & split:
        out["split noun used"] = 1.0
    elif split and not wanted:
        out["split unsaid"] = 1.0
    values = {value for call in one.calls for key, value in call.inputs.items() if key in _CHOSEN and key != "by"}
    for call in one.calls:
        for key, value in call.inputs.items():
            if key in _CHOSEN:
                out[f"value {call.query}.{key}={value}"] = 1.0
    out["values"] = len(values) / 2
    chosen = [key for call in one.calls for key in call.inputs if key in _CHOSEN]
    out["chosen"] = min(3, len(chosen)) / 3
    if earlier and at.follows:
        old = {(key, str(value)) for call in earlier for key, value in call.inputs.items()}
        new = {(key, str(value)) for call in one.calls for key, value in call.inputs.items()}
        out["kept"] = len(old & new) / max(1, len(old))
        had = {key for key, _ in old}
        for what, before, now, said in (
            ("place", bool(had & set(PLACES)), placed, bool(reading.found.placed())),
            ("time", bool(had & _TIMES), timed, bool(named) or reading.when.relative),
        ):
            if before and not said:
                _taken_over(out, f"{'kept' if now else 'dropped'} {what}", one, reading, earlier, at)


def _taken_over(
    out: Features, what: str, one: Candidate, reading: Reading, earlier: Sequence[PlannedCall], at: Situation
) -> None:
    """What decides whether a place or a time that nobody said again still holds."""
    same = {call.query for call in one.calls} == {call.query for call in earlier}
    kin = {call.domain for call in one.calls} == {call.domain for call in earlier}
    out[what] = 1.0
    out[f"{what}, {'same query' if same else 'same domain' if kin else 'other domain'}"] = 1.0
    out[f"{what}, {'lead' if at.lead else 'back' if at.back else 'alone'}"] = 1.0
    out[f"{what}, {'short' if at.words <= _SHORT else 'long'}"] = 1.0
    out[f"{what}, {'we' if _WE.search(reading.text) else 'no we'}, {'same' if same else 'other'}"] = 1.0
    for word in at.opening[:2]:
        out[f"{what}, opens {word}"] = 0.5


_TIMES = frozenset({"period", "around", "compared_to", "days", "months"})
_CHOSEN = frozenset("kind severity state status check tag name statistic by".split())  # noqa: SIM905
_WE = re.compile(r"\b(?:we|our|us|total|overall|altogether|company|everywhere|whole|all|every\w*|estate)\b")


def none_features(at: Situation, reading: Reading, found: Evidence, given: Sequence[Features]) -> Features:
    """What speaks for answering with no plan."""
    out: Features = {
        "none": 1.0,
        f"none, refused {at.refused}": 1.0,
        f"none, {'follows' if at.follows else 'alone'}": 1.0,
        f"none, refused {at.refused}, {'follows' if at.follows else 'alone'}": 1.0,
        "none, long": min(at.words, 30) / 20,
        "none, best": max((one.get("log 1", one.get("log f", -1.0)) for one in given), default=-1.0),
        "none, change": math.log(found.likely.get(CHANGE, 0.0) + 0.002) / 6,
        "none, outside": math.log(found.likely.get(OUTSIDE, 0.0) + 0.002) / 6,
        "none, points": max(found.points.values(), default=0.0) / 10,
        "none, unknown": float(at.unknown),
        "none, stray": min(2.0, at.stray),
        "none, no subject": float(not at.subject),
        "none, left": min((one.get("left", 0.0) for one in given), default=2.0),
        "none, idle": min((one.get("idle", 0.0) for one in given), default=2.0),
        "none, domain": float("DOMAIN" in reading.concepts),
        "none, future": float("FUTURE" in reading.concepts),
        "none, likely": math.log(max((v for k, v in found.likely.items() if k[0] != "!"), default=0.0) + 0.01) / 4,
    }
    likeliest = max(found.likely, key=lambda name: found.likely[name])
    if likeliest[0] == "!":
        out[f"none, likeliest {likeliest}"] = 1.0
        out[f"none, likeliest {likeliest}, refused {at.refused}"] = 1.0
    return out


@lru_cache(maxsize=1)
def weights() -> Mapping[str, float]:
    """The learned weights."""
    plain: dict[str, float] = json.loads((files(__package__) / "ranking.json").read_text(encoding="utf-8"))["weights"]
    return plain


def probabilities_of(every: Sequence[Features], learned: Mapping[str, float]) -> list[float]:
    """How probable each candidate is among these; they add up to one."""
    logits = [sum(value * learned.get(name, 0.0) for name, value in one.items()) for one in every]
    top = max(logits)
    powers = [math.exp(logit - top) for logit in logits]
    total = sum(powers)
    return [power / total for power in powers]
