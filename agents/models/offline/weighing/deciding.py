"""Deciding: which of the plans that a question may mean are answered with: one, the two likeliest, or none."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from agents.models.offline.inputs.acted import in_full
from agents.models.offline.inputs.backward import dated
from agents.models.offline.inputs.choosing import Context
from agents.models.offline.inputs.ending import asks_ends, expiring
from agents.models.offline.inputs.filling import NOT_FORECAST
from agents.models.offline.inputs.hours import narrowed, not_begun
from agents.models.offline.inputs.only import plainly
from agents.models.offline.intents import learned
from agents.models.offline.lately import Lately
from agents.models.offline.naming.billed_parts import plainly_priced
from agents.models.offline.plan import Abstention, PlannedCall
from agents.models.offline.proposing.anchored import anchored
from agents.models.offline.proposing.candidates import Candidate, candidates, comes_to
from agents.models.offline.proposing.compared import plainly as compared
from agents.models.offline.proposing.deeds import deed, tells_of
from agents.models.offline.proposing.evidence import Evidence, evidence
from agents.models.offline.proposing.guarding import OF_A_BILL, objections
from agents.models.offline.proposing.outright import outright
from agents.models.offline.proposing.shown import shown
from agents.models.offline.proposing.unheeded import asked_for
from agents.models.offline.reading import Reading, read, to_come
from agents.models.offline.topics.refusals import refusal
from agents.models.offline.topics.unread import unread
from agents.models.offline.weighing import rivals
from agents.models.offline.weighing.ahead import asks_ahead, of_times_to_come, split_ahead
from agents.models.offline.weighing.kept import followed_up
from agents.models.offline.weighing.ranking import (
    Features,
    Situation,
    features,
    none_features,
    probabilities_of,
    situation,
    weights,
)
from agents.models.offline.weighing.settling import as_asked, unsettled
from agents.models.offline.weighing.staying import staying
from agents.models.offline.weighing.unheard import may_be_unheard, unheard
from agents.models.offline.weighing.unused import with_idle_ones
from agents.models.offline.words.plainly import as_looked_at

LONGEST = 4000
"""Characters of a question that are read."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """One candidate and its features; the last of a list is none, which is to answer with no plan."""

    candidate: Candidate | None
    features: Features

    @property
    def calls(self) -> tuple[PlannedCall, ...]:
        """The calls of the plan."""
        return self.candidate.calls if self.candidate else ()


@dataclass(frozen=True, slots=True)
class Considered:
    """A question as read, what its words say for each query, and the plans that it may mean."""

    reading: Reading
    found: Evidence
    at: Situation
    every: tuple[Weighed, ...]


def considered(question: str, earlier: tuple[PlannedCall, ...], context: Context) -> Considered:
    """Read one question, and weigh the plans that it may mean."""
    question, ranked = as_looked_at(question[:LONGEST], context.names, [call.inputs for call in earlier])
    question = dated(question, context.now)
    reading = replace(read(question, context.names, context.now), ranked=ranked)
    found = evidence(reading, question, context)
    at = situation(reading, earlier)
    every = [
        Weighed(one, features(one, at, reading, found, earlier, context))
        for one in candidates(reading, earlier, found, context)
    ]
    every.append(Weighed(None, none_features(at, reading, found, [one.features for one in every])))
    return Considered(reading, found, at, tuple(every))


SURE, EITHER, SECOND = 0.75, 0.7, 0.08
"""Probability from which on one plan is answered with, from which on it is with the fittest rival beside it, or alone
where it has none; and the least probability of a rival."""
_RIVALS = 6
"""Plans among which rivals of the likeliest are looked for."""
MOST_CALLS = 4
"""Calls of a plan, of both readings together."""
_DESPITE = 0.8
"""Probability from which on a plan is believed although a word speaks of what AWS cannot know."""
_NAMED = 0.9
"""Probability from which on a word that stands where a name is expected is taken for none."""
_FORESEEN = frozenset(
    {"forecast", "aws_health_events", "commitments", "budgets", "spend", "spend_change", "savings", "quotas"}
)
"""Queries that may be asked about with a time to come: they look ahead, or their period reaches to the end of it."""
_OF_NOW = frozenset({"budgets", "quotas"})
"""Of these, which reach to the end of the month at most."""
_WEIGHED = frozenset({"words", "person"})
"""Objections that are weighed with everything else; the others rule a plan out."""


def _vetoed(one: Candidate, reading: Reading, context: Context) -> bool:
    """Whether a plan would leave out what no weight makes good: a time, a threshold, a place, a way to rank."""
    said = objections(one.calls, one.limits, reading, context).keys()
    # a word may be the name of something that this asker does not see
    return bool(said if not context.names.complete else said - _WEIGHED)


def _alike(one: Candidate, other: Candidate, context: Context) -> bool:
    """Whether two plans differ in how many rows they show at most."""

    def plain(given: Candidate) -> list[tuple[str, dict[str, object]]]:
        return [(c.query, {**context.queries[c.query].parse(c.inputs), "top": 0}) for c in given.calls]

    return plain(one) == plain(other)


_STATE_ALONE = re.compile(
    r"[\s?;,]*(?:(?:the|any|all|is|are|it|now|still) )*(?:red|green|amber|orange|yellow|grey|gray|firing|fire|burning|active|open|closed|"
    r"hot|cold|on|off|up|down|bad|good|broken|failed|failing|stopped|running|idle|old|high|low)[\s?;,]*"
)
"""A state that is said of nothing: a question of its own only after another one."""
_OF_NOTHING = re.compile(
    r"[\s,]*(?:(?:and|so|or|but|also) )*(?:(?:in|on|for|of|at|by|from|to) (?:which|what) (?:accounts?|regions?|services?|teams?|venues?|month|day|environments?)|how (?:many|much)|since when|by whom)[\s?,]*"
)
"""What is asked of nothing: "in which account?"."""
_Plans = Sequence[tuple[float, Candidate]]
"""Plans and their probabilities, the likeliest first."""
_Keyed = Sequence[tuple[float, frozenset[str]]]
"""The calls of the same plans as text, which is made once: every rival is held against all of them."""


def _as_text(call: PlannedCall) -> str:
    """A call as text, whatever the order in which its inputs were filled."""
    return repr((call.query, sorted(call.inputs.items())))


def _alone(query: str, given: tuple[str, str], plans: _Plans) -> Candidate | None:
    """The likeliest plan that is one call of this query with this input."""
    asked = ((one, one.calls) for _, one in plans if len(one.calls) == 1)
    return next((one for one, (call,) in asked if call.query == query and given in call.inputs.items()), None)


def _held(calls: frozenset[str], keyed: _Keyed) -> float:
    """How probable it is that these calls hold all that is asked."""
    return sum(chance for chance, one in keyed if one <= calls)


def _either(chance: float, plans: _Plans, keyed: _Keyed, seen: Weighing) -> tuple[float, tuple[Candidate, ...]]:
    """The likeliest plan and its fittest rival, and how probable it is that they hold all that is asked.

    The likeliest alone, with its `chance`, where it has no rival.
    """
    best, context = plans[0][1], seen.context
    others = [
        (one, keys)
        for (other, one), (_, keys) in zip(plans[1:_RIVALS], keyed[1:_RIVALS], strict=True)
        if other >= SECOND and not _alike(one, best, context)
    ]
    if not others:
        return chance, (best,)
    found: tuple[float, tuple[Candidate, ...]] = (0.0, ())
    for rival, keys in others:
        calls = keyed[0][1] | keys
        if len(calls) <= MOST_CALLS and (held := _held(calls, keyed)) > found[0]:
            found = held, rivals.told(best, rival, seen.reading, seen.days, context)
    return found


def _of_deeds(chances: Sequence[float], every: Sequence[Weighed]) -> list[float]:
    """The chances where who made one change is asked: only plans that look for it have any."""
    kept = [chance if one.calls and tells_of(one.calls) else 0.0 for chance, one in zip(chances, every, strict=True)]
    return [chance / sum(kept) for chance in kept] if sum(kept) > 0 else list(chances)


_OFFERED = 2.0
"""Points that a query of the likeliest plan counts at least, among those that questions are offered of."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What is answered with: `readings`, the likelier first; or why nothing is."""

    reading: Reading
    found: Evidence
    readings: tuple[Candidate, ...] = ()
    nearest: Candidate | None = None
    """The likeliest plan, even where it is not answered with."""
    refused: Abstention | None = None
    unknown: tuple[str, str] | None = None
    """Kind and name of what does not exist."""
    unheard: str | None = None
    """What was named that the likeliest plan knows nothing of."""
    ahead: bool = False
    """A time to come is asked about, and nothing is known of it."""
    beyond: bool = False
    """A forecast is asked for of a time that none reaches to."""
    unsplit: str = ""
    """What a forecast is to be told apart by, though none is."""
    not_begun: bool = False
    """A part of a day is asked about that is still to come."""

    @property
    def offered(self) -> Mapping[str, float]:
        """Queries to offer examples of, the nearest first."""
        best = max(self.found.both.values(), default=0.0)
        first = {call.query: max(best, _OFFERED) for call in self.nearest.calls} if self.nearest else {}
        return {**first, **{name: points for name, points in self.found.both.items() if name not in first}}


