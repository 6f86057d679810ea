"""Candidates: the plans that a question may mean. Rules propose them generously; what was learned ranks them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agents.models.offline.inputs.choosing import Context, calls_for, one_call
from agents.models.offline.inputs.periods import resolved
from agents.models.offline.plan import PlannedCall
from agents.models.offline.proposing.anchored import anchored
from agents.models.offline.proposing.completing import completed, completed_all
from agents.models.offline.proposing.composed import composed, says_where
from agents.models.offline.proposing.dialogue import compared, follow, reasons
from agents.models.offline.proposing.evidence import Evidence
from agents.models.offline.proposing.followups import carry, inherited, placed_as
from agents.models.offline.proposing.guarding import ranked_by
from agents.models.offline.proposing.joint import related, several
from agents.models.offline.proposing.variants import variants
from agents.models.offline.reading import Reading
from agents.models.offline.times.when import FUTURE
from tools.errors import InputError
from tools.periods import previous

_ALONE = 5
"""Queries that are tried for a question by itself, by each of the two measures."""
_VARIED = 4
"""Queries whose inputs are filled in other ways, too."""
_LOOSE = 2.5
"""Points that make a part of a question one of its own, where it is only proposed to be."""
_COMPLETED = 3
"""Queries whose plans are proposed with less and with more than was filled in, too."""
_LIKELY = 0.04
"""Learned probability from which on they are."""
_TAKEN = frozenset({"carry", "carry one", "compare", "dialogue"})
"""Ways to come by a plan that take over from the question before."""
_COMPOSED = frozenset({"own", "joint", "loose", "series", "pair"})
"""Ways to come by a plan of several calls."""
MOST_CANDIDATES = 80
"""Candidates of a question."""
_MOST = 4
"""Calls of a plan."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One plan that a question may mean, and how it was come by."""

    source: str
    """`own`, `inherit`, `place`, `carry`, `reasons`, `compare`, `dialogue`, `outright`, `related`, `joint`, `loose`,
    `series`, `series told`, `series apart`, `pair`, `carry one`."""
    calls: tuple[PlannedCall, ...]
    limits: tuple[str, ...] = ()
    also: frozenset[str] = frozenset()
    """Other ways in which the same plan was come by."""
    tag: str = ""
    """In what it departs from what the rules fill in."""

    @property
    def sources(self) -> frozenset[str]:
        """All ways in which the plan was come by."""
        return self.also | {self.source}


def candidates(reading: Reading, earlier: Sequence[PlannedCall], found: Evidence, context: Context) -> list[Candidate]:
    """Plans that the question may mean, each once; `earlier` are the calls of the question before, if any."""
    every: list[Candidate] = []
    everywhere = says_where(reading.text)

    def add(source: str, calls: Sequence[PlannedCall], limits: Sequence[str] = ()) -> None:
        if everywhere and len(calls) > 1:
            calls = [call for call in calls if call.query != "account_list"]
        if calls:
            every.append(Candidate(source, tuple(calls[:_MOST]), tuple(limits)))

    add("related", related(reading, found.both, context))
    joint = several(reading, found.parts, context)
    add("joint", joint)
    add("loose", several(reading, found.parts, context, strong=_LOOSE))
    for source, several_calls in composed(reading, found, context):
        add(source, several_calls)
    names = _tried(found, context)
    for name in names:
        add("own", *calls_for(name, reading, context))
    if earlier:
        first = earlier[0]
        for name in names:
            own, limits = calls_for(name, reading, context)
            add("inherit", [inherited(call, first, reading, context, freely=True) for call in own], limits)
            add("place", [placed_as(call, first, reading, context.queries) for call in own], limits)
        if joint:
            add("joint", [inherited(call, first, reading, context) for call in joint])
        for one in list(every):
            if one.source in ("series", "pair", "series told"):
                add("composed place", [placed_as(call, first, reading, context.queries) for call in one.calls])
        add("carry", *carry(earlier, reading, context))
        for call in earlier if len(earlier) > 1 else ():
            add("carry one", *carry([call], reading, context))
        add("reasons", reasons(first, reading, context))
        if first.query == "spend":
            add("compare", [compared(first, reading, context)])
        add("compare", anchored(reading, earlier, context))
        top = next(iter(found.both), None)
        if taken := follow(reading, top, found.both.get(top or "", 0.0), earlier, context):
            add("dialogue", *taken)
        if "who_did_what" in context.queries:
            who = one_call("who_did_what", reading, context)
            add("inherit", [inherited(who, first, reading, context, freely=True)])
    for one in list(every):
        if (len(one.calls) == 1 and one.calls[0].query in names[:_VARIED]) or one.source in ("carry", "compare"):
            for tag, calls in variants(one.calls[0], reading, earlier, context) if len(one.calls) == 1 else ():
                every.append(Candidate(one.source, tuple(calls), one.limits, tag=tag))
    for one in list(every):
        likely = one.calls[0].query in names[:_COMPLETED] and found.likely.get(one.calls[0].query, 1.0) >= _LIKELY
        if len(one.calls) == 1 and not one.tag and (likely or one.source in _TAKEN):
            for tag, calls in completed(one.calls[0], reading, earlier, context):
                every.append(Candidate(one.source, tuple(calls), one.limits, tag=tag))
        elif len(one.calls) > 1 and not one.tag and one.source in _COMPOSED:
            for tag, calls in completed_all(one.calls, reading, context):
                every.append(Candidate(one.source, tuple(calls), one.limits, tag=tag))
    return _once([usable for one in every if (usable := _usable(one, reading, context))])[:MOST_CANDIDATES]


