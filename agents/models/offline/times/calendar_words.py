"""Calendar words: weeks by number, seasons and holidays, as the dates that they are."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from agents.models.offline.times import dates
from agents.models.offline.words.lazily import compiled

_WEEK = (
    r"(?<![\w./-])(?<!last )(?<!this )(?<!per )(?<!a )(?<!each )(?<!every )(?<!next )(?<!previous )(?<!past )(?:in |the |of |for )*"
    r"(?:(?:calendar |iso |calendar-)?(?:weeks?|wk|wks)|kw|cw) ?(?:no |nr |number )?(\d{1,2})(?: ?(?:and|to|until|through|-|,) ?(?:(?:week|wk|kw|cw) ?)?(\d{1,2}))?(?: (?:of )?(20\d\d))?(?![\w/.-]| (?:of|percent|days?|hours?|accounts?))"
)
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_SEASON = (
    r"(?<![\w./-])(?:(?:in |over |during |for |of )?(?:the |this |last |past )(spring|summer|autumn|winter)|(?:in|over|during|since) (spring|summer|autumn|winter)|(?:last|this|since the|during the) (fall))"
    r"(?: months| season| period| holidays?)?(?: (?:of )?(20\d\d))?(?![\w/-]| (?:boot|cloud|in|release))"
)
_SEASON_PAIR = 3
"""Months of a season."""


def _easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous computus)."""
    golden, century, rest = year % 19, year // 100, year % 100
    shift = (century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15 + 19 * golden) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - shift - rest % 4) % 7
    late = (golden + 11 * shift + 22 * weekday) // 451
    month, day = divmod(shift + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def _after_easter(days: int) -> Callable[[int], tuple[date, date]]:
    return lambda year: (_easter(year) + timedelta(days=days),) * 2


def _fixed(month: int, day: int, until: int = 0) -> Callable[[int], tuple[date, date]]:
    return lambda year: (date(year, month, day), date(year, month, day) + timedelta(days=until))


def _thanksgiving(year: int) -> date:
    first = date(year, 11, 1)
    return first + timedelta(days=(3 - first.weekday()) % 7 + 21)


_HOLIDAYS: tuple[tuple[str, Callable[[int], tuple[date, date]]], ...] = (
    (r"good friday", _after_easter(-2)),
    (r"maundy thursday", _after_easter(-3)),
    (r"easter monday", _after_easter(1)),
    (r"(?:the )?easter (?:weekend|holidays?|break)", lambda year: (_easter(year) - timedelta(days=2), _easter(year) + timedelta(days=1))),
    (r"easter(?: sunday| day)?|pasen|pascoa", _after_easter(0)),
    (r"ascension(?: day)?|hemelvaart\w*", _after_easter(39)),
    (r"whit monday|pentecost monday", _after_easter(50)),
    (r"whitsun(?:day)?|whit sunday|pentecost|pinksteren", _after_easter(49)),
    (r"ash wednesday", _after_easter(-46)),
    (r"(?:christmas|xmas|x-mas) (?:and|to|until) new year(?: 's(?: eve| day)?)?", _fixed(12, 25, 6)),
    (r"(?:christmas|xmas) eve", _fixed(12, 24)),
    (r"boxing day|second christmas day|st stephen 's day", _fixed(12, 26)),
    (r"(?:the )?(?:christmas|xmas) (?:holidays?|break|period|weekend|days)", _fixed(12, 24, 2)),
    (r"(?:christmas|xmas|x-mas)(?: day)?|kerst(?:mis)?|natal", _fixed(12, 25)),
    (r"new year 's eve|nye|oud en nieuw|oudejaarsdag", _fixed(12, 31)),
    (r"new year 's day|new years day", _fixed(1, 1)),
    (r"valentine 's(?: day)?|valentines(?: day)?", _fixed(2, 14)),
    (r"king 's day|kings day|koningsdag", _fixed(4, 27)),
    (r"liberation day|bevrijdingsdag", _fixed(5, 5)),
    (r"labou?r day|may day", _fixed(5, 1)),
    (r"st patrick 's day|saint patrick 's day", _fixed(3, 17)),
    (r"independence day|the fourth of july", _fixed(7, 4)),
    (r"halloween", _fixed(10, 31)),
    (r"sinterklaas|st nicholas(?: day)?", _fixed(12, 5)),
    (r"thanksgiving(?: day)?", lambda year: (_thanksgiving(year),) * 2),
    (r"black friday", lambda year: (_thanksgiving(year) + timedelta(days=1),) * 2),
    (r"cyber monday", lambda year: (_thanksgiving(year) + timedelta(days=4),) * 2),
)  # fmt: skip
_NAMED = tuple(
    (
        rf"(?<![\w./-])(?:between |over |on )?(?:{pattern})(?: (?:of |in )?(20\d\d|last year|this year))?(?![\w/-])",
        days,
    )
    for pattern, days in _HOLIDAYS
)
_ANY = re.compile(
    r"easter|pasen|pascoa|ascension|hemelvaart|whit|pentecost|pinksteren|christmas|xmas|x-mas|kerst|natal|new year|nye\b|oud ?en|oudej|boxing|"
    r"good fri|black fri|cyber|ash wed|maundy|valentine|king|koning|liberation|bevrijding|labo|may day|patrick|stephen|independence|fourth|halloween|sinterklaas|nicholas|thanksgiving"
)


def calendar_dates(flat: str, today: date) -> str:
    """Folded text in which weeks by number, seasons and holidays are the dates that they are, the latest that began."""
    if any(word in flat for word in ("week", "wk", "kw", "cw")):
        flat = compiled(_WEEK).sub(lambda match: _weeks(match, today), flat)
    if any(season in flat for season in _SEASONS):
        flat = compiled(_SEASON).sub(lambda match: _season(match, today), flat)
    if not _ANY.search(flat):
        return flat
    for pattern, days in _NAMED:
        flat = compiled(pattern).sub(lambda match, days=days: _holiday(match, days, today), flat)  # type: ignore[misc]
    return flat


def _weeks(match: re.Match[str], today: date) -> str:
    first, last = int(match[1]), int(match[2] or match[1])
    try:
        year = int(match[3]) if match[3] else today.year
        start = date.fromisocalendar(year, first, 1)
        if not match[3] and start > today:
            year, start = year - 1, date.fromisocalendar(year - 1, first, 1)
        return f" {dates.span(start, date.fromisocalendar(year, last, 7))}" if first <= last else match[0]
    except ValueError:
        return match[0]


def _season(match: re.Match[str], today: date) -> str:
    name = match[1] or match[2] or match[3]
    begin = _SEASONS[name]
    year = int(match[4]) if match[4] else today.year - (begin > today.month)
    if (
        " last " in f" {match[0]}"
        and not match[4]
        and (today.year * 12 + today.month) < year * 12 + begin + _SEASON_PAIR
    ):
        year -= 1  # the one before the one that it is
    first = f"{year:04d}-{begin:02d}"
    lead = "since " if match[0].startswith("since ") else ""
    return f"{lead}{first}..{dates.shifted(first, _SEASON_PAIR - 1)}"


def _holiday(match: re.Match[str], days: Callable[[int], tuple[date, date]], today: date) -> str:
    said = match[match.re.groups]
    year = today.year - (said == "last year") if not said or not said.isdigit() else int(said)
    first, last = days(year)
    if not said and first > today:
        first, last = days(year - 1)
    return dates.span(first, last)