@dataclass(frozen=True, slots=True)
class Weighing:
    """A question after one that was answered with `earlier`, and the plans that it may mean by how probable they are.

    It is what `decided` and `likeliest` choose from.
    """

    question: str
    earlier: tuple[PlannedCall, ...]
    days: tuple[PlannedCall, ...]
    """The same calls as plans are weighed after them: by whole days, and before they were set right."""
    reading: Reading
    found: Evidence
    plans: _Plans
    none: float
    """How probable it is that none of them is meant."""
    context: Context

    def hours(self, calls: Sequence[PlannedCall]) -> tuple[PlannedCall, ...]:
        """The calls of a plan with the hours that were said: weighed were whole days."""
        ending = expiring(calls, self.reading, self.context.now, self.earlier)
        return narrowed(ending, self.reading, self.earlier, self.context)


def weigh(question: str, earlier: tuple[PlannedCall, ...], context: Context) -> Weighing:
    """Read a question, asked after one that was answered with `earlier`, and weigh its plans."""
    return _weighed_lately((question, earlier, context, learned.used()))


def _weigh(said: tuple[str, tuple[PlannedCall, ...], Context, object]) -> Weighing:
    question, earlier, context, _ = said
    days = unsettled(earlier, context.now)
    seen = considered(question, days, context)
    chances = probabilities_of([one.features for one in seen.every], weights())
    if "who_did_what" in context.queries and deed(seen.reading):
        chances = _of_deeds(chances, seen.every)
    if asks_ahead(seen.reading):
        chances = of_times_to_come(chances, [one.candidate for one in seen.every], seen.reading)
    plans = sorted(
        ((chance, one.candidate) for chance, one in zip(chances, seen.every, strict=True) if one.candidate),
        key=lambda pair: -pair[0],
    )
    return Weighing(question, earlier, days, seen.reading, seen.found, plans, chances[-1], context)


