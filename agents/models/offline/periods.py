"""Which of the times named in a question go into which input: one period, a pair to compare, a forecast, a clock time."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from agents.models.offline import dates
from agents.models.offline.reading import Reading
from agents.models.offline.when import FUTURE, Mention
from tools.errors import InputError
from tools.periods import Period, parse_period, previous

_SKIP = FUTURE | {"now", "recently"}
_WORDS = {"this_month_end": "month_to_date"}
_MONTH = re.compile(r"\d{4}-\d\d")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@lru_cache(maxsize=1024)
def resolved(word: str, now: datetime) -> Period | None:
    """The period of a word, or None if it is no period."""
    try:
        return parse_period(word, now)
    except InputError:
        return None


def _named(reading: Reading) -> list[Mention]:
    return [m for m in reading.when.mentions if m.word not in _SKIP]


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
    return dates.shifted(period.first_day[:7], -12)


_THAN = re.compile(
    r"\b(?:than|vs|versus|against|compared? (?:to|with)|comparison to|relative to|from|since|over|dan|do que|as (?:in|last)|up on|down on|on)(?: in| the| that of| those of| what it was| for| it was)* $"
)


def for_change(reading: Reading, now: datetime) -> dict[str, Any]:
    """`period` and `compared_to`: the later of two is what is asked about, the earlier what it is compared to."""
    mentions = _named(reading)
    if not mentions:
        return {"compared_to": "previous"} if reading.when.relative else {}
    if len(mentions) == 1 and ".." in mentions[0].word and _pair_word(mentions[0].word) and not mentions[0].open_start:
        first, last = mentions[0].word.split("..")
        return {"period": last, "compared_to": first}
    explicit = [m for m in mentions if m.word != "year_before"]
    mentions = explicit if len(explicit) >= 2 else mentions  # "year on year, September 2025 against September 2026"
    words = [_WORDS.get(m.word, m.word) for m in mentions]
    single = sum(bool(_DAY.fullmatch(word)) or word in ("today", "yesterday") for word in words)
    if single < 2 and re.search(r"\bsame (?:days?|point|stage|part|stretch|dates)\b", reading.flat):
        month = dates.month_back(now.date(), 1)
        return {"period": "month_to_date", "compared_to": f"{month}-01..{month}-{min(now.day, 28):02d}"}
    if len(words) >= 2:
        return _pair(words[0], words[1], now)
    return _single(reading, mentions[0], words[0], now)


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


def _single(reading: Reading, mention: Mention, word: str, now: datetime) -> dict[str, Any]:
    bare = reading.flat[: mention.start]
    compared = bool(_THAN.search(bare)) or mention.open_start
    if word == "year_before":
        return {"compared_to": _year_before(word, None, now)}
    if not compared:
        return {"period": word}
    period = resolved(word, now)
    if period is None or (mention.open_start and period.start.day != 1) or period.days < 14:
        return {"period": word}
    base = f"{period.start:%Y-%m}" if mention.open_start else dates.word_of(period)
    if base == f"{now:%Y-%m}":
        return {"period": "month_to_date"}
    if word in ("month_to_date", "this_month_end"):
        return {"period": "month_to_date"}
    if base == dates.month_back(now.date(), 1):
        return {"period": "month_to_date", "compared_to": word if not mention.open_start else base}
    return {"period": "last_month", "compared_to": word if not mention.open_start else base}


def for_pair(period: str, other: str, now: datetime) -> str:
    """What a period that was talked about is compared to, when another time is named."""
    return _year_before(other, period, now) or "previous"


def _pair_word(word: str) -> bool:
    """Whether `A..B` names two single months or days as ends (so that "from August to September" is a pair)."""
    first, last = word.split("..")
    return bool(_MONTH.fullmatch(first) and _MONTH.fullmatch(last)) and dates.shifted(first, 1) == last


def for_forecast(reading: Reading, now: datetime) -> tuple[str | None, bool]:
    """A forecast period, and whether the time that was named is one of them (or none was)."""
    today = now.date()
    table = {
        "next_month": "next_month", "next_3_months": "next_3_months", "this_year": "this_year",
        "this_month_end": "this_month", "month_to_date": "this_month", "year_to_date": "this_year",
        "this_quarter": "next_3_months", str(today.year): "this_year", "today": "this_month", "now": None, "recently": None,
    }  # fmt: skip
    known = True
    for mention in reading.when.mentions:
        word = mention.word
        if word in table:
            if table[word]:
                return table[word], True
            continue
        if _MONTH.fullmatch(word):
            ahead = (int(word[5:7]) - today.month) % 12
            if ahead <= 3:
                return ("this_month", "next_month", "next_3_months", "next_3_months")[ahead], True
            if int(word[5:7]) == 12:
                return "this_year", True
        known = False
    return None, known


_BETWEEN = re.compile(r"\b(?:between|from) (\d{1,2})(?:[:.](\d\d))? (?:and|to|until) (\d{1,2})(?:[:.](\d\d))?\b")
_AROUND = 30
"""Minutes that `error_logs` looks to either side of a moment."""


def error_time(reading: Reading, now: datetime) -> str | None:
    """`YYYY-MM-DDTHH:MM` if a time of day was named, on the day that was named or the latest such time."""
    if reading.when.around is None:
        return None
    hour, minute = map(int, reading.when.around.split(":"))
    if between := _BETWEEN.search(reading.flat):
        # an hour from its middle on: half an hour to either side
        length = (int(between[3]) * 60 + int(between[4] or 0)) - (int(between[1]) * 60 + int(between[2] or 0))
        if length == 2 * _AROUND:
            hour, minute = divmod(int(between[1]) * 60 + int(between[2] or 0) + _AROUND, 60)
    for mention in _named(reading):
        period = resolved(mention.word, now)
        if period and period.days <= 1:
            return period.start.replace(hour=hour, minute=minute).strftime("%Y-%m-%dT%H:%M")
    moment = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if moment > now:
        moment -= timedelta(days=1)
    return moment.strftime("%Y-%m-%dT%H:%M")


def stepped(word: str, relative: str, now: datetime) -> str | None:
    """The period before, after or a year before the one that was talked about."""
    period = resolved(word, now)
    if period is None:
        return None
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
