"""Backward: "that day", "since then" as the date that was named before it in the same question, "the Sunday before" as the
one before the time that was spoken of, "an hour earlier" as the hours that were shown, moved by one."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from agents.models.offline.inputs.hours import time_of
from agents.models.offline.inputs.periods import resolved
from agents.models.offline.plan import PlannedCall
from agents.models.offline.times import dates
from agents.models.offline.times.stretches import Mention
from agents.models.offline.times.when import FUTURE, find_times
from agents.models.offline.words.lazily import compiled
from agents.models.offline.words.text import number, words
from tools.periods import previous

_BACK = (
    r"(?i)\b(?:(?P<since>since then|since that (?:day|date|moment|time|night|point)|from then on|ever since|since it (?:began|started|happened))|"
    r"(?:on |during |in |over |for )?(?:(?P<day>(?:that|the same) (?:same |very )?(?:day|date|night))(?! (?:a|one|last|of|the|in))|"
    r"(?P<week>that (?:same |very )?week)|(?P<month>that (?:same |very )?month)|"
    r"(?P<span>(?:those|these same|the same) (?:same )?(?:two |three |four |few )?(?:days|weeks|months|dates)(?! (?:of|in|a|last))|(?:that|the same) (?:same )?(?:period|window|stretch|weekend|quarter|time span|time frame|timeframe)(?! (?:of|in|a|last)))))\b"
)


_MAYBE = re.compile(r"(?i)\b(?:that|those|same|since|then)\b")


def dated(question: str, now: datetime) -> str:
    """The question in which what points back at a time that it names itself is that time."""
    if not _MAYBE.search(question):
        return question
    match = compiled(_BACK).search(question)
    if match is None:
        return question
    named = find_times(" ".join(words(question[: match.start()])), now).mentions
    known = [m for m in named if m.word not in FUTURE and m.word not in ("now", "recently") and resolved(m.word, now)]
    if not known or (said := _said(match, known[-1], now)) is None:
        return question
    return f"{question[: match.start()]}{said}{question[match.end() :]}"


_WEEKDAY_BEFORE = (
    rf"(?i)\b(?:on )?(?:the |that |de )?(?P<day>{'|'.join(sorted(dates.WEEKDAYS, key=len, reverse=True))}) "
    r"(?:(?:before|earlier)(?: (?:that|it|then))?|daarvoor|ervoor)(?=\W*$)"
)


def timed(question: str, earlier: Sequence[PlannedCall], now: datetime) -> str:
    """The question in which a time that is named by the one that was shown is that time.

    Args:
        question: what is asked.
        earlier: the calls of the answer before it.
        now: the clock, UTC.
    """
    period = next((str(call.inputs["period"]) for call in earlier if "period" in call.inputs), "")
    return _before_that(_hours_moved(_weekday_before(question, period, now), earlier, now), earlier, now)


def _weekday_before(question: str, period: str, now: datetime) -> str:
    """The question in which "the Sunday before" is that date: the last one before what it follows was of."""
    match = compiled(_WEEKDAY_BEFORE).search(question)
    spoken_of = resolved(period, now) if match and period else None
    if match is None or spoken_of is None:
        return question
    day = dates.weekday_back(dates.WEEKDAYS[match["day"].casefold()], spoken_of.start.date())
    return f"{question[: match.start()]}on {day.isoformat()}{question[match.end() :]}"


_BEFORE_THAT = (
    r"(?i)(?<!just )(?<!right )(?<!shortly )(?:(?<!day )|(?<=per day )|(?<=each day ))(?<!week )(?:(?<!month )|(?<=per month ))(?<!quarter )(?<!year )(?<!hour )(?<!s )\bbefore (?:that|this|then)"
    r"(?=\W*$|\s*,|\s+(?:on average|on a normal day|normally|usually|(?:per|by|a|each) (?:day|month))\b)"
)
_LEVELS = frozenset({"spend", "untagged_spend", "metric"})
"""Queries of how much there was in a time."""


def _before_that(question: str, earlier: Sequence[PlannedCall], now: datetime) -> str:
    """The question of how much it was "before that", with the time before the one that was shown, as long as it."""
    match = compiled(_BEFORE_THAT).search(question)
    word = next((time_of(call) for call in earlier if call.query in _LEVELS), "")
    shown = resolved(word, now) if match and word else None
    if match is None or shown is None:
        return question
    past = previous(shown)
    when = between(past.start, past.end) if "T" in word else f"in {dates.word_of(past)}"
    return f"{question[: match.start()]}{when}{question[match.end() :]}"


_COUNT = r"half an?|half|an?|een half|een|\d{1,3}|one|two|three|four|five|six|ten|fifteen|twenty|thirty|twee|drie|tien"
_UNIT = r"hours?|hrs?|minutes?|mins?|weeks?|uur|uren|minuten|minuut"
_STEP = (
    r"(?i)\b(?:(?:in|during|for|at) )?(?:(?:the )?same (?:time|hours?|window|stretch),? )?(?P<the>(?:the|het|de) )?(?:"
    rf"(?:(?P<count>{_COUNT}) )?(?P<unit>{_UNIT}) (?:(?P<back>before|earlier|prior|back|eerder|daarvoor|ervoor)|after|later|on|daarna|erna)(?: (?:that|this|then|it))?"
    rf"|(?:(?P<prior>previous|preceding|prior|vorige)|next|following|volgende) (?:(?P<many>{_COUNT}) )?(?P<of>{_UNIT}))"
    r"(?=\W*$|[,;]| (?:in|for|by|of|only|with|please)\b)"
)
_RIGHT_BESIDE = re.compile(
    r"(?i)\W*(?:(?:and|en|so|ok|what about|how about|what was there|wat was er)\W+)*(?:(?:just|right|shortly|directly|immediately) (?:before|(?P<after>after))(?: (?:that|this|it|then))?"
    r"|(?:vlak|net|kort) (?:(?:daar|er|hier)(?:voor|(?P<na>na))))\W*"
)
"""What was shown, of as long a stretch right before or after its hours."""
_STEPPED = re.compile(r"(?i)\b(?:hours?|hrs?|min\w*|weeks?|uur|uren)\b")
_DUTCH = {"een": 1, "twee": 2, "drie": 3, "tien": 10}


def _hours_moved(question: str, earlier: Sequence[PlannedCall], now: datetime) -> str:
    """The question in which "an hour earlier" is the hours that were shown, moved by one, where hours were shown.

    "The hour before" is the one that ends where these begin, so of a day also an hour earlier.
    """
    word = next((word for one in earlier if (word := time_of(one))), "")
    beside = _RIGHT_BESIDE.fullmatch(question)
    shown = resolved(word, now) if word and (beside or _STEPPED.search(question)) else None
    match = compiled(_STEP).search(question) if shown and not beside else None
    if shown is None or shown.days > 1:
        return question
    if beside and "T" in word:
        length, after = shown.end - shown.start, beside["after"] or beside["na"]
        start = shown.end if after else shown.start - length
        return question if start >= now else f"and {between(start, min(start + length, now))}"
    if match is None:
        return question
    unit = (match["unit"] or match["of"]).casefold()
    by = _length(match["count"] or match["many"] or "", unit)
    back, whole = bool(match["back"] or match["prior"]), not ("T" in word or word.endswith("_hours"))
    weeks = unit.startswith("week")
    if weeks and whole:
        return question  # a week, as it is said
    moved = (
        not whole
        and not match["of"]
        and not (match["the"] and not re.search(r"(?i)\b(?:earlier|later|eerder)\b", match[0]))
    )
    if weeks or moved:
        start, end = (shown.start - by, shown.end - by) if back else (shown.start + by, shown.end + by)
    else:
        start, end = (shown.start - by, shown.start) if back else (shown.end, shown.end + by)
    if start >= now:
        return question
    lead = question[: match.start()] if re.search(r"\w", question[: match.start()]) else "and "  # of what was shown
    return f"{lead}{between(start, min(end, now))}{question[match.end() :]}"


def _length(count: str, unit: str) -> timedelta:
    """How long so many hours, minutes or weeks are."""
    count, one = count.casefold(), timedelta(minutes=1) if unit.startswith("min") else timedelta(hours=1)
    one = timedelta(weeks=1) if unit.startswith("week") else one
    return one / 2 if "half" in count else one * (number(count) or _DUTCH.get(count) or 1)


def between(start: datetime, end: datetime) -> str:
    """Hours, in words that are read as these hours."""
    last = end - timedelta(minutes=1)
    if start.date() == last.date():
        till = f"{end:%H:%M}" if end.date() == start.date() else "24:00"
        return f"on {start:%Y-%m-%d} between {start:%H:%M} and {till}"
    return f"from {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}"


def _said(match: re.Match[str], mention: Mention, now: datetime) -> str | None:
    period = resolved(mention.word, now)
    if period is None:
        return None
    first, last = period.start.date(), (period.end - timedelta(microseconds=1)).date()
    if match["since"]:
        return f"since {first.isoformat()}"
    if match["day"]:
        return f"on {first.isoformat()}" if first == last or mention.open_start else None
    if match["week"]:
        monday = dates.monday_of(first)
        return dates.span(monday, min(monday + timedelta(days=6), now.date()))
    if match["month"]:
        return f"in {first:%Y-%m}"
    return f"in {dates.word_of(period)}"
