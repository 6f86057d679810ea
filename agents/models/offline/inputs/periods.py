"""Which of the times named in a question go into which input: one period, a pair to compare, a forecast, a clock time."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from agents.models.offline.reading import Reading
from agents.models.offline.times import dates
from agents.models.offline.times.stretches import Mention, kind
from agents.models.offline.times.when import FUTURE
from tools.errors import InputError
from tools.periods import Period, parse_period, previous

_SKIP = FUTURE | {"now", "recently"}
_WORDS = {"this_month_end": "month_to_date"}


@lru_cache(maxsize=1024)
def resolved(word: str, now: datetime) -> Period | None:
    """The period of a word, or None if it is no period."""
    try:
        return parse_period(word, now, hours=True)
    except InputError:
        return None


_ENDED_ON = re.compile(
    r"\b(?:laps(?:ed?|ing)|expir\w+|r[au]n out|end(?:ed|s)|fell away)(?: (?:on|at|by|in|as of|per|since|after))?(?: the)? $"
)


def _named(reading: Reading) -> list[Mention]:
    """The times that are asked about: not one at which something ended, where another is named."""
    named = [m for m in reading.when.mentions if m.word not in _SKIP]
    asked = [m for m in named if not _ENDED_ON.search(m.lead)]
    return asked or named


_SO_FAR = re.compile(
    r"\b(?:so far(?! as| so)|thus far|hitherto|to date|to this day|until (?:now|today)|as of (?:today|now|this morning)|as (?:it|things) stands?(?: now| today)?)\b"
)
_WHOLE = re.compile(
    r"(?<!per )(?<!by )(?<!each )(?<!every )(?<!a )(?<!last )\b(year|quarter|month|week)\b(?! (?:by|on|over|after|to)\b)"
)
_TO_DATE = {"year": "year_to_date", "quarter": "this_quarter", "month": "month_to_date", "week": "this_week"}


def so_far(reading: Reading) -> str | None:
    """What has begun and is not over, where its end alone is said ("spend so far"): the month, unless another is named."""
    if reading.when.mentions or not _SO_FAR.search(reading.flat):
        return None
    match = _WHOLE.search(reading.flat)
    return _TO_DATE[match[1] if match else "month"]


def one_period(reading: Reading, now: datetime) -> tuple[str | None, list[str]]:
    """The period that was named, and all of them if several were (to be looked at one by one)."""
    named = [_year_before(_WORDS.get(m.word, m.word), None, now) for m in _named(reading)]
    words = list(dict.fromkeys(word for word in named if word))
    if not words:
        return None, []
    if len(words) == 2 and (joined := _within(words, now)):
        return joined, []
    return words[0], words if len(words) > 1 else []


def _within(words: list[str], now: datetime) -> str | None:
    """Of a day and a stretch around it, the day."""
    first, second = (resolved(word, now) for word in words)
    if first and second:
        if first.start <= second.start and second.end <= first.end:
            return words[1]
        if second.start <= first.start and first.end <= second.end:
            return words[0]
    return None


def _year_before(word: str, base: str | None, now: datetime) -> str | None:
    if word != "year_before":
        return word
    period = resolved(base or "last_month", now)
    if period is None:
        return None
    first, last = period.start.date(), (period.end - timedelta(days=1)).date()
    if first.day != 1 or (last + timedelta(days=1)).day != 1 or period.days < _MONTH_DAYS:
        return dates.span(_a_year_before(first), _a_year_before(last))
    months = [dates.shifted(f"{day:%Y-%m}", -12) for day in (first, last)]
    return months[0] if months[0] == months[1] else f"{months[0]}..{months[1]}"


_WEEK_DAYS, _MONTH_DAYS, _YEAR_DAYS = 7, 28, 365


def _a_year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=min(day.day, 28) if day.month == 2 else day.day)


_THAN = re.compile(
    r"\b(?:than|vs|versus|against|compared? (?:to|with)|comparison to|relative to|from|since|(?:up|down|growth|increase|rise|drop|change|percent|more|less|higher|lower) over|dan|do que|as (?:in|last)|up on|down on|on)(?: in| the| that of| those of| what it was| for| it was)* $"
)


_AGAINST = re.compile(r"\b(?:than|vs|versus|against|compared? (?:to|with)|relative to|over)(?: in| the| that of)* $")


def for_change(reading: Reading, now: datetime) -> dict[str, Any]:
    """`period` and `compared_to`: the later of two is what is asked about, the earlier what it is compared to."""
    mentions = _named(reading)
    if not mentions:
        return {"compared_to": "previous"} if reading.when.relative else {}
    if len(mentions) == 1 and mentions[0].ends and not mentions[0].open_start:
        first, last = mentions[0].ends
        return {"period": last, "compared_to": first}
    explicit = [m for m in mentions if m.word != "year_before"]
    mentions = explicit if len(explicit) >= 2 else mentions  # "year on year, September 2025 against September 2026"
    words = [_WORDS.get(m.word, m.word) for m in mentions]
    if names_same_days(reading) and (pair := _same_days(words, now)):
        return pair
    if len(words) > 2:
        for place, mention in enumerate(mentions[1:]):
            if _AGAINST.search(mention.lead):
                return _pair(words[place], words[place + 1], now)
    if len(words) >= 2:
        return _pair(words[0], words[1], now)
    return _single(mentions[0], words[0], now)


_SAME_DAYS = re.compile(
    r"\b(?:same (?:days?|point|stage|part|stretch|dates|span|time)(?! (?:of )?(?:last|the|a) (?:week|year))|at this (?:stage|point)|by now)\b"
)


def names_same_days(reading: Reading) -> bool:
    """Whether the same days of another month are named."""
    return bool(_SAME_DAYS.search(reading.flat))


_SAME_POINT = re.compile(
    rf"{_SAME_DAYS.pattern}|\b(?:same (?:period|moment|date)|(?:this|that) (?:time|point|stage|moment|date)|by (?:then|today))\b"
)
"""The same, in words that are read so only where what is held against it is of a time that runs."""


def up_to_now(period: str, against: str, reading: Reading, now: datetime) -> str:
    """The time that one which runs is held against: as many days of it, where the same point in it is asked for."""
    runs, other = resolved(period, now), resolved(against, now)
    if runs is None or other is None or not runs.start < now <= runs.end or not _SAME_POINT.search(reading.flat):
        return against
    days = max(1, (now.date() - runs.start.date()).days)  # the bill of today is not complete
    if other.start >= runs.start or other.days <= days:
        return against
    first = other.start.date()
    return dates.span(first, first + timedelta(days=days - 1))


def same_days(reading: Reading, now: datetime) -> str | None:
    """The days of the month that is named that are the same ones as those of this month so far."""
    pair = _same_days([_WORDS.get(m.word, m.word) for m in _named(reading)], now)
    return str(pair["compared_to"]) if pair and pair["period"] == "month_to_date" else None


def _same_days(words: list[str], now: datetime) -> dict[str, Any] | None:
    """Days of a month (so far, unless some are named) and the same ones of another month."""
    if sum(kind(word) == "day" for word in words) > 1:
        return None
    days = next((word for word in words if kind(word) in ("day", "days") and resolved(word, now)), None)
    months = [word for word in words if kind(word) == "month" and resolved(word, now)]
    today = now.date()
    this = f"{today:%Y-%m}"
    if days is None:
        other = next(
            (f"{p.start:%Y-%m}" for w in months if (p := resolved(w, now)) and f"{p.start:%Y-%m}" != this), None
        )
        month = other or dates.month_back(today, 1)
        # the bill of today is not complete, so that the month so far ends yesterday
        last = min(max(1, today.day - 1), monthrange(int(month[:4]), int(month[5:]))[1])
        return {"period": "month_to_date", "compared_to": f"{month}-01..{month}-{last:02d}"}
    span = resolved(days, now)
    if span is None or not months:
        return None
    first, last = span.start.day, (span.end - timedelta(days=1)).day
    there = resolved(months[0], now)
    month = f"{there.start:%Y-%m}" if there else this
    moved = f"{month}-{first:02d}..{month}-{last:02d}"
    if (stretch := resolved(moved, now)) is None:
        return None
    later, earlier = (moved, days) if stretch.start > span.start else (days, moved)
    return {"period": later, "compared_to": earlier}


def _pair(left: str, right: str, now: datetime) -> dict[str, Any]:
    if "year_before" in (left, right):
        other = left if right == "year_before" else right
        return {"period": other, "compared_to": _year_before("year_before", other, now)}
    first, second = resolved(left, now), resolved(right, now)
    if first is None or second is None:
        return {}
    if left == right:
        return {"period": left}
    if first.start <= second.start and second.end <= first.end:
        return {"period": left}  # a day and the week around it are no pair
    if second.start <= first.start and first.end <= second.end:
        return {"period": right}
    later, earlier = (left, right) if first.start >= second.start else (right, left)
    return {"period": later, "compared_to": earlier}


_WIDER = re.compile(r"(?P<quarter>\d{4}-Q\d|last_quarter)|last_year|20\d\d")


def since(mention: Mention, now: datetime) -> str:
    """What is held against something "since" then: the month, quarter or year that was named, or the month of its start."""
    period = resolved(mention.word, now)
    if _WIDER.fullmatch(mention.since):
        return mention.since
    return f"{period.start:%Y-%m}" if period else mention.word


def _single(mention: Mention, word: str, now: datetime) -> dict[str, Any]:
    compared = bool(_THAN.search(mention.lead)) or mention.open_start
    if word == "year_before":
        return {"compared_to": _year_before(word, None, now)}
    if not compared:
        return {"period": word}
    period = resolved(word, now)
    if period is None or (mention.open_start and period.start.day != 1) or period.days < 14:
        return {"period": word}
    base = since(mention, now) if mention.open_start else dates.word_of(period)
    if wider := _WIDER.fullmatch(base) if mention.open_start else None:
        runs = "this_quarter" if wider["quarter"] else "year_to_date"
        ended = wider["quarter"] and resolved(base, now) != resolved("last_quarter", now)
        return {"period": "last_quarter" if ended else runs, "compared_to": base}
    if base == f"{now:%Y-%m}":
        return {"period": "month_to_date"}
    if word in ("month_to_date", "this_month_end"):
        return {"period": "month_to_date"}
    if base == dates.month_back(now.date(), 1):
        return {"period": "month_to_date", "compared_to": word if not mention.open_start else base}
    return {"period": "last_month", "compared_to": word if not mention.open_start else base}


def a_year_ago(word: str, now: datetime) -> str | None:
    """The same days of the year before, of a period that is shorter than a year."""
    period = resolved(word, now)
    return _year_before("year_before", word, now) if period and period.days < _YEAR_DAYS else None


def for_pair(period: str, other: str, now: datetime) -> tuple[str, str]:
    """`period` and `compared_to` of a period that was talked about and another that is named: the later one first."""
    named = _year_before(other, period, now) or "previous"
    before, after = resolved(period, now), resolved(named, now)
    if before and after and after.start >= before.end:
        return named, period
    return period, named


def for_forecast(reading: Reading, now: datetime) -> tuple[str | None, bool]:
    """A forecast period, and whether the time that was named is one of them (or none was)."""
    today = now.date()
    table = {
        "next_month": "next_month", "next_3_months": "next_3_months", "this_year": "this_year",
        "this_month_end": "this_month", "month_to_date": "this_month", "year_to_date": "this_year",
        "this_quarter": _this_quarter(today), str(today.year): "this_year", "today": "this_month", "now": None, "recently": None,
    }  # fmt: skip
    known = True
    if not reading.when.mentions and _QUARTER.search(reading.flat):
        return _this_quarter(today), True
    for mention in reading.when.mentions:
        word = mention.word
        if word in table:
            if table[word]:
                return table[word], True
            continue
        if kind(word) in ("day", "days") and word[-5:-3] == "12" and word[-10:-6] == str(today.year):
            return "this_year", True
        if months := _months_to_come(word, today, reading.flat):
            return months, True
        known = False
    return None, known


_ELEVEN = 11
"""Whole months to come that are forecast."""
_QUARTER = re.compile(r"\b(?:the|(?:end|rest|remainder|close) of) quarter\b(?! (?:before|after)\b)")
"""The quarter that runs, which no other word names."""


def _this_quarter(today: date) -> str:
    """The months of the quarter that runs."""
    first = 3 * ((today.month - 1) // 3) + 1
    return f"{today.year}-{first:02d}..{today.year}-{first + 2:02d}"


def _months_to_come(word: str, today: date, said: str) -> str | None:
    """The forecast of months to come: one, some in a row, a quarter or a half of a year; none if they reach too far.

    A month without a year (no such year is `said`) is the next of that name. Months in a row that have begun keep their
    first one: what is told of them begins with the month that runs.
    """
    if match := re.fullmatch(r"(\d{4})-Q([1-4])", word):
        word = f"{match[1]}-{int(match[2]) * 3 - 2:02d}..{match[1]}-{int(match[2]) * 3:02d}"
    if not re.fullmatch(r"\d{4}-\d\d(\.\.\d{4}-\d\d)?", word):
        return None
    ahead = [(int(one[:4]) - today.year) * 12 + int(one[5:7]) - today.month for one in word.split("..")]
    if ahead[-1] < 0 and word[:4] not in said:
        # read as months that have been, in whole years: the same ones to come
        years = -(ahead[-1] // 12)
        ahead = [one + 12 * years for one in ahead]
        word = "..".join(
            f"{today.year + (today.month - 1 + n) // 12}-{(today.month - 1 + n) % 12 + 1:02d}" for n in ahead
        )
    whole_year = (1 - today.month, 12 - today.month)
    named = {(0, 0): "this_month", (1, 1): "next_month", (1, 3): "next_3_months", whole_year: "this_year"}
    first, last = ahead[0], ahead[-1]
    return named.get((first, last)) or (word if 0 <= last <= _ELEVEN and first <= last else None)


_NIGHT = 2
"""Days that a night touches."""


def error_time(reading: Reading, now: datetime) -> str | None:
    """`YYYY-MM-DDTHH:MM` if a time of day was named, on the day that was named or the latest such time."""
    clock = reading.when.clock
    if clock is None:
        return None
    time = timedelta(minutes=clock.minute)
    for mention in _named(reading):
        period = resolved(mention.word, now)
        if period is None or period.days > _NIGHT:
            continue
        day = period.start.replace(hour=0, minute=0, second=0, microsecond=0)
        if period.days > 1 and time < timedelta(hours=12):
            day += timedelta(days=1)  # of a night, the morning
        return f"{day + time:%Y-%m-%dT%H:%M}"
    if any(mention.word not in ("today", "yesterday") for mention in _named(reading)):
        return None  # the same time on many days
    moment = now.replace(hour=0, minute=0, second=0, microsecond=0) + time
    if moment > now:
        moment -= timedelta(days=1)
    return f"{moment:%Y-%m-%dT%H:%M}"


_UNITS = {"day_before": (0, 1), "week_before": (7, 7), "month_before": (28, 31), "quarter_before": (90, 92)}
"""Units that are named, with the days that they have at least and at most."""


def _unit_before(relative: str, period: Period) -> str:
    """The day, week, month or quarter before a period, which may be longer or shorter than that."""
    least, most = _UNITS[relative]
    first = period.start.date()
    if least <= period.days <= most:
        return dates.word_of(previous(period))
    if relative in ("day_before", "week_before"):
        return dates.span(first - timedelta(days=most), first - timedelta(days=1))
    if relative == "month_before":
        return dates.month_back(first, 1)
    start = first.replace(day=1, month=3 * ((first.month - 1) // 3) + 1)
    return f"{dates.month_back(start, 3)}..{dates.month_back(start, 1)}"


def stepped(word: str, relative: str, now: datetime) -> str | None:
    """The period before, after or a year before the one that was talked about."""
    period = resolved(word, now)
    if period is None:
        return None
    if relative in _UNITS:
        return _unit_before(relative, period)
    if relative == "before":
        return dates.word_of(previous(period))
    if relative == "since":
        return dates.span(period.start.date(), now.date())
    if relative == "year_before":
        return dates.shifted(period.first_day[:7], -12) if period.days >= 27 else None
    after = Period(label="", start=period.end, end=period.end + (period.end - period.start))
    if period.start.day == 1 and period.days >= 27:
        return dates.shifted(period.first_day[:7], max(1, round(period.days / 30.4)))
    return dates.word_of(after)