_weighed_lately = Lately(_weigh)


def likeliest(seen: Weighing) -> tuple[PlannedCall, ...]:
    """The calls of the likeliest plan, whatever its probability: of what was asked to be changed, which is named in it."""
    best = _plainly(seen, seen.plans) or next((one for _, one in seen.plans), None)
    return seen.hours(best.calls) if best else ()


def decide(question: str, earlier: tuple[PlannedCall, ...], context: Context) -> Decision:
    """Decide what a question means, after one that was answered with `earlier`."""
    return decided(weigh(question, earlier, context))


def decided(seen: Weighing) -> Decision:
    """What a question means, or why it is not answered."""
    if held := shown(seen.reading, seen.earlier, seen.context):
        one = Candidate("dialogue", held.calls, held.limits)
        return Decision(seen.reading, seen.found, (one,), one)
    if plain := outright(seen.reading, seen.earlier, seen.context):
        return Decision(seen.reading, seen.found, (plain,), plain)
    heard, named = _heard(seen)
    found = _by_days(_not_strayed(heard))
    asked = [call for one in found.readings for call in one.calls]
    if asked and all(not_begun(call, seen.reading, seen.earlier, seen.context) for call in asked):
        return replace(found, readings=(), not_begun=True)
    return replace(
        found, unheard=named, readings=tuple(replace(one, calls=seen.hours(one.calls)) for one in found.readings)
    )


def _heard(seen: Weighing) -> tuple[Weighing, str | None]:
    """The plans that know of what a follow-up names, their chances among themselves; and what the likeliest does not."""
    if not may_be_unheard(seen.reading, seen.earlier):
        return seen, None
    missed = []
    for _, one in seen.plans:
        calls = as_asked(one.calls, seen.earlier, seen.reading, seen.context)
        missed.append(unheard(calls, seen.reading, seen.earlier, seen.context))
    kept = [pair for pair, said in zip(seen.plans, missed, strict=True) if not said]
    return _among(seen, kept), next(iter(missed), None)


def _not_strayed(seen: Weighing) -> Weighing:
    """The plans that keep to what a follow-up totals or compares, their chances among themselves."""
    if held := anchored(seen.reading, seen.days, seen.context):
        meant = [comes_to(call, seen.context) for call in held]
        kept = [pair for pair in seen.plans if [comes_to(call, seen.context) for call in pair[1].calls] == meant]
        return replace(seen, plans=[(1.0, replace(one, calls=held)) for _, one in kept[:1]], none=0.0)
    kept = staying(seen.plans, seen.reading, seen.days, seen.context)
    return seen if len(kept) == len(seen.plans) else _among(seen, kept)


