"""Dates, times and periods in running text, resolved by code against an injected clock.

`find_times` returns every phrase that states one: `6 October 2026 14:18 UTC`, `Oct 6th`, `06/10/2026`, `2026-09`,
`September`, `Q3 2026`, `last month`, `last 7 days`, `yesterday`, `last Tuesday`, `vorige maand`, `mês passado`.
A phrase may have several readings (day and month order, a month not yet over); all are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal

from policies.grounding.lexicon import MONTHS, SMALL, WEEKDAYS
from tools.errors import InputError
from tools.periods import Period, parse_period


@dataclass(frozen=True, slots=True)
class When:
    """A phrase of the folded text that states a date, a time or a period.

    `days` are readings as a day, `clock` the time of day if one is stated, `periods` readings as `(start, end)`.
    `relative` says that it is only understood beside another period ("the month before").
    """

    start: int
    end: int
    kind: Literal["date", "time", "period"]
    days: tuple[date, ...] = ()
    clock: str | None = None
    periods: tuple[tuple[datetime, datetime], ...] = ()
    relative: bool = False
    span: bool = False
    """From one month to another."""
    named: bool = False
    """`last month`, `this year`: said of the whole of it."""
    parts: tuple[tuple[datetime, datetime], ...] = ()
    """Readings as a part of a day, `Tuesday evening`, in UTC; `periods` keep the whole of the day."""


_MONTH = "|".join(sorted((re.escape(m) for m in MONTHS), key=len, reverse=True))
_DAY = "|".join(WEEKDAYS)
_COUNT = r"(?P<n>\d{1,4}|" + "|".join(w for w in SMALL if w.isalpha()) + ")"
_CLOCK = (
    r"(?:,? (?:at |om |às )?(?P<clock>\d{1,2}:\d{2}(?::\d{2})?)(?: ?(?P<half>[ap]m))?(?: ?(?:UTC|GMT|"
    r"CET|CEST|Z)\b)?)?"
)
_UNITS = {
    "hour": "hours", "day": "days", "week": "weeks", "month": "months", "uur": "hours", "uren": "hours",
    "dag": "days", "maand": "months", "weken": "weeks", "dia": "days", "mês": "months", "mes": "months",
    "hora": "hours", "semana": "weeks",
}  # fmt: skip
_SIMPLE = {
    "last month": "last_month", "previous month": "last_month", "past month": "last_month",
    "vorige maand": "last_month",
    "afgelopen maand": "last_month", "mês passado": "last_month", "this month": "month_to_date",
    "month to date": "month_to_date", "month-to-date": "month_to_date", "deze maand": "month_to_date",
    "este mês": "month_to_date", "current month": "month_to_date", "so far this month": "month_to_date",
    "last week": "last_week", "previous week": "last_week", "vorige week": "last_week", "semana passada": "last_week",
    "this week": "this_week", "deze week": "this_week", "esta semana": "this_week", "yesterday": "yesterday",
    "gisteren": "yesterday", "ontem": "yesterday", "today": "today", "vandaag": "today", "hoje": "today",
    "last quarter": "last_quarter", "previous quarter": "last_quarter", "vorig kwartaal": "last_quarter",
    "this quarter": "this_quarter", "dit kwartaal": "this_quarter", "last year": "last_year", "vorig jaar": "last_year",
    "ano passado": "last_year", "this year": "year_to_date", "dit jaar": "year_to_date", "este ano": "year_to_date",
    "year to date": "year_to_date", "year-to-date": "year_to_date", "previous year": "last_year",
}  # fmt: skip
_LAST = r"(?:last|past|previous|laatste|afgelopen|vorige|últim[oa]s)"
_RELATIVE = (
    r"(?:the )?(?:month|week|day|quarter|year) (?:before|earlier)|the (?:previous|prior|preceding) "
    r"(?:month|week|day|quarter|year)|(?:a|one) (?:month|week|day|quarter|year) (?:earlier|before)|"
    r"de maand (?:ervoor|daarvoor)|een maand eerder|no mês anterior|mês anterior"
)
_TO = r"to|until|till|through|thru|up to|tot en met|tot|t/m|a|ao|at\u00e9(?: ao?)?|and including"
"""Words between the two ends of a range of days."""
_PHRASE = re.compile(
    r"(?<!\w)(?:(?P<iso>\d{4}-\d{2}-\d{2})(?:[T ](?P<isoclock>\d{2}:\d{2}(?::\d{2})?)(?:\.\d{1,6})?"
    r"(?: ?(?:Z|UTC|\+00:00))?)?(?![\w-])"
    r"|(?P<isomonth>(?:19|20)\d{2}-(?:0[1-9]|1[0-2]))(?![\w-])"
    r"|(?P<numeric>\d{1,2}(?P<sep>[/.-])\d{1,2}(?P=sep)(?:\d{4}|\d{2}))(?![\w/])"
    + _CLOCK.replace("clock", "nclock").replace("half", "nhalf")
    + rf"|(?P<from>\d{{1,2}})(?:st|nd|rd|th)?(?: de)?(?: (?P<fm>{_MONTH})\b\.?(?: de)?(?: (?P<fy>(?:19|20)\d{{2}}))?)?"
    rf"(?: (?:{_TO}|(?P<and>and|en|e))(?: the| o)? | ?[-\u2013] ?)(?P<to>\d{{1,2}})(?:st|nd|rd|th)?(?: of| de)? "
    rf"(?P<rm>{_MONTH})\b(?:,?(?: de)? (?P<ry>(?:19|20)\d{{2}})\b)?"
    rf"|(?<!\d[.,])(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?: of| de)? (?P<dm>{_MONTH})\b\.?(?:,?(?: de)? "
    rf"(?P<dy>(?:19|20)\d{{2}})\b)?"
    + _CLOCK.replace("clock", "dclock").replace("half", "dhalf")
    + rf"|(?P<mm>{_MONTH})\b\.? (?:the )?(?P<md>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:%]|[.,]\d)(?:,? "
    rf"(?P<my>(?:19|20)\d{{2}})\b)?"
    + _CLOCK.replace("clock", "mclock").replace("half", "mhalf")
    + rf"|(?P<m1>{_MONTH})\b(?: (?P<y1>(?:19|20)\d{{2}}))?"
    r"(?: ?[-/] ?| (?:to|through|until|till|and|tot en met|tot|t/m|a|at\u00e9|en|e)(?: the end of)? )"
    rf"(?P<m2>{_MONTH})\b(?:,?(?: de)? (?P<y2>(?:19|20)\d{{2}})\b)?"
    rf"|(?P<month>{_MONTH})\b(?:,?(?: de)? (?P<year>(?:19|20)\d{{2}})\b)?(?P<todate> to date)?"
    r"|(?:the )?(?P<nth>first|second|third|fourth|1st|2nd|3rd|4th) quarter(?! of (?!20))(?: of)?(?: "
    r"(?P<nthyear>(?:19|20)\d{2})\b)?"
    r"|[QK](?P<q>[1-4])(?:[ -](?P<qy>(?:19|20)\d{2}))?(?!\w)|(?P<qy2>(?:19|20)\d{2})-?[QK](?P<q2>[1-4])(?!\w)"
    rf"|(?P<relative>{_RELATIVE})(?!\w)"
    rf"|(?P<simple>{'|'.join(sorted(_SIMPLE, key=len, reverse=True))})(?!\w)"
    rf"|{_LAST} {_COUNT}[ -](?P<u>{'|'.join(_UNITS)})\w*"
    rf"|(?:(?P<prev>last|previous|vorige|afgelopen|this|next) )?(?P<weekday>{_DAY})(?!\w)"
    r"|(?P<time>(?:(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?|24:00))(?![\d:]) ?(?P<ampm>[ap]m)?"
    r"(?: ?(?:UTC|GMT|CET|CEST|Z)\b)?"
    r"|(?P<bareyear>20\d{2})(?=(?:[ ,.;:)?!*|\n]|$)(?!\d))(?! (?:[a-z]{3,}s)\b))",
    re.IGNORECASE,
)
_AMBIGUOUS = frozenset({"may", "march", "mar", "mei", "sep", "dec", "jan", "jun", "maio", "august", "maart"})
_NTH = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}
_BEFORE_MAY = re.compile(
    r"(?:\b(?:in|of|since|during|from|to|until|till|through|last|this|for|and|by|over|than|with|"
    r"against|vs\.?|mid|late|"
    r"early|between|sinds|van|tot|em|de|desde|en|e|begin|eind|contra|tegen) |[(/-]|^\s*|[|:\n] ?)$",
    re.IGNORECASE,
)


def find_times(text: str, now: datetime, offset: int = 0) -> tuple[When, ...]:
    """Every date, time and period phrase of a folded text, in order, without overlaps, counted from `offset`."""
    return _in_label(text, now, offset) if len(text) <= _LABEL else _find(text, now, offset)


_LABEL = 200
"""Characters of a text that is kept, since labels and questions are read again and again; drafts are not kept."""


@lru_cache(maxsize=512)
def _in_label(text: str, now: datetime, offset: int) -> tuple[When, ...]:
    return _find(text, now, offset)


def _find(text: str, now: datetime, offset: int) -> tuple[When, ...]:
    found: list[When] = []
    for match in _PHRASE.finditer(text):
        found.extend(_in_part(when, text) for when in _read(match, text, now.astimezone(UTC)))
    return tuple(replace(w, start=w.start + offset, end=w.end + offset) if offset else w for w in found)


_HOURS = {
    "morning": ((6, 12), (0, 12)), "afternoon": ((12, 18),), "evening": ((18, 24),), "night": ((18, 30), (0, 6)),
    "ochtend": ((6, 12), (0, 12)), "middag": ((12, 18),), "avond": ((18, 24),), "nacht": ((18, 30), (0, 6)),
    "manhã": ((6, 12), (0, 12)), "tarde": ((12, 18),), "noite": ((18, 30),),
}  # fmt: skip
"""Hours from midnight that a part of a day may be said of."""
_OF_DAY = "|".join(_HOURS)
_PART_AFTER = re.compile(rf"(?:'s)?,?(?: in the| early| late| de| à| in de)? ({_OF_DAY})(?!\w)", re.IGNORECASE)
_PART_BEFORE = re.compile(rf"(?<!\w)({_OF_DAY}) (?:of|van|on|de)(?: the| de)? $", re.IGNORECASE)


def _in_part(when: When, text: str) -> When:
    """A phrase of one day, with the part of the day that is said beside it."""
    if not when.days or when.clock:
        return when
    said = _PART_AFTER.match(text, when.end) or _PART_BEFORE.search(text[max(0, when.start - 20) : when.start])
    if said is None:
        return when
    hours = _HOURS[said[1].lower()]
    days = [_midnight(day) for day in when.days]
    return replace(
        when, parts=tuple((day + timedelta(hours=a), day + timedelta(hours=b)) for day in days for a, b in hours)
    )


def _read(match: re.Match[str], text: str, now: datetime) -> Iterator[When]:
    g, (start, end) = match.groupdict(), match.span()
    while end > start and text[end - 1] in " ,.":
        end -= 1
    today = now.date()
    if g["iso"] or g["numeric"] or g["d"] or g["md"]:
        clock, half = (
            _first(g, "isoclock", "nclock", "dclock", "mclock"),
            _first(g, "nhalf", "dhalf", "mhalf"),
        )
        days = _days_of(g, today)
        if days:
            yield When(start, end, "time" if clock else "date", days, _clock(clock, half), tuple(map(_day, days)))
    elif g["to"] and g["fm"] and g["and"]:
        cut = match.start("and") - 1  # `13 September and 1 October`: two days
        yield from find_times(text[start:cut], now, start)
        yield from find_times(text[match.start("to") : end], now, match.start("to"))
    elif g["to"]:
        yield from _range(start, end, g, today)
    elif g["isomonth"]:
        yield _period(start, end, g["isomonth"], now)
    elif g["m2"]:
        yield from _months_between(match, text, g, now)
    elif g["month"]:
        if _is_month(match, text):
            yield When(start, end, "period", periods=_month(MONTHS[g["month"].lower()], g["year"], now))
    elif g["q"] or g["q2"] or g["nth"]:
        year = g["qy"] or g["qy2"] or g["nthyear"]
        quarter = int(g["q"] or g["q2"] or _NTH[(g["nth"] or "").lower()])
        for candidate in [int(year)] if year else [today.year, today.year - 1]:
            if datetime(candidate, 3 * quarter - 2, 1, tzinfo=UTC) <= now:
                yield _period(start, end, f"{candidate}-Q{quarter}", now)
                break
        else:
            yield When(start, end, "period")
    elif g["relative"]:
        yield When(start, end, "period", relative=True)
    elif g["simple"]:
        yield replace(_rolling(_period(start, end, _SIMPLE[g["simple"].lower()], now), text, now), named=True)
    elif g["u"]:
        count = int(g["n"]) if g["n"].isdigit() else SMALL[g["n"].lower()]
        yield replace(_period(start, end, f"last_{count}_{_UNITS[g['u'].lower()]}", now), named=True)
    elif g["weekday"]:
        back = (now.weekday() - WEEKDAYS[g["weekday"].lower()]) % 7
        day = today - timedelta(days=back)
        days = (day, day - timedelta(days=7)) if g["prev"] or back == 0 else (day,)
        yield When(start, end, "date", days, None, tuple(map(_day, days)))
    elif g["time"]:
        yield When(start, end, "time", (), _clock(g["time"], g["ampm"]))
    elif g["bareyear"]:
        yield _period(start, end, g["bareyear"], now)


def _rolling(when: When, text: str, now: datetime) -> When:
    """`the last month`, `past week`: also the thirty or seven days until now."""
    said = text[max(0, when.start - 4) : when.end].lower()
    days = {"month": 30, "maand": 30, "week": 7}.get(said.split()[-1] if said.split() else "")
    if days is None or not re.search(r"\bthe (?:last|past)\b|\bpast\b|afgelopen", said):
        return when
    return replace(when, periods=(*when.periods, *_period(0, 0, f"last_{days}_days", now).periods))


def _range(start: int, end: int, g: dict[str, str | None], today: date) -> Iterator[When]:
    """`8 to 24 September`: one period, both days included."""
    month, years = MONTHS[(g["rm"] or "").lower()], [int(g["ry"])] if g["ry"] else [today.year, today.year - 1]
    first = MONTHS[g["fm"].lower()] if g["fm"] else month
    spans = []
    for year in years:
        before = int(g["fy"]) if g["fy"] else year - (first > month)
        days = _valid([(before, first, int(g["from"] or 0)), (year, month, int(g["to"] or 0))])
        if len(days) == 2:
            spans.append((_midnight(days[0]), _midnight(days[1] + timedelta(days=1))))
    yield When(start, end, "period", periods=tuple(spans))


def _months_between(match: re.Match[str], text: str, g: dict[str, str | None], now: datetime) -> Iterator[When]:
    """`April to September 2026`: one period, and each of the two months in `August and September`."""
    one = _month(MONTHS[(g["m1"] or "").lower()], g["y1"], now)
    two = _month(MONTHS[(g["m2"] or "").lower()], g["y2"], now)
    whole = tuple((a, d) for a, b in one for c, d in two if b <= c and (c - a).days < 360)
    between = text[match.end("m1") : match.start("m2")]
    joined = re.fullmatch(r" (?:and|en|e) ", between) is None or re.search(
        r"between|tussen|entre", text[max(0, match.start() - 10) : match.start()]
    )
    if joined and whole:
        yield When(match.start(), match.end(), "period", periods=whole, span=True)
        return
    yield When(match.start(), match.end("m1"), "period", periods=one)
    yield When(match.start("m2"), match.end(), "period", periods=two)


def _days_of(g: dict[str, str | None], today: date) -> tuple[date, ...]:
    if g["iso"]:
        return _valid([tuple(map(int, g["iso"].split("-")))])
    if g["numeric"]:
        a, b, year = (int(part) for part in re.split(r"[/.-]", g["numeric"]))
        year += 2000 if year < 100 else 0
        return _valid([(year, b, a), (year, a, b)])
    month = MONTHS[(g["dm"] or g["mm"] or "").lower()]
    day, year_text = int(g["d"] or g["md"] or 0), g["dy"] or g["my"]
    years = [int(year_text)] if year_text else [today.year, today.year - 1, today.year + 1]
    return _valid([(year, month, day) for year in years])


def _valid(candidates: list[tuple[int, ...]]) -> tuple[date, ...]:
    days = []
    for year, month, day in candidates:
        try:
            days.append(date(year, month, day))
        except ValueError:
            continue
    return tuple(dict.fromkeys(days))


def _is_month(match: re.Match[str], text: str) -> bool:
    word = match["month"]
    if word.lower() not in _AMBIGUOUS or match["year"]:
        return True
    if text[match.end() : match.end() + 2] in ("'s", "\u2019s"):
        return True
    if word == "August":
        return True
    before = text[max(0, match.start() - 12) : match.start()]
    if word in ("May", "March") and re.search(r"[^\W\d_,] $", before):
        return True  # a capital within a sentence
    if word == "May" and re.match(r" (?:I|we|you|be|have|not|it)\b", text[match.end() : match.end() + 6]):
        return False
    if word[0].isupper() and re.search(r"\b(?:our|the|my|your|its|their|a) $", before, re.IGNORECASE):
        return True
    return bool(_BEFORE_MAY.search(before))


def _month(month: int, year: str | None, now: datetime) -> tuple[tuple[datetime, datetime], ...]:
    """A month without a year is the last one of that name, or the next."""
    last = now.year if month <= now.month else now.year - 1
    years = [int(year)] if year else [last, last + 1]
    spans = []
    for each in years:
        start = datetime(each, month, 1, tzinfo=UTC)
        spans.append((start, datetime(each + month // 12, month % 12 + 1, 1, tzinfo=UTC)))
        if start <= now < spans[-1][1]:
            spans.append((start, _midnight(now.date() + timedelta(days=1))))
    return tuple(spans)


def _period(start: int, end: int, word: str, now: datetime) -> When:
    try:
        period: Period = parse_period(word, now)
    except InputError:
        return When(start, end, "period")
    spans = [(period.start, period.end)]
    if word == "month_to_date":
        spans = [*_month(now.month, str(now.year), now)]
    elif word in ("this_quarter", "year_to_date", "this_week", "today"):
        spans.append((period.start, now))
        whole = {"this_quarter": 92, "year_to_date": 366, "this_week": 7, "today": 1}[word]
        spans += [(period.start, period.start + timedelta(days=n)) for n in range(max(1, whole - 2), whole + 1)]
    elif len(word) == 7 and word[4] == "-" and period.start <= now < period.end:
        spans.append((period.start, _midnight(now.date() + timedelta(days=1))))
    days = (period.start.date(),) if word in ("today", "yesterday") else ()
    return When(start, end, "period", days, None, tuple(spans))


def _clock(text: str | None, half: str | None) -> str | None:
    if text is None:
        return None
    hours, minutes = int(text.split(":")[0]), text.split(":")[1]
    if half and half.lower() == "pm" and hours < 12:
        hours += 12
    return f"{hours:02d}:{minutes}"


def _day(day: date) -> tuple[datetime, datetime]:
    return _midnight(day), _midnight(day + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _first(groups: dict[str, str | None], *names: str) -> str | None:
    return next((groups[name] for name in names if groups[name]), None)