def _tried(found: Evidence, context: Context) -> list[str]:
    likely = sorted((n for n in found.likely if n in context.queries), key=lambda name: -found.likely[name])
    best = [*list(found.both)[:_ALONE], *likely[:_ALONE]]
    if "alarms" in best:
        best.append("alarm_history")
    return [
        name
        for name in dict.fromkeys(best)
        if name in context.queries and context.queries[name].domain not in ("shared", "controls")
    ]


def _usable(one: Candidate, reading: Reading, context: Context) -> tuple[str, Candidate] | None:
    """The candidate with rows enough for what is ranked, and what it comes to; None if an input does not fit."""
    kept: dict[str, PlannedCall] = {}
    for call in (ranked_by(call, reading, context) for call in one.calls):
        if call.query != "forecast" and call.inputs.get("period") in FUTURE and not reading.when.mentions:
            return None  # taken over from a forecast: nothing else knows that time
        try:
            full = context.queries[call.query].parse(call.inputs)
        except InputError:
            return None
        if call.query == "spend_change" and _overlap(full, context):
            return None
        kept.setdefault(repr((call.query, [plain(key, full[key], context) for key in sorted(full)])), call)
    return " ".join(kept), Candidate(one.source, tuple(kept.values()), one.limits, tag=one.tag)


def _overlap(inputs: Mapping[str, object], context: Context) -> bool:
    """Whether a time is held against one that it lies in, or that lies in it: that is no comparison."""
    one, other = (resolved(str(inputs.get(key)), context.now) for key in ("period", "compared_to"))
    return bool(one and other) and one.start < other.end and other.start < one.end  # type: ignore[union-attr]


def plain(key: str, value: object, context: Context) -> object:
    """An input so that two that come to the same are equal: periods by their days, or their hours."""
    if key in ("period", "compared_to") and isinstance(value, str) and (period := resolved(value, context.now)):
        return (period.first_day, period.end_day) if ":" not in value else (str(period.start), str(period.end))
    return value


def come_to_the_same(calls: Sequence[PlannedCall], others: Sequence[PlannedCall], context: Context) -> bool:
    """Whether two plans make the same calls, in the same order."""
    return [comes_to(one, context) for one in calls] == [comes_to(one, context) for one in others]


def comes_to(call: PlannedCall, context: Context) -> str:
    """A call with all of its inputs: two that ask for the same, one of them in other words, are equal."""
    full = context.queries[call.query].parse(call.inputs)
    span = resolved(str(full.get("period")), context.now)
    if full.get("compared_to") == "previous" and span:
        before = previous(span)
        full["compared_to"] = before.first_day, before.end_day
    return repr((call.query, [plain(key, full[key], context) for key in sorted(full)]))


def _once(every: Sequence[tuple[str, Candidate]]) -> list[Candidate]:
    """Plans that come to the same as one, come by in several ways."""
    found: dict[str, Candidate] = {}
    for key, one in every:
        held = found.get(key)
        if held is None:
            found[key] = one
        else:
            # as it says the most: what was taken over is no less said for being what is meant without a word, too
            calls = max(held.calls, one.calls, key=lambda calls: sum(len(call.inputs) for call in calls))
            found[key] = Candidate(held.source, calls, held.limits, held.also | {one.source}, held.tag)
    return list(found.values())


def narrows(one: Candidate, other: Candidate) -> bool:
    """Whether `one` asks the same queries as `other`, with all that `other` says and more."""
    return [c.query for c in one.calls] == [c.query for c in other.calls] and all(
        mine.inputs.items() >= theirs.inputs.items() for mine, theirs in zip(one.calls, other.calls, strict=True)
    )
