"""Time rules: which words are a time, and the period word for each, in the order in which they are tried."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from agents.models.offline.times import dates
from agents.models.offline.times.ranges import (
    edge_of_month,
    end_of_month,
    first_months,
    half,
    halves,
    months_ended,
    night,
    part_of_month,
    quarter,
)
from agents.models.offline.words.text import NUMBERS, number

_NUM = r"(\d{1,4}|" + "|".join(sorted((re.escape(w) for w in NUMBERS), key=len, reverse=True)) + ")"
_MONTH = "(" + "|".join(sorted(dates.MONTHS, key=len, reverse=True)) + ")"
_WEEKDAY = r"(?!thus\b)(" + "|".join(sorted(dates.WEEKDAYS, key=len, reverse=True)) + ")s?"
_DAY = r"(\d{1,2})(?:st|nd|rd|th|e)?"
_YEAR = r"(20\d\d)"
_UNIT = r"(minute|min|hour|hr|h|day|week|wk|month|quarter|year|uur|dag|dagen|weken|maanden|maand|jaar|horas?|dias?|semanas?|mes|meses)s?"
_LAST = r"(?:last|past|previous|prior|trailing|preceding|afgelopen|laatste|vorige|ultim[oa]s?|passad[oa]s?)"
_UNITS = {
    "hr": "hour", "h": "hour", "uur": "hour", "hora": "hour", "horas": "hour",
    "dag": "day", "dagen": "day", "dia": "day", "dias": "day",
    "wk": "week", "weken": "week", "semana": "week", "semanas": "week",
    "maand": "month", "maanden": "month", "mes": "month", "meses": "month",
    "jaar": "year", "min": "minute",
}  # fmt: skip
SINCE = r"(?:since|sinds|desde|starting|from)"

Rule = Callable[[re.Match[str], date], str | None]


def _unit(text: str) -> str:
    return _UNITS.get(text, text)


def _last_n(match: re.Match[str], today: date) -> str | None:
    count, unit = number(match[1]) or 0, _unit(match[2])
    if count == 0:
        return None
    if unit == "minute":
        return f"last_{max(1, -(-count // 60))}_hours"
    if unit in ("quarter", "year"):
        return f"last_{count * (3 if unit == 'quarter' else 12)}_months"
    return f"last_{count}_{unit}s"


def _ago(match: re.Match[str], today: date) -> str | None:
    count, unit = number(match[1]) or 0, _unit(match[2])
    if unit == "day":
        return (today - timedelta(days=count)).isoformat()
    if unit == "week":
        monday = dates.monday_of(today) - timedelta(weeks=count)
        return dates.span(monday, monday + timedelta(days=6))
    if unit == "year" and count == 1:
        return "year_before"
    if unit in ("month", "year"):
        return dates.month_back(today, count * (12 if unit == "year" else 1))
    return "today" if unit in ("hour", "minute") else None


def _day(day: str, month: str | None, today: date, year: str | None = None) -> date | None:
    return dates.day_of(int(day), dates.MONTHS[month] if month else None, today, int(year) if year else None)


def _days(first: date | None, last: date | None) -> str | None:
    if first is None or last is None:
        return None
    return dates.span(min(first, last), max(first, last))


def _one(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _numeric(match: re.Match[str], today: date) -> str | None:
    left, right = int(match[1]), int(match[2])
    if left > 31 or right > 31 or (left > 12 and right > 12):
        return None
    day, month = (right, left) if right > 12 else (left, right)
    year = int(match[3]) if match[3] else None
    return _one(dates.day_of(day, month, today, year))


def _month(match: re.Match[str], today: date) -> str | None:
    word = dates.month_word(dates.MONTHS[match[1]], today, int(match[2]) if match[2] else None)
    return "month_to_date" if word == f"{today:%Y-%m}" else word


def _month_last_year(match: re.Match[str], today: date) -> str:
    return dates.month_word(dates.MONTHS[match[1]], today, today.year - 1)


def _month_pair(match: re.Match[str], today: date) -> str | None:
    last = dates.month_word(dates.MONTHS[match[2]], today, int(match[3]) if match[3] else None)
    first = dates.MONTHS[match[1]]
    listed = bool(re.search(rf" (?:and|en|e) {match[2]}", match[0])) and not match[0].startswith(("between", "entre"))
    if listed and first > dates.MONTHS[match[2]] and first - dates.MONTHS[match[2]] < 6:
        return None  # "September and August": two months, not a stretch of a year
    year = int(last[:4]) - (first > int(last[5:7]))
    return f"{year:04d}-{first:02d}..{last}"


def _weekday(match: re.Match[str], today: date) -> str:
    return dates.weekday_back(dates.WEEKDAYS[match[1]], today).isoformat()


def _weekend(match: re.Match[str], today: date) -> str:
    sunday = dates.weekday_back(6, today)
    return dates.span(sunday - timedelta(days=1), sunday)


def _week_of(match: re.Match[str], today: date) -> str | None:
    day = _day(match[1], match[2], today)
    if day is None:
        return None
    monday = dates.monday_of(day)
    return dates.span(monday, monday + timedelta(days=6))


def _fixed(word: str) -> Rule:
    return lambda match, today: word


def _to_come(count: str, today: date) -> str:
    """So many whole months from the next one on."""
    return f"{dates.month_back(today, -1)}..{dates.month_back(today, -max(1, number(count) or 1))}"


_THE = r"(?:the |de |o |a |deze |dit |our )?"
_RULES: tuple[tuple[str, Rule], ...] = (
    (r"20\d\d-\d\d(?:-\d\d)?\.\.20\d\d-\d\d(?:-\d\d)?", lambda m, t: m[0]),
    (r"(20\d\d-\d\d-\d\d)(?:t\d\d:\d\d\S*)?(?: (?:to|until|and|through|-) (20\d\d-\d\d-\d\d))?",
     lambda m, t: f"{m[1]}..{m[2]}" if m[2] else m[1]),
    (r"20\d\d-q[1-4]", lambda m, t: m[0].upper()),
    (r"20\d\d-\d\d", lambda m, t: m[0]),
    # the future
    (r"(?:the )?(?:next|coming) (?:3|three) months|(?:3|three) months (?:ahead|out|from now)|next quarter|(?:the )?(?:coming|next) few months",
     _fixed("next_3_months")),
    (rf"(?:the )?(?:next|coming) {_NUM}(?: of)? months", lambda m, t: _to_come(m[1], t)),
    (rf"(?:the )?(?:next|coming) {_NUM}(?: of)? years|(?:the )?(?:next|coming) decade", lambda m, t: f"{t.year + 1}"),
    (r"(?:next|coming|volgende) (?:month|maand)|(?:proximo mes|mes que vem)", _fixed("next_month")),
    (r"(?:the )?(?:rest|remainder|end) of (?:the |this )?year|(?:by |at )?year[- ]?end|full[- ]year|"
     r"(?:the |this )?(?:whole|full|entire) year|whole of (?:this year|20\d\d)|eind(?:e)? van het jaar|december 31|31 december",
     _fixed("this_year")),
    (r"(?:the )?(?:rest|remainder|end) of (?:the |this )?month|(?:by |at )?month[- ]?end|"
     r"(?:the |this )?(?:whole|full|entire) month", _fixed("this_month_end")),
    (r"next week|coming week", _fixed("next_week")),
    (r"next year|volgend jaar", _fixed("next_year")),
    (r"tomorrow|morgen", _fixed("tomorrow")),
    # to date
    (r"(?:this|the|current|dit) (?:calendar )?(?:year|jaar)(?: so far| to date| until now)?|year[- ]to[- ]date|ytd|so far this year|"
     r"(?:since|from) (?:the )?(?:start|beginning) of (?:the|this) year|este ano|dit jaar|since new year",
     _fixed("year_to_date")),
    (rf"{_THE}(?:this|current|deze|este) (?:calendar )?(?:month|maand|mes)(?: so far| to date| until now| up to now)?|"
     r"month[- ]to[- ]date|mtd|so far (?:this|in the) month|(?:since|from) (?:the )?(?:start|beginning|1st|first) of (?:the|this) month|the month so far",
     _fixed("month_to_date")),
    (r"(?:this|current|dit) (?:quarter|kwartaal)(?: so far| to date)?|quarter[- ]to[- ]date|qtd|so far this quarter",
     _fixed("this_quarter")),
    (r"(?:this|current|deze|esta) (?:week|semana)(?: so far)?|so far this week|week to date", _fixed("this_week")),
    # relative lengths
    (rf"{_THE}(?:most )?{_LAST} {_NUM}(?: of)?(?: full| whole| complete| calendar| working| business)?[- ]{_UNIT}\b", _last_n),
    (rf"{_NUM}(?: of)?[- ]{_UNIT} {_LAST}\b", _last_n),
    (rf"(?:in|over|for|within|during|voor|em) {_THE}{_NUM}(?: of)?[- ]{_UNIT}\b(?! ago)", _last_n),
    (rf"{_NUM}(?: of)? {_UNIT} (?:ago|geleden|atras)\b", _ago),
    (rf"(?:the )?{_NUM} months? (?:ended|ending|up to|to|until|through)(?: on| the| end of)* (?:{_DAY} )?{_MONTH}(?: {_YEAR})?",
     months_ended),
    (rf"{_NUM}-(month|week|day)s?(?= (?:history|trend|series|overview|view|window|period|picture))", _last_n),
    (r"(?:the )?(?:last|past) half (?:a )?year|half a year|past half year", _fixed("last_6_months")),
    (r"(?:the )?day before yesterday|eergisteren|anteontem",
     lambda m, t: (t - timedelta(days=2)).isoformat()),
    (r"(?:the )?same (?:month|period|time)(?: of)? last year|a year (?:ago|earlier)",
     _fixed("year_before")),
    (r"(?:the |that )?same (?:week)?day (?:(?:a|one|the) week (?:earlier|before|ago|prior)|(?:of )?(?:the )?(?:last|previous|prior) week)", _fixed("week_before")),
    (r"week[- ](?:over|on)[- ]week", _fixed("last_week")),
    (r"month[- ](?:over|on)[- ]month", _fixed("last_month")),
    (r"quarter[- ](?:over|on)[- ]quarter", _fixed("last_quarter")),
    (r"year[- ](?:over|on)[- ]year", _fixed("year_before")),
    (r"(?:the )?(?:month|maand) before last", lambda m, t: dates.month_back(t, 2)),
    (r"(?:the )?week before last", lambda m, t: dates.span(
        dates.monday_of(t) - timedelta(days=14), dates.monday_of(t) - timedelta(days=8))),
    # named dates
    (rf"(?:the )?week (?:of|beginning|starting|van) {_THE}{_DAY}(?: (?:of )?{_MONTH})?", _week_of),
    (rf"(?:the )?(first|second|third|fourth|last) (half|week) (?:of|in) {_MONTH}(?: {_YEAR})?", part_of_month),
    (rf"(?:the )?(first|last) {_NUM} (days|weeks) (?:of|in) {_MONTH}(?: {_YEAR})?", edge_of_month),
    (rf"(?:the )?(?:very )?(?:start|beginning|first day|1st|first) of {_MONTH}\b(?: {_YEAR})?",
     lambda m, t: _one(_day("1", m[1], t, m[2]))),
    (rf"(?:the )?(?:very )?(?:end|last day) of {_MONTH}\b(?: {_YEAR})?", end_of_month),
    (rf"(?:between |from |van |entre |de )?(?:the )?{_DAY}(?: of)? {_MONTH}(?: {_YEAR})? (?:and|to|until|till|through|tot|en|e|a|ate|-) (?:the )?{_DAY}(?: of)? {_MONTH}\b",
     lambda m, t: _days(_day(m[1], m[2], t, m[3]), _day(m[4], m[5], t, m[3]))),
    (rf"(?:between |from |van |entre |de )?(?:the )?{_DAY} ?(?:and|to|until|till|through|tot|en|e|a|ate|-) ?(?:the )?{_DAY}(?: of| de)? {_MONTH}(?: {_YEAR})?\b",
     lambda m, t: _days(_day(m[1], m[3], t, m[4]), _day(m[2], m[3], t, m[4]))),
    (rf"(?:between |from )?{_MONTH} {_DAY} ?(?:and|to|until|through|-) ?{_MONTH} {_DAY}\b",
     lambda m, t: _days(_day(m[2], m[1], t), _day(m[4], m[3], t))),
    (rf"(?:between |from )?{_MONTH} {_DAY} ?(?:and|to|until|through|-) ?{_DAY}\b(?! percent)",
     lambda m, t: _days(_day(m[2], m[1], t), _day(m[3], m[1], t))),
    (rf"(?:the |on the )?{_DAY}(?: of| de)? {_MONTH}\b(?: {_YEAR}\b)?", lambda m, t: _one(_day(m[1], m[2], t, m[3]))),
    (rf"{_MONTH} (?:the )?{_DAY}\b(?! (?:percent|services|accounts|teams|days))(?: {_YEAR}\b)?", lambda m, t: _one(_day(m[2], m[1], t, m[3]))),
    (r"(\d{1,2})[/.](\d{1,2})(?:[/.](20\d\d))?(?= |$)", _numeric),
    (r"(?:on |since |until |from |,? )(?:the )?(\d{1,2})(?:st|nd|rd|th)\b(?! (?:of|percentile|time|largest|biggest))", lambda m, t: _one(_day(m[1], None, t))),
    (r"(?:on |since |until |from )the (\d{1,2})(?:st|nd|rd|th)\b", lambda m, t: _one(_day(m[1], None, t))),
    (rf"(?:the |de |o )?(first|1st|second|2nd|eerste|tweede|primeiro|segundo) (?:half|helft|semestre)(?: year)?(?: (?:of|van|de|do) (?:this year|the year|dit jaar|het jaar|ano|este ano|{_YEAR}))?(?! of)", half),
    (rf"{_YEAR} h([12])\b", lambda m, t: halves(m[2], int(m[1]))),
    (rf"(?:the )?first (\d{{1,2}}|two|three|four|five|six|seven|eight|nine) months of (?:this year|the year|{_YEAR})", first_months),
    (rf"\bh([12])\b(?: {_YEAR})?", half),
    (rf"q([1-4])(?: (?:of )?{_YEAR})?", quarter),
    (rf"(?:the )?(first|second|third|fourth|last|final) quarter(?: of {_YEAR})(?! so)", quarter),
    (r"(?:the )?(first|second|third|fourth) quarter", quarter),
    (rf"(?:the )?(?:year|calendar year) {_YEAR}", lambda m, t: m[1]),
    (rf"(?:in |since |for )?{_MONTH}(?: of)? last year", _month_last_year),
    (rf"(?:between |from |entre |van |de )?{_MONTH} (?:and|to|until|till|through|thru|-|tot|en|e|a|ate|tot en met) {_MONTH}(?: {_YEAR})?\b", _month_pair),
    (rf"\b{_MONTH}(?: of)?(?: {_YEAR})?\b", _month),
    (rf"{_LAST} {_WEEKDAY}\b(?: (?:morning|afternoon|evening|night))?", _weekday),
    (rf"{_WEEKDAY}(?:avond|ochtend|morgen|middag|nacht)?\b(?: (?:morning|afternoon|evening|night|last week))?", _weekday),
    (r"(?:(?:the |this |last |past |at the |over the )*)(?:weekend)", _weekend),
    # plain words
    (r"(?:yesterdays?|gister(?:en)?(?:avond|ochtend|morgen|middag)?|ontem)(?: (?:morning|afternoon|evening|night|around))?", _fixed("yesterday")),
    (r"last night|overnight|vannacht|tonight|during the night|in the night|(?:over )?the past night|afgelopen nacht", night),
    (r"this (?:morning|afternoon|evening)|today|vandaag|hoje|since midnight|van(?:ochtend|morgen|middag|avond)", _fixed("today")),
    (r"(?:the |this )?(?:past|trailing) month", _fixed("last_30_days")),
    (rf"{_LAST} (?:calendar |full |complete |whole )?(?:month|maand)|(?:the )?month just (?:gone|closed|ended)|"
     r"mes passado|ultimo mes|vorige maand", _fixed("last_month")),
    (rf"{_LAST} (?:quarter|kwartaal|trimestre)|(?:trimestre passado)", _fixed("last_quarter")),
    (r"(?:the |this )?(?:past|trailing) week", _fixed("last_7_days")),
    (r"(?:the |this )?(?:past|trailing) month", _fixed("last_30_days")),
    (rf"{_LAST} (?:calendar )?(?:week|semana)|semana passada", _fixed("last_week")),
    (r"past (?:calendar )?year|afgelopen jaar|last twelve months", _fixed("last_12_months")),
    (rf"{_LAST} (?:calendar )?(?:year|jaar|ano)|ano passado", _fixed("last_year")),
    (rf"{_LAST} (?:24h|day|etmaal)", _fixed("last_24_hours")),
    (rf"{_LAST} hour", _fixed("last_1_hours")),
    (r"(?:in|of|for|during|over|year|calendar) (20\d\d)\b", lambda m, t: m[1]),
    (r"(?<=before )20\d\d|(?<=since )20\d\d|(?<=from )20\d\d|(?<=than )20\d\d|(?<=versus )20\d\d|(?<=vs )20\d\d|(?<=against )20\d\d|(?<=compared to )20\d\d|(?<=compared with )20\d\d|(?<=^and )20\d\d(?=\W*$)", lambda m, t: m[0]),
    (r"the other day|recently|lately|of late|these days|recent(?: days)?|onlangs|recentemente", _fixed("recently")),
    (r"(?:(?:right|just|as of) )?now\b|currently|at the moment|at present|nu\b|op dit moment|agora\b", _fixed("now")),
)  # fmt: skip
COMPILED = tuple((re.compile(rf"(?<![\w./-])(?:{pattern})(?![\w/-])"), rule) for pattern, rule in _RULES)