def _among(seen: Weighing, kept: _Plans) -> Weighing:
    """Only these of the plans, with their chances, and that of none, among themselves."""
    total = sum(chance for chance, _ in kept) + seen.none or 1.0
    return replace(seen, plans=[(chance / total, one) for chance, one in kept], none=seen.none / total)


def _plainly(seen: Weighing, plans: _Plans) -> Candidate | None:
    """The plan of a kind of thing, or of a service on the bill, that was named and nothing more."""
    if (kind := plainly(seen.reading, alone=not seen.earlier)) and (one := _alone("inventory", ("kind", kind), plans)):
        return one
    if idle := with_idle_ones([one for _, one in plans], seen.reading):
        return idle
    for _, one in plans:
        if followed_up(one.calls, seen.reading, seen.days):
            return one
    billed = seen.days[0].query if seen.days and seen.days[0].query in OF_A_BILL else ""
    if not billed and asks_ahead(seen.reading):
        billed = "forecast"
    home = plainly_priced(seen.reading.text, of_a_bill=bool(billed))
    return _alone(billed or "spend", ("service", home), plans) if home else None


def _by_days(seen: Weighing) -> Decision:
    """What a question means, its times taken as whole days."""
    reading, found, earlier, context = seen.reading, seen.found, seen.days, seen.context
    if seen.plans and (split := split_ahead(seen.plans[0][1], reading, context)):
        return Decision(reading, found, nearest=seen.plans[0][1], unsplit=split)
    heeded = [pair for pair in seen.plans if asked_for(pair[1].calls, reading, context, earlier) is None]
    if heeded[:1] == seen.plans[:1]:  # else what is left is what nobody asked, however likely among itself
        seen = _among(seen, heeded)
        heeded = list(seen.plans)
    fair = [pair for pair in heeded if not _vetoed(pair[1], reading, context)]
    plans = fair or seen.plans[:1]
    if fair and not earlier and compared(fair[0][1].calls, reading, context.names):
        return Decision(reading, found, (fair[0][1],), fair[0][1])
    if one := _plainly(seen, plans):
        return Decision(reading, found, (one,), one)
    keyed = [(one_chance, frozenset(map(_as_text, one.calls))) for one_chance, one in plans]
    chance, best = plans[0] if plans else (0.0, None)
    if best is not None:
        chance = _held(keyed[0][1], keyed)
        chance += sum(other for other, one in plans[1:3] if _alike(one, best, context) and one.calls != best.calls)
    if not fair:
        chance = 0.0
    if other := unread(seen.question, reading.text, in_full(reading.flat, earlier)):
        return Decision(reading, found, refused=other)
    refused = refusal(reading.text, reading.flat)
    if refused and (chance < _DESPITE or not (earlier or refused.kind == "cannot_know")):
        return Decision(reading, found, refused=refused)
    if reading.found.unknown:
        return Decision(reading, found, unknown=reading.found.unknown[0])
    readings: tuple[Candidate, ...] = ()
    if not earlier and (_STATE_ALONE.fullmatch(reading.text) or _OF_NOTHING.fullmatch(reading.text)):
        return Decision(reading, found, nearest=best)  # of what, nobody said
    if best is not None and (chance >= SURE or (chance > 0 and asks_ends(best.calls, reading, context.now, earlier))):
        readings = (best,)
    elif best is not None and seen.none < chance:
        held, either = _either(chance, plans, keyed, seen)
        readings = either if held >= EITHER else ()
    if reading.stray and (chance < _NAMED or not context.names.complete):
        return Decision(reading, found, nearest=best, unknown=("name", reading.stray[0]))
    likeliest = best.calls[0].query if best else next(iter(found.both), "")
    if "FUTURE" in reading.concepts and likeliest not in _FORESEEN:
        return Decision(reading, found, nearest=best, ahead=True)
    later = any(m.word == "next_year" or to_come(m.word, context.now) for m in reading.when.mentions)
    if later and likeliest in _OF_NOW:
        return Decision(reading, found, nearest=best, ahead=True)
    if best is not None and NOT_FORECAST in best.limits:
        return Decision(reading, found, nearest=best, beyond=True)  # no other time's figure in its place
    # where nothing is answered, what stands against the likeliest plan of all is the reason to give
    return Decision(reading, found, readings, best if readings or not seen.plans else seen.plans[0][1])
