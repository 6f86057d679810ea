"""Reaching back: which of the turns before a question it takes up, where it says that it takes up an older one."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from agents.models.offline.inputs.acted import BACK
from agents.models.offline.inputs.choosing import Context
from agents.models.offline.inputs.periods import resolved
from agents.models.offline.intents.scoring import scores
from agents.models.offline.plan import Derivation, PlannedCall
from agents.models.offline.proposing.candidates import plain
from agents.models.offline.proposing.deeds import DEEDS
from agents.models.offline.proposing.reduced import asks_others
from agents.models.offline.proposing.shown import compares_two
from agents.models.offline.proposing.variants import members
from agents.models.offline.reading import read
from agents.models.offline.times.dates import word_of
from agents.models.offline.topics.actions import undoing
from agents.models.offline.topics.of_shown import of_shown_in
from agents.models.offline.words.lazily import compiled
from agents.models.offline.words.text import words
from tools.periods import Period

_BOTH = (
    r"(?i)\b(?:both|the two|these two|those two)(?: of (?:them|those))?\b(?=\W*(?:together|combined|added up|summed|in one|accounts|venues|places|side by side|per|by|for|in|then|please|$))(?: (?:together|combined|added up|summed(?: up)?))?"
    r"|\b(?:the two|them|all|taken|put|added) together\b|^\W*(?:and )?(?:combined|together|summed up|added up)\b"
)
"""Words that speak of what the last two turns were about, as one."""
_MAYBE = re.compile(r"(?i)\b(?:back|return\w*|revisit\w*|earlier|before|previously|first|original|initial|again)\b")
_OPENING = (
    r"(?i)^\W*(?:(?:ok\w*|so|and|now|then|right|hmm+|thanks|thank you|well|but|please|good|can we|could we|can you|i(?:'d| would) like to|i want to|let(?:'s| us| me))\b\W*)*"
    r"(?:(?:(?:go|going|come|coming|get|getting|turn|turning|jump|jumping|switch|switching|circl(?:e|ing)|step|stepping)\W+)?back\W+(?:to|on)\b(?! back)"
    r"|(?:return|returning|revert|reverting)\W+to\b|revisit(?:ing)?\b)\W*"
)
_THE_QUESTION = (
    r"(?i)\b(?:(?:to |about |on |as for )?(?:the|my|our|that) )?(?:very )?"
    r"(?:(?P<first>first|original|initial)|(?P<older>earlier|older)) (?:question|query|topic|subject|(?P<one>one))(?: again)?\b"
)
_SHOWN = (
    r"(?i)(?:\b(?:that |which )?(?:you|we|i|it was|they were|were|was) (?:(?:have |had |just )?(?:showed|shown|listed|gave|given|mentioned|asked(?: about| for)?|looked at|discussed|saw|seen|talked about|reported|started with|had) )(?:me |us )?)?"
    r"(?:\b(?:from|of) (?:before|earlier)\b|\b(?<!day )(?<!days )(?<!week )(?<!weeks )(?<!month )(?<!months )(?<!year )(?<!years )(?<!hour )(?<!hours )(?<!minutes )(?<!night )(?<!quarter )(?<!just )(?<!right )(?<!shortly )(?<!directly )(?<!immediately )(?:earlier|before|previously)\b(?= *(?:[,:;?.!]|$))|\bagain\b)"
)
_END = re.compile(
    r"(?i)\s*[:;,?!]\s*|\s+-+\s+|\.\s+|\s+(?=(?:but|and|now|what about|how about|for|in|per|by|with|split|broken)\b)"
)
_LEAD = re.compile(r"(?i)^(?:and|but|what|how|who|which|why|when|is|are|was|were|do|does|did|only|just|now|same)\b")


@dataclass(frozen=True, slots=True)
class Turn:
    """A question before this one, what was answered to it, its calls, and what narrows it that these leave aside."""

    question: str
    answer: str
    calls: tuple[PlannedCall, ...]
    aside: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    """What was said to be unknown or not of the time that was asked about, see `weighing.thread`."""
    then: tuple[Derivation, ...] = ()
    focus: tuple[str, ...] = ()
    """What was worked out of it, and whose rows were told first."""
    place: tuple[tuple[str, str], ...] = ()
    """The place that the conversation is of by then, see `weighing.lasting`: an input and its value."""


def reached(question: str, turns: Sequence[Turn], context: Context) -> tuple[str, Turn | None]:
    """The question as a follow-up of the turn that it takes up, and that turn; or as it is, and none.

    Args:
        question: what is asked.
        turns: the turns before it that had calls, oldest first.
        context: names, clock and queries.
    """
    opening = compiled(_OPENING).match(question)
    rest = question[opening.end() :] if opening else question
    which = compiled(_THE_QUESTION).search(rest)
    if opening and not which and _only_when_or_where(rest, context):
        return _as_follow_up(rest), None
    if len(turns) < 2:
        return question, None
    if (rise := _behind_deeds(turns)) and of_shown_in(question) in ("cost", "still"):
        return question, rise
    if undone := _what_was_undone(question, turns):
        return question, undone
    over = compiled(_OVER_BOTH).search(question) if _AS_ONE.search(question) else None
    if over and (held := _both_times(turns[-2], turns[-1], context)):
        rest = _as_follow_up(question[: over.start()], question[over.end() :])
        return "what is the monthly average" if _means_of_months(question, held, context) else rest, held
    if words(question) == _THE_TWO or _of_the_difference(question, turns):
        return _compared(question, turns[-2], turns[-1], context)
    if (both := compiled(_BOTH).search(question)) and (places := _places(turns[-2], turns[-1], context)):
        return _as_follow_up(question[: both.start()], f"for {places}", question[both.end() :]), turns[-1]
    if not _MAYBE.search(question):
        return question, None
    if which and (opening or not which["one"] or "again" in which[0]):
        turn = turns[0] if which["first"] else turns[-2]
        return _as_follow_up(rest[: which.start()], rest[which.end() :]), turn
    if opening:
        end = _END.search(rest)
        subject, after = (rest[: end.start()], rest[end.end() :]) if end else (rest, "")
        if found := _about(subject, turns, context):
            return _as_follow_up("" if after else subject, after), found
        return question, None
    if (shown := compiled(_SHOWN).search(question)) and (found := _about(question[: shown.start()], turns, context)):
        return _as_follow_up(question[: shown.start()], question[shown.end() :]), found
    return question, None


def placed_before(question: str, before: Turn, turns: Sequence[Turn], context: Context) -> Turn:
    """The turn before, of the place that was spoken of last, where "the other venues" are asked for and it is of none."""
    if not asks_others(read(question, context.names, context.now)) or len(before.calls) != 1:
        return before
    call = before.calls[0]
    for turn in reversed(turns) if "accounts" not in call.inputs else ():
        placed = [one for one in turn.calls if one.query == call.query and "accounts" in one.inputs]
        if len(turn.calls) == len(placed) == 1:
            return replace(before, calls=(call.having(accounts=placed[0].inputs["accounts"]),))
    return before


_OVER_BOTH = r"(?i)\b(?:(?:over|of|for|across|in|from|during|between) )?(?:both|(?:all )?(?:the|these|those|the last) (?:two|2))(?: (?:of (?:them|those|these)|periods?|quarters?|months?|halves|times))?\b"
_AS_ONE = re.compile(r"(?i)\b(?:average|mean|together|altogether|combined|in total|in all)\b")
"""Times that are spoken of as one, in a question for their average or their sum."""


def _both_times(one: Turn, other: Turn, context: Context) -> Turn | None:
    """The last of two bills that differ in their time alone, of both times: as one where they lie next to each other."""
    if [call.query for call in (*one.calls, *other.calls)] != ["spend", "spend"]:
        return None
    held = [context.queries["spend"].parse(turn.calls[0].inputs) for turn in (one, other)]
    spans = [resolved(str(inputs.pop("period")), context.now) for inputs in held]
    if held[0] != held[1] or not spans[0] or not spans[1] or spans[0] == spans[1]:
        return None
    first, last = sorted((spans[0], spans[1]), key=lambda period: period.start)
    if first.end != last.start:
        return replace(other, calls=(*one.calls, *other.calls))
    period = word_of(Period(label="", start=first.start, end=last.end))
    return replace(other, calls=(other.calls[0].having(period=period),))


_MEAN = re.compile(r"(?i)\b(?:average|mean)\b")
_EACH_TIME = re.compile(r"(?i)\b(?:monthly|per month|day|daily|week(?:ly)?|quarter(?:ly)?)\b")
_TWO_MONTHS = 62


def _means_of_months(question: str, both: Turn, context: Context) -> bool:
    """Whether the average of two months is asked for, and not of what."""
    period = resolved(str(both.calls[0].inputs["period"]), context.now)
    months = period is not None and period.start.day == 1 and period.days <= _TWO_MONTHS
    return months and bool(_MEAN.search(question)) and not _EACH_TIME.search(question)


def _behind_deeds(turns: Sequence[Turn]) -> Turn | None:
    """The turn that showed how a bill has moved, where what came after it is who did that: a deed has no price of its own."""
    before = next((turn for turn in reversed(turns) if not {call.query for call in turn.calls} <= DEEDS), None)
    if before is None or before is turns[-1] or not {call.query for call in before.calls} <= _MOVED:
        return None
    return before


def _what_was_undone(question: str, turns: Sequence[Turn]) -> Turn | None:
    """The turn that showed what was done, where it is asked if that was undone, and what came after it shows all deeds."""
    if not BACK.search(question.casefold()) or any("action" in call.inputs for call in turns[-1].calls):
        return None
    if not {call.query for call in turns[-1].calls} <= DEEDS:
        return None
    done = (turn for turn in reversed(turns) if any(undoing(str(c.inputs.get("action", ""))) for c in turn.calls))
    return next(done, None)


_MOVED = frozenset({"spend_change", "cost_anomalies"})
"""Queries that show how a bill has moved."""


def _as_follow_up(*parts: str) -> str:
    said = " ".join(part.strip(" ,:;.-") for part in parts if part.strip(" ,:;.-?!"))
    return said if _LEAD.match(said) else f"and {said}"


def _about(subject: str, turns: Sequence[Turn], context: Context) -> Turn | None:
    """The latest turn that was about what the words name, unless the last one was."""
    if not words(subject):
        return None
    named = scores(read(subject, context.names, context.now), context.queries)
    likeliest = max(named.values(), default=0.0)
    last = {call.query for call in turns[-1].calls}
    fits = [max((named.get(call.query, 0.0) for call in turn.calls), default=0.0) for turn in turns]
    best = max(fits)
    if best <= 0 or best < likeliest / 2 or any(named.get(query, 0.0) >= best for query in last):
        return _of(subject, turns, context)
    return next(turn for turn, fit in zip(reversed(turns), reversed(fits), strict=True) if fit == best)


def _of(subject: str, turns: Sequence[Turn], context: Context) -> Turn | None:
    """The latest turn that was narrowed to the service or the account that is named, unless the last one was."""
    found = read(subject, context.names, context.now).found
    named = {*found.services, *found.accounts, *found.teams, *(f"venue:{venue}" for venue in found.venues)}
    told = [{str(value) for call in turn.calls for value in call.inputs.values()} for turn in turns]
    fits = [turn for turn, values in zip(turns, told, strict=True) if named & values]
    return fits[-1] if fits and not named & told[-1] else None


_GROUPS = {
    "accounts": "place", "team": "place", "venue": "place",
    "service": "billed", "part": "billed", "usage_type": "billed",
    "by": "rows", "top": "rows",
}  # fmt: skip
"""Inputs that say one thing between them; how rows are split is no difference of what was asked."""
_ALMOST_A_YEAR = 360
_THE_TWO = ["compare", "the", "two"]


def _compared(question: str, one: Turn, other: Turn, context: Context) -> tuple[str, Turn | None]:
    """The last two answers held against each other: their places, their times, or else both of them once more.

    They are two where the same was asked, and one thing of it was another; of others it is not known what is compared.
    """
    if places := _places(one, other, context):
        return _as_follow_up("compare", f"for {places}"), other
    if len(one.calls) != 1 or len(other.calls) != 1 or one.calls[0].query != other.calls[0].query:
        return question, None
    query = context.queries[one.calls[0].query]
    held = [query.parse(turn.calls[0].inputs) for turn in (one, other)]
    differ = {key for key in held[0] if plain(key, held[0][key], context) != plain(key, held[1][key], context)}
    if len({_GROUPS.get(key, key) for key in differ} - {"rows"}) != 1:
        return question, None
    if query.name == "spend" and "period" in differ and (period := resolved(str(held[0]["period"]), context.now)):
        return f"versus {_said(period)}", other
    return question, Turn(other.question, other.answer, (*one.calls, *other.calls), (*one.aside, *other.aside))


_DIFFER = re.compile(r"(?i)\b(?:difference|gap|by how much|how much (?:more|less|higher|lower|cheaper|dearer))\b")
_PERCENT = re.compile(r"(?i)%|\b(?:percent\w*|relative\w*)\b")


def of_two_rows(question: str, turn: Turn, context: Context) -> tuple[str, Turn] | None:
    """By how much the two accounts of the last answer differ, and that answer with these named; None of any other question.

    What was shown before it is not held against it: one of the two would be in both.
    """
    if not _DIFFER.search(question) or of_shown_in(_WORTH.sub("", question)) != "by how much":
        return None
    if [call.query for call in turn.calls] != ["spend"] or turn.calls[0].inputs.get("by") != "account":
        return None
    held = members(str(turn.calls[0].inputs.get("accounts", "")), context)
    if len(held) != 2:
        return None
    named = tuple(call.having(accounts=",".join(held)) for call in turn.calls)
    asked = "by how much in percent?" if _PERCENT.search(question) else "by how much?"
    return asked, Turn(turn.question, turn.answer, named, turn.aside)


_WORTH = re.compile(r"(?i) (?:in|as) (?:a )?(?:%|percent\w*|relative terms)")


def _of_the_difference(question: str, turns: Sequence[Turn]) -> bool:
    """Whether by how much the last two bills differ is asked, of which each was one figure."""
    if of_shown_in(question) != "by how much":
        return False
    bills = [call for turn in turns[-2:] for call in turn.calls]
    return [call.query for call in bills] == ["spend", "spend"] and not compares_two(turns[-1].calls)


def _said(period: Period) -> str:
    """A period in words that are read as it."""
    if period.start.month == 1 and period.days > _ALMOST_A_YEAR:
        return f"{period.start:%Y}"
    quarter = f"{period.start:%Y}-Q{(period.start.month + 2) // 3}"
    return quarter if resolved(quarter, period.end) == period else word_of(period)


def _only_when_or_where(said: str, context: Context) -> bool:
    """Whether words name a time or a place and nothing that could be asked of it."""
    reading = read(said, context.names, context.now)
    return bool(reading.when.mentions or reading.found.placed()) and not re.search(
        r"[a-z]{2,}", _BESIDE.sub(" ", reading.text)
    )


_BESIDE = re.compile(r"<\w+>|\b(?:in|on|at|of|for|the|and|now|please|then)\b")


def _places(one: Turn, other: Turn, context: Context) -> str | None:
    """The places of the last two turns in words, where these differ in their place alone."""
    if len(one.calls) != 1 or len(other.calls) != 1 or one.calls[0].query != other.calls[0].query:
        return None
    held = [dict(turn.calls[0].inputs) for turn in (one, other)]
    mine, theirs = (str(inputs.pop("accounts", "")) for inputs in held)
    query = context.queries[one.calls[0].query]
    if not mine or not theirs or mine == theirs or query.parse(held[0]) != query.parse(held[1]):
        return None
    return " and ".join(dict.fromkeys(f"{mine},{theirs}".replace(":", " ").split(",")))
