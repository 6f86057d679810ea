"""Time words: the many ways of saying one time, in the few that the rules of `when` know, or as the date that it is."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

from agents.models.offline.times import dates
from agents.models.offline.words.rewriting import Rewrite, rewritten, rule
from agents.models.offline.words.text import NUMBERS, number

_MONTH = "(" + "|".join(sorted(dates.MONTHS, key=len, reverse=True)) + ")"
_WEEKDAY = "(" + "|".join(sorted(dates.WEEKDAYS, key=len, reverse=True)) + ")"
_NUM = r"(\d{1,3}|" + "|".join(sorted((re.escape(w) for w in NUMBERS), key=len, reverse=True)) + ")"
_UNITS = r"(minute|hour|day|night|week|month|quarter|year)s?"
_NTH = r"(first|second|third|fourth|1st|2nd|3rd|4th)"
_ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}
_PART = rf"(?:(?:very )?(?:first|second|third|fourth|last)(?: {_NUM})? (?:days?|weeks?|half|weekend)|(?:start|beginning|end|middle|\d{{1,2}}(?:st|nd|rd|th)?))"


def _iso(year: int, month: int, day: int, otherwise: str) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return otherwise


def _numbered(match: re.Match[str], today: date) -> str:
    day, month = (int(match[2]), int(match[1])) if int(match[2]) > 12 else (int(match[1]), int(match[2]))
    return _iso(int(match[3]), month, day, match[0])


def _slashes(match: re.Match[str], today: date) -> str:
    first, last = (dates.day_of(int(d), int(m), today) for d, m in ((match[1], match[2]), (match[3], match[4])))
    return dates.span(first, last) if first and last and first <= last else match[0]


def _year_of(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _month_of(name: str, today: date) -> str:
    """The month that `this` or `last` month is, as it is said with its year."""
    month = dates.month_back(today, 1 if name.startswith(("last", "previous", "prior", "past")) else 0)
    return f"{date.fromisoformat(month + '-01'):%B %Y}".lower()


def _in_month(match: re.Match[str], today: date) -> str:
    return f"{match[1]} of {_month_of(match[match.re.groups] or 'this', today)}"


def _day_in_week(weekday: str, weeks: int, today: date) -> str:
    monday = dates.monday_of(today) - timedelta(weeks=weeks)
    return (monday + timedelta(days=dates.WEEKDAYS[weekday])).isoformat()


def _weekends(match: re.Match[str], today: date) -> str:
    """The nth or last weekend of a month."""
    month = dates.month_word(dates.MONTHS[match[2]], today, int(match[3]) if match[3] else None)
    first = date.fromisoformat(month + "-01")
    saturday = first + timedelta(days=(5 - first.weekday()) % 7)
    if match[1] in ("last", "final"):
        last = date.fromisoformat(dates.shifted(month, 1) + "-01") - timedelta(days=1)
        saturday = last - timedelta(days=(last.weekday() - 5) % 7)
    else:
        saturday += timedelta(weeks=_ORDINALS[match[1]] - 1)
    return dates.span(saturday, saturday + timedelta(days=1))


def _nth_weekday(match: re.Match[str], today: date) -> str:
    """The nth or last such weekday of a month."""
    month = dates.month_word(dates.MONTHS[match[3]], today, int(match[4]) if match[4] else None)
    first = date.fromisoformat(month + "-01")
    day = first + timedelta(days=(dates.WEEKDAYS[match[2]] - first.weekday()) % 7)
    if match[1] == "last":
        while (day + timedelta(weeks=1)).month == first.month:
            day += timedelta(weeks=1)
    else:
        day += timedelta(weeks=_ORDINALS[match[1]] - 1)
    return f"on {day.isoformat()}"


def _weekend_of(match: re.Match[str], today: date) -> str:
    day = dates.day_of(int(match[1]), dates.MONTHS[match[2]] if match[2] else None, today)
    if day is None:
        return match[0]
    saturday = day - timedelta(days=1) if day.weekday() == _SUNDAY else day + timedelta(days=(5 - day.weekday()) % 7)
    return dates.span(saturday, saturday + timedelta(days=1))


_SUNDAY = 6
_SHORT_DAYS = {
    "mon": "monday",
    "tue": "tuesday",
    "tues": "tuesday",
    "wed": "wednesday",
    "thu": "thursday",
    "thurs": "thursday",
    "fri": "friday",
    "sat": "saturday",
    "sun": "sunday",
}


def _weekend_back(weeks: int) -> Callable[[re.Match[str], date], str]:
    def back(match: re.Match[str], today: date) -> str:
        sunday = dates.weekday_back(6, today, weeks)
        return dates.span(sunday - timedelta(days=1), sunday)

    return back


def _quarter_back(match: re.Match[str], today: date) -> str:
    index = today.year * 4 + (today.month - 1) // 3 - 2
    return f"{index // 4}-q{index % 4 + 1}"


def _ended(match: re.Match[str], today: date) -> str:
    """A year, quarter or half that ends with a month that is named."""
    months = {"year": 12, "quarter": 3, "half year": 6, "half-year": 6}[match[1]]
    return f"{months} months ended {match[2]}{' ' + match[3] if match[3] else ''}"


def _last_of_month(match: re.Match[str], today: date) -> str:
    month = dates.month_word(dates.MONTHS[match[3]], today, int(match[4]) if match[4] else None)
    last = date.fromisoformat(dates.shifted(month, 1) + "-01") - timedelta(days=1)
    count = (number(match[1]) or 1) * (7 if match[2] == "weeks" else 1)
    return dates.span(last.replace(day=max(1, last.day - count + 1)), last)


def _end_of_month(match: re.Match[str], today: date) -> str:
    month = dates.month_word(dates.MONTHS[match[1]], today, int(match[2]) if match[2] else None)
    return (date.fromisoformat(dates.shifted(month, 1) + "-01") - timedelta(days=1)).isoformat()


def _nearby(match: re.Match[str], today: date) -> str:
    """Early, mid or late in a month: its first ten days, its middle, its last ten; a start or an end of a stretch."""
    which, month = match[1], dates.month_word(dates.MONTHS[match[2]], today, int(match[3]) if match[3] else None)
    first = date.fromisoformat(month + "-01")
    last = date.fromisoformat(dates.shifted(month, 1) + "-01") - timedelta(days=1)
    before = match.string[: match.start()]
    if which == "early":
        start, end = first, first.replace(day=10)
    elif which == "late":
        start, end = first.replace(day=21), last
    else:
        opened = re.search(r"\b(?:since|from|starting|sinds|desde)(?: about| around)? (?:the )?$", before)
        start, end = (first.replace(day=15),) * 2 if opened else (first.replace(day=11), first.replace(day=20))
    if re.search(r"\b(?:to|until|till)(?: about| around)? (?:the )?$", before):
        start = end = min(end if which != "mid" else first.replace(day=15), today)
    return dates.span(start, end)


def _last_days(match: re.Match[str], today: date) -> str:
    unit = "day" if match[2] == "night" else match[2]
    return f"last {number(match[1]) or 1} {unit}s"


def _after(match: re.Match[str], today: date) -> str:
    month = dates.MONTHS[match[2]] if match[2] else None
    day = dates.day_of(int(match[1]), month, today)
    if day is None or day >= today:
        return match[0]
    return f"from {(day + timedelta(days=1)).isoformat()} to {today.isoformat()}"


def _up_to(match: re.Match[str], today: date) -> str:
    """A stretch of which only the end is named: from the first of that month on."""
    if re.search(
        r"\b(?:from|between|since|\d+|\d+(?:st|nd|rd|th)|\w+day|[a-z]+uary|march|april|may|june|july|august|\w+ber)\b[ ,]*$",
        match.string[: match.start()],
    ):
        return match[0]
    month = dates.MONTHS[match[2]] if match[2] else None
    day = dates.day_of(int(match[1]), month, today)
    return dates.span(day.replace(day=1), day) if day else match[0]


def _month_until(match: re.Match[str], today: date) -> str:
    yesterday = today - timedelta(days=1)
    last = yesterday if match[1] is None else dates.day_of(int(match[1]), None, today)
    first = today.replace(day=1)
    return dates.span(first, last) if last and first <= last else match[0]


def _listed_days(match: re.Match[str], today: date) -> str:
    """Days of one month that are named by number alone: a stretch if they are next to each other or its two ends."""
    found = [int(text) for text in re.findall(r"\d{1,2}", match[0].split("of ")[0])]
    last = dates.day_of(found[-1], None, today)
    try:
        days = [last.replace(day=day) for day in found] if last else []
    except ValueError:
        return match[0]
    if not last or days != sorted(days):
        return match[0]
    ends = bool(re.search(r"\b(?:to|until|till|through|-)\b|^between", match[0])) and len(days) == 2
    if ends or all((right - left).days == 1 for left, right in pairwise(days)):
        pair = match[0].startswith(("between", "from")) and (days[-1] - days[0]).days == 1
        return f"{'between ' if pair else ''}{dates.span(days[0], days[-1])}"
    return " and ".join(day.isoformat() for day in days)


_D = r"\d{1,2}(?:st|nd|rd|th)"
_AFTER_DAY = r"(?= (?:and|or|to|in|at|on|for|was|were|is|are|we|who|what|which|why|how|did|does|do|has|have|had|between|around|from|by|with|vs|versus|against|please|then|compared|when|where|only|utc|i|they|the|through|until|till|any|show|give)\b| ?[,?;]|$| <|(?: \d{1,2}[:.]\d\d))"

_DATE = rf"(?:on )?(?:the )?(?:(20\d\d-\d\d-\d\d)|(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH}|{_MONTH} (\d{{1,2}})(?:st|nd|rd|th)?|(\d{{1,2}})(?:st|nd|rd|th)|{_WEEKDAY})"


def _date_in(groups: tuple[str | None, ...], today: date) -> date | None:
    """The day that a match of `_DATE` names, by its groups."""
    iso, day, month, month_first, day_after, alone, weekday = groups
    if iso:
        return dates.day_of(int(iso[8:]), int(iso[5:7]), today, int(iso[:4]))
    if weekday:
        return dates.weekday_back(dates.WEEKDAYS[weekday], today)
    named = month or month_first
    return dates.day_of(int(day or day_after or alone or 0), dates.MONTHS[named] if named else None, today)


def _days_beside(match: re.Match[str], today: date) -> str:
    """So many days or weeks before or after a day."""
    day = _date_in(match.groups()[3:10], today)
    if day is None:
        return match[0]
    length = (number(match[1]) or 1 if match[1] else 1) * (7 if match[2] == "week" else 1)
    if match[3].startswith(("after", "following", "from")):
        return dates.span(
            day + timedelta(days=1), max(day + timedelta(days=1), min(today, day + timedelta(days=length)))
        )
    return dates.span(day - timedelta(days=length), day - timedelta(days=1))


def _ahead(match: re.Match[str], today: date) -> str:
    days = (number(match[1]) or 1) * {"day": 1, "week": 7, "month": 30}[match[2]]
    near = "next month" if days <= 35 else "next 3 months" if days <= 100 else match[0]
    return match[0] if match[2] == "month" and days > 30 else near  # they have a period of their own


_SHORT_UNITS = {"d": "day", "h": "hour", "w": "week", "m": "month", "y": "year"}
_AGAINST = r"(.{1,40}?\b(?:vs|versus|against|to|with|than|over))"


_REWRITES: tuple[Rewrite, ...] = (
    # short for
    rule(r"yest|yestd|ystday|y-day", "yesterday", on=('-day|est|estd|stday',)),
    rule(r"(last|past|previous|this) hr", r"\1 hour", on=('last|past|previous|this', 'hr')),
    rule(rf"(?<=, ){_NUM} (hour|day|week|month)s?(?= ?[,?;]|$)", _last_days, on=('day|hour|month|week',)),
    rule(r"(?<!in )(?<!of )(?<!for )(20[12]\d)(?= (?:aws )?(?:spend|spending|costs?|bill|total|expenditure|figures?)\b)", r"in \1", on=('20', '#')),
    rule(rf"(six|seven|eight|nine|ten|eleven|twelve)(?=(?: ?(?:and|to|,|-|until|through) ?\d{{1,2}})+ (?:of )?{_MONTH}\b)", lambda m, t: str(number(m[1])), on=('eight|eleven|nine|seven|six|ten|twelve',)),
    rule(r"(mon|tues?|wed|thu|thurs|fri|sat|sun)-(mon|tues?|wed|thu|thurs|fri|sat|sun)", lambda m, t: f"{_SHORT_DAYS[m[1]]} to {_SHORT_DAYS[m[2]]}"),
    rule(r"(on|since|last|from|until|till|through|this|of) (mon|wed|sat|sun)", lambda m, t: f"{m[1]} {_SHORT_DAYS[m[2]]}", on=('mon|sat|sun|wed',)),
    rule(r"(mon|wed|sat|sun)(?=,? (?:the )?\d| (?:morning|afternoon|evening|night|last week|to|through|and (?:mon|tue|wed|thu|fri|sat|sun)|at \d)\b)", lambda m, t: _SHORT_DAYS[m[1]], on=('mon|sat|sun|wed',)),
    rule(r"(monday|tuesday|thursday|friday|saturday) (and|to|through|or) (mon|wed|sat|sun)", lambda m, t: f"{m[1]} {m[2]} {_SHORT_DAYS[m[3]]}", on=('friday|monday|saturday|thursday|tuesday', 'mon|sat|sun|wed', 'and|or|through|to')),
    rule(rf"(?:the )?weekend (?:of|around) (?:the )?(\d{{1,2}})(?:st|nd|rd|th)?(?:(?: and | ?- ?)(?:the )?\d{{1,2}}(?:st|nd|rd|th)?)?(?: (?:of )?{_MONTH})?", _weekend_of, on=('weekend', 'around|of', '#')),
    rule(rf"(?:on )?(?:the )?(first|second|third|fourth|last) {_WEEKDAY} (?:of|in) {_MONTH}(?: (20\d\d))?", _nth_weekday, on=('first|fourth|last|second|third', 'in|of', 'W')),
    rule(r"(between|from) midnight(?= (?:and|to|until|till)\b)", r"\1 00:00", on=('midnight', 'between|from')),
    rule(r"(between|from) noon(?= (?:and|to|until|till)\b)", r"\1 12:00", on=('between|from', 'noon')),
    rule(r"((?:between|from) \d[\d:.]*(?: ?[ap]m)? (?:and|to|until|till)) midnight", r"\1 24:00", on=('midnight', 'between|from', 'and|till|to|until')),
    rule(r"((?:between|from) \d[\d:.]*(?: ?[ap]m)? (?:and|to|until|till)) noon", r"\1 12:00", on=('between|from', 'noon', 'and|till|to|until')),
    # dates in figures
    rule(r"(0?[1-9]|1[0-2])/(20\d\d) ?(?:-|to|until) ?(0?[1-9]|1[0-2])/(20\d\d)", lambda m, t: f"{m[2]}-{int(m[1]):02d}..{m[4]}-{int(m[3]):02d}", on=('20', '/', '#')),
    rule(r"(20\d\d)/(\d\d)/(\d\d)", r"\1-\2-\3", on=('20', '/', '#')),
    rule(r"(20\d\d)(0[1-9]|1[0-2])([0-2]\d|3[01])", r"\1-\2-\3", on=('20', '#')),
    rule(r"(\d{1,2})[-.](\d{1,2})[-.](20\d\d)", _numbered, on=('20', '#')),
    rule(r"(\d{1,2})[/.](\d{1,2})\.? ?(?:-|to|until|t/m) ?(\d{1,2})[/.](\d{1,2})\.?", _slashes, on=('#',)),
    rule(r"(0?[1-9]|1[0-2])[/-](20\d\d)", lambda m, t: f"{m[2]}-{int(m[1]):02d}", on=('20', '#')),
    rule(rf"(\d{{1,2}}){_MONTH}", r"\1 \2", on=('#', 'M')),
    rule(rf"{_MONTH}(\d{{1,2}})", r"\1 \2", on=('M', '#')),
    rule(rf"{_MONTH}-(2[4-9])", r"\1 20\2", on=('M', '#')),
    rule(rf"{_MONTH}(?:[+/&-]| plus ){_MONTH}[+/&]{_MONTH}", r"\1 , \2 and \3", on=('M',)),
    rule(rf"{_MONTH}[+/&]{_MONTH}", r"\1 and \2", on=('M',)),
    rule(rf"{_MONTH}-{_MONTH}", r"\1 to \2", on=('M',)),
    rule(rf"{_MONTH} (\d{{1,2}})[/&](\d{{1,2}})", lambda m, t: f"{m[1]} {m[2]}-{m[3]}" if int(m[2]) < int(m[3]) <= 31 else m[0], on=('M', '#')),
    rule(rf"(\d{{1,2}}) or (\d{{1,2}})(?= (?:of )?{_MONTH}\b)", lambda m, t: f"{m[1]}-{m[2]}" if int(m[1]) + 1 == int(m[2]) else m[0], on=('or', '#')),
    rule(rf"(?<!top )(?<!last )(?<!first )(?<![:.])(\d{{1,2}}) (\d{{1,2}})(?= {_MONTH}\b)", lambda m, t: f"{m[1]}-{m[2]}" if int(m[1]) < int(m[2]) <= 31 else m[0], on=('#',)),
    rule(rf"{_MONTH} (\d{{1,2}}) (\d{{1,2}})(?! percent| {_UNITS})", lambda m, t: f"{m[1]} {m[2]}-{m[3]}" if int(m[2]) < int(m[3]) <= 31 else m[0], on=('M', '#')),
    rule(rf"(\d{{1,2}}) (?:and|,) (\d{{1,2}}) and (\d{{1,2}})(?= (?:of )?{_MONTH}\b)", lambda m, t: f"{m[1]}-{m[3]}" if int(m[1]) + 2 == int(m[2]) + 1 == int(m[3]) else m[0], on=('and', '#')),
    # quarters and halves of a year
    rule(r"(since|from) (?:the )?(?:start|beginning|outset) of (?:the )?(q[1-4]|h[12]|20\d\d)", r"\1 \2", on=('beginning|outset|start', 'from|since', 'of')),
    rule(r"fy[ -]?(20\d\d|2\d)", lambda m, t: f"in {_year_of(m[1])}", on=('fy', '#')),
    rule(r"(q[1-4]|h[12])(?: of| in)? this year", lambda m, t: f"{m[1]} {t.year}", on=('this year', '#')),
    rule(r"([1-4])q(?: ?(2\d|20\d\d))?", lambda m, t: f"q{m[1]}" + (f" {_year_of(m[2])}" if m[2] else ""), on=('#',)),
    rule(r"q([1-4])[-/ ]?(2[4-9])(?! percent)", r"q\1 20\2", on=('#',)),
    rule(r"(20\d\d) ?q([1-4])", r"\1-q\2", on=('20', '#')),
    rule(r"([12])h ?(2\d|20\d\d)", lambda m, t: f"h{m[1]} {_year_of(m[2])}", on=('#',)),
    rule(r"h([12])[-/ ](2[4-9])(?! percent)", r"h\1 20\2", on=('#',)),
    rule(r"(\d)m ?(20\d\d)", r"first \1 months of \2", on=('20', '#')),
    rule(r"quarter (?:no |number )?(one|two|three|four|[1-4])(?! percent)", lambda m, t: f"q{number(m[1])}", on=('quarter', '#|four|one|three|two')),
    rule(r"(?:the )?(1st|2nd|3rd|4th) quarter", lambda m, t: f"q{m[1][0]}", on=('quarter', '1st|2nd|3rd|4th')),
    rule(rf"(?:the )?{_NTH} (half|quarter)(?: of| in)? last year", lambda m, t: (f"h{_ORDINALS[m[1]]} {t.year - 1}" if m[2] == "half" else f"q{_ORDINALS[m[1]]} {t.year - 1}"), on=('last year', 'half|quarter')),
    rule(r"(?:the )?(?:last|final) (half|quarter)(?: of| in) (?:last year|(20\d\d))", lambda m, t: f"{'h2' if m[1] == 'half' else 'q4'} {m[2] or t.year - 1}", on=('final|last', 'half|quarter', 'in|of')),
    rule(r"(q[1-4]|h[12])(?: of| in)? last year", lambda m, t: f"{m[1]} {t.year - 1}", on=('last year', '#')),
    rule(r"(20\d\d) 's (first|second|third|fourth|last) quarter", r"\2 quarter of \1", on=('quarter', 'first|fourth|last|second|third', '20')),
    # lengths
    rule(r"half a year(?= (?:ago|earlier|back))", "6 months", on=('half a year',)),
    rule(r"(?:a|one) quarter(?= (?:ago|back))", "3 months", on=('quarter',)),
    rule(r"(?:a |one )?month and a half|one and a half months|1\.5 months", "6 weeks", on=('1.5 months|month and a half|one and a half months',)),
    rule(r"(?:past|previous|prior|trailing|these|those) (\d{1,3}) ?(d|h|w|m|y)", lambda m, t: f"last {m[1]} {_SHORT_UNITS[m[2]]}s", on=('past|previous|prior|these|those|trailing', '#')),
    rule(rf"(?:the )?{_NUM} (?:most recent|latest|previous|preceding|prior) {_UNITS}", _last_days, on=('latest|most recent|preceding|previous|prior',)),
    rule(rf"(?:the )?(?:most recent|latest) {_NUM} {_UNITS}", _last_days, on=('latest|most recent',)),
    rule(r"(?:in |over |during )?(?:the )?(?:recent|last few|past few) weeks", "last 4 weeks", on=('last few|past few|recent', 'weeks')),
    rule(r"(?:in |over |during )?(?:the )?recent months", "last 3 months", on=('recent months',)),
    rule(rf"(?:in |over |during |for )?(?:the )?(?:next|coming) {_NUM} (day|week|month)s?", _ahead, on=('coming|next', 'day|month|week')),
    rule(rf"(?:in |during |on |over )?the night (?:of|from|between)(?= (?:the |\d|{_WEEKDAY}|{_MONTH}|on ))", "on", on=('the night', 'between|from|of')),
    rule(rf"(?:in |over |during |of )?(?:the )?(?:{_NUM} )?(day|week)s? (before|prior to|up to|leading up to|preceding|after|following) {_DATE}", _days_beside, on=('after|before|following|leading up to|preceding|prior to|up to', 'day|week')),
    rule(rf"this (week|month|quarter|year){_AGAINST} (?:the )?(?:last|previous)(?: one)?(?= ?[,?;]|$)", r"this \1\2 last \1", on=('this', 'month|quarter|week|year', 'last|previous')),
    rule(rf"last (week|month|quarter|year){_AGAINST} this(?: one)?(?= ?[,?;]|$)", r"last \1\2 this \1", on=('last', 'month|quarter|week|year', 'this')),
    rule(r"(?:a |one |the )?quarter (?:of an|hour)(?: hour)?", "15 minutes", on=('quarter', 'hour|of an')),
    rule(r"(?:the )?(last|past|previous) half[- ](?:an )?hour", r"\1 30 minutes", on=('last|past|previous', 'half', 'hour')),
    rule(r"half an hour", "30 minutes", on=('half an hour',)),
    rule(r"(?:an|one) hour and a half|(?:one and a half|1\.5) hours", "90 minutes", on=('hour and a half|hours',)),
    rule(r"(?:a|one) year and a half|(?:one and a half|1\.5) years?", "18 months", on=('year|year and a half',)),
    rule(r"(?:a |one )?quarter of a year", "3 months", on=('quarter of a year',)),
    rule(r"(?:a |one )?half[- ](?:a )?dozen(?= (?:day|week|month|hour)s?\b)", "6", on=('dozen', 'half')),
    rule(r"(?:a |one )?dozen(?= (?:day|week|month|hour)s?\b)", "12", on=('dozen',)),
    rule(r"(?:ttm|ltm)", "last 12 months", on=('ltm|ttm',)),
    rule(r"(last|past|previous|prior|first|opening|second|final) fortnight", r"\1 2 weeks", on=('fortnight',)),
    rule(r"(?:a |the |one )?fortnight(?= (?:ago|before|earlier|to|up to|until))", "2 weeks", on=('fortnight',)),
    rule(r"(?:in|over|during|for|within) (?:a|the) fortnight", "last 2 weeks", on=('fortnight', 'during|for|in|over|within')),
    rule(r"(last|past|previous|preceding) (?:one or two days|day or (?:two|so)|couple days)", r"\1 2 days", on=('couple days|day or|one or two days', 'last|past|preceding|previous')),
    rule(rf"(last|past|previous|preceding) {_NUM} or so(?= {_UNITS}\b)", r"\1 \2", on=('or so', 'last|past|preceding|previous')),
    rule(rf"(last|past|previous|preceding) {_NUM} night(?:s|es)?", r"\1 \2 days", on=('night', 'last|past|preceding|previous')),
    rule(rf"(?:the )?{_NUM} {_UNITS} (?:up to|to|until|till|before|through|till) (?:yesterday|today|now)", _last_days, on=('now|today|yesterday', 'before|through|till|to|until|up to')),
    rule(rf"(?:rolling|trailing) (?:window of )?{_NUM}[- ]{_UNITS}(?: window)?", _last_days, on=('rolling|trailing',)),
    rule(r"(?:a )?rolling(?= (?:month|year|week|quarter))", "past", on=('rolling',)),
    rule(rf"(?!(?:a|an|one|een)\b){_NUM}[- ](day|week|month)(?= (?:total |aws |rolling )?(?:spend|spending|costs?|bill|total|average|window)\b)", lambda m, t: f"last {number(m[1])} {m[2]}s", on=('day|month|week',)),
    rule(rf"since {_NUM} (day|week|month)s? ago", lambda m, t: f"last {number(m[1])} {m[2]}s", on=('since', 'day|month|week', 'ago')),
    # parts of months and years
    rule(r"(?:the )?(?:latter|later|back|2nd) half", "second half", on=('half', '2nd|back|later|latter')),
    rule(r"(?:the )?(?:earlier|opening|former|1st) half", "first half", on=('half', '1st|earlier|former|opening')),
    rule(rf"(?:the )?(?:final|closing)(?= {_NUM} (?:day|week|month)s\b| (?:day|week) of)", "last", on=('closing|final',)),
    rule(r"(?:the )?opening(?= (?:\w+ )?(?:days?|weeks?|months?)\b)", "first", on=('opening',)),
    rule(r"(?:the )?turn of the (month|year)", r"start of the \1", on=('turn of the', 'month|year')),
    rule(rf"(?:the )?({_PART}) of (?:the )?((?:last|previous|this|the current|prior|the) month|month)(?! before)", _in_month, on=('month', 'of')),
    rule(rf"(?:the )?(first|last|second) (half|quarter|(?:{_NUM} )(?:months|weeks|days)) of (?:the|this)(?: calendar)? year", lambda m, t: f"{m[1]} {m[2]} of {t.year}", on=('of th', 'first|last|second', 'days|half|months|quarter|weeks')),
    rule(rf"(?:the )?last {_NUM} months of (20\d\d)", lambda m, t: f"{m[2]}-{13 - (number(m[1]) or 1):02d}..{m[2]}-12", on=('months of', 'last', '20')),
    rule(rf"{_MONTH} (?:of )?this year", lambda m, t: f"{m[1]} {t.year}", on=('this year', 'M')),
    rule(rf"{_MONTH}(?: of| in)? last year", lambda m, t: f"{m[1]} {t.year - 1}", on=('last year', 'M')),
    rule(rf"this {_MONTH}\b(.{{1,40}}?)(?:the )?(?:last|previous) \1", lambda m, t: f"{m[1]} {t.year}{m[2]}{m[1]} {t.year - 1}", on=('this', 'last|previous', 'M')),
    rule(r"(?:the )?same (?:quarter|half|stretch|weeks?|time|point|season)(?: (?:of|in))? (?:last year|the year before|a year (?:ago|earlier|before))", "same period last year", on=('a year|last year|the year before', 'same', 'half|point|quarter|season|stretch|time|week')),
    rule(rf"(?:the )?{_NTH} day of {_MONTH}(?: (20\d\d))?", lambda m, t: f"{_ORDINALS[m[1]]} {m[2]}{' ' + m[3] if m[3] else ''}", on=('day of', 'M')),
    rule(rf"(?:the )?last day of {_MONTH}(?: (20\d\d))?", _end_of_month, on=('last day of', 'M')),
    rule(rf"(?<=since )(?:the )?end of {_MONTH}(?: (20\d\d))?", _end_of_month, on=('end of', 'M')),
    rule(rf"(?<=since the )end of {_MONTH}(?: (20\d\d))?", _end_of_month, on=('end of', 'M')),
    rule(rf"(?<=from )(?:the )?end of {_MONTH}(?: (20\d\d))?", _end_of_month, on=('end of', 'M')),
    rule(rf"(?:the )?(?:middle|midst|mid-point|half-?way point) of {_MONTH}", r"mid \1", on=('mid-point|middle|midst|way point', 'of', 'M')),
    rule(rf"(early|mid|late)[- ](?:in )?{_MONTH}(?: (20\d\d))?", _nearby, on=('early|late|mid', 'M')),
    rule(rf"(?:the )?(year|quarter|half[- ]year) (?:ended|ending|up to|to|until|through)(?: in| on| the| end| of)* {_MONTH}(?: (20\d\d))?", _ended, on=('half|quarter|year', 'ended|ending|through|to|until|up to', 'M')),
    rule(rf"(?:in |over |for |during |of )?(?:the )?{_NUM} months? (?:ended|ending|up to|to|until|through)(?: in| on| the| end| of| \d{{1,2}}(?:st|nd|rd|th)?)* {_MONTH}(?: (20\d\d))?", lambda m, t: f"{m[1]} months ended {m[2]}{' ' + m[3] if m[3] else ''}", on=('month', 'ended|ending|through|to|until|up to', 'M')),
    rule(rf"(?:the )?last {_NUM} (days|weeks) (?:of|in) {_MONTH}(?: (20\d\d))?", _last_of_month, on=('last', 'days|weeks', 'in|of')),
    # periods that are over
    rule(r"(?:the )?(month|week|quarter|year) (?:that )?(?:(?:has |is |was )?just (?:gone|closed|ended|finished|over|past|passed|behind us)|gone by|that (?:was|closed|ended|went by))(?: by)?", r"last \1", on=('month|quarter|week|year', 'gone by|just|that')),
    rule(r"(?:the )?(?:most recent|latest|last|previous) (?:closed|full|complete|completed|finished|whole|calendar) (?:calendar )?(month|quarter|week|year)", r"last \1", on=('last|latest|most recent|previous', 'calendar|closed|complete|completed|finished|full|whole', 'month|quarter|week|year')),
    rule(r"(?:the )?quarter before last", _quarter_back, on=('quarter before last',)),
    rule(r"(?:the )?year before last", lambda m, t: f"in {t.year - 2}", on=('year before last',)),
    rule(r"(?:since )?(?:the )?week (?:began|started)|wtd|(?:since|from) (?:the )?(?:start|beginning) of (?:the|this) week", "this week", on=('began|of th|started|wtd',)),
    rule(r"(?:since|from) (?:the )?(?:start|beginning) of (?:the|this) quarter", "this quarter", on=('quarter', 'beginning|start', 'of th')),
    rule(r"(?:since|from) the 1st", "month to date", on=('the 1st', 'from|since')),
    rule(r"(?:earlier|later) today", "today", on=('earlier|later', 'today')),
    # weeks and weekends
    rule(rf"(?:on |the )*{_WEEKDAY}(?: of| in)? last week|last week (?:'s |on |)(?:the )?{_WEEKDAY}", lambda m, t: _day_in_week(m[1] or m[2], 1, t), on=('last week',)),
    rule(rf"(?:on |the )*{_WEEKDAY}(?: of| in)? this week", lambda m, t: _day_in_week(m[1], 0, t) if dates.WEEKDAYS[m[1]] <= t.weekday() else m[0], on=('this week', 'W')),
    rule(rf"(?:a|one) week (?:ago|back)(?: on)? {_WEEKDAY}|{_WEEKDAY} (?:a|one) week (?:ago|back)|a week last {_WEEKDAY}", lambda m, t: _day_in_week(m[1] or m[2] or m[3], 1, t), on=('a week last|week',)),
    rule(rf"(?:the )?{_WEEKDAY} before last", lambda m, t: dates.weekday_back(dates.WEEKDAYS[m[1]], t, 1).isoformat(), on=('before last', 'W')),
    rule(rf"(?:on )?{_WEEKDAY} last", r"last \1", on=('last', 'W')),
    rule(rf"(?:on |the )*{_WEEKDAY} (?:the )?({_D})(?! (?:of )?{_MONTH})", r"on the \2", on=('nd|rd|st|th', 'W', '#')),
    rule(r"(?:the )?weekend before last", _weekend_back(1), on=('weekend before last',)),
    rule(r"(?<=vs )(?:the )?(?:weekend before(?: that| it)?|previous weekend|preceding weekend)|(?<=than )(?:the )?(?:weekend before(?: that| it)?|previous weekend)|(?<=against )(?:the )?(?:weekend before(?: that| it)?|previous weekend)|(?<=versus )(?:the )?(?:weekend before(?: that| it)?|previous weekend)|(?<=to )(?:the )?(?:weekend before(?: that| it)?|previous weekend)|(?<=with )(?:the )?(?:weekend before(?: that| it)?|previous weekend)", _weekend_back(1), on=('preceding weekend|previous weekend|weekend before',)),
    rule(rf"(?:the )?(first|second|third|fourth|last|final) weekend (?:of|in) {_MONTH}(?: (20\d\d))?", _weekends, on=('weekend', 'final|first|fourth|last|second|third', 'in|of')),
    rule(rf"(?:the )?week (?:ending|ended|to)(?: on)? (?:{_WEEKDAY} )?(?:the )?(\d{{1,2}})(?:st|nd|rd|th)?(?: (?:of )?{_MONTH})?", lambda m, t: _week_ended_on(m, t), on=('week', 'ended|ending|to', '#')),
    rule(rf"(?:the )?week commencing(?: {_WEEKDAY})?(?: the)?", "week of", on=('week commencing',)),
    rule(r"(?:the )?last working week", "last week", on=('last working week',)),
    # days that are named by their number alone, and open ends
    rule(r"(?:this month |the month )?(?:so far )?(?:up )?(?:to|until|till)(?: and including)? yesterday(?= ?[,?;]|$)", lambda m, t: _month_until_yesterday(m, t), on=('yesterday', 'till|to|until')),
    rule(r"(?:this month|month to date) (?:up )?(?:to|until|till|through)(?: and including)? (?:the )?(\d{1,2})(?:st|nd|rd|th)?", _month_until, on=('month to date|this month', 'through|till|to|until', '#')),
    rule(rf"(?:after|later than) (?:the )?(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH}", _after, on=('after|later than', '#', 'M')),
    rule(rf"(?:up )?(?:to|until|till)(?: and including)? the (\d{{1,2}})(?:st|nd|rd|th)(?: (?:of )?{_MONTH})?", _up_to, on=('the', 'till|to|until', 'nd|rd|st|th')),
    rule(rf"(?:on |between |from |of )?(?:the )?{_D} ?(?:and|to|until|till|through|-|,) ?(?:the )?{_D}(?: and (?:the )?{_D})?(?! (?:of )?{_MONTH})", _listed_days, on=('nd|rd|st|th', '#')),
    rule(rf"(?<!on )(?<!since )(?<!until )(?<!from )(?<!between )(?:the )({_D}){_AFTER_DAY}(?! of)", r"on the \1", on=('the', 'nd|rd|st|th', '#')),
)  # fmt: skip


def _week_ended_on(match: re.Match[str], today: date) -> str:
    month = dates.MONTHS[match[3]] if match[3] else None
    last = dates.day_of(int(match[2]), month, today)
    return dates.span(last - timedelta(days=6), last) if last else match[0]


def _month_until_yesterday(match: re.Match[str], today: date) -> str:
    if not match[0].startswith(("this month", "the month")):
        return match[0]
    return dates.span(today.replace(day=1), max(today.replace(day=1), today - timedelta(days=1)))


def plain_times(flat: str, today: date, *, every: bool = False) -> str:
    """Folded text in which times are said in few ways. `every` tries each rule, whatever the text holds."""
    return rewritten(flat, _REWRITES, today, every=every)
