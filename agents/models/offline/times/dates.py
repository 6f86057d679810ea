"""Date arithmetic for the period parser: from words such as a weekday or a month to period words of `tools.periods`."""

from __future__ import annotations

from datetime import date, timedelta

from tools.periods import Period

_MONTH_WORDS: tuple[tuple[str, ...], ...] = (
    ("january", "jan", "januari", "janeiro"),
    ("february", "feb", "februari", "fevereiro"),
    ("march", "mar", "maart", "marco"),
    ("april", "apr", "abril"),
    ("may", "mei", "maio"),
    ("june", "jun", "juni", "junho"),
    ("july", "jul", "juli", "julho"),
    ("august", "aug", "augustus", "agosto"),
    ("september", "sep", "sept", "setembro"),
    ("october", "oct", "oktober", "okt", "outubro"),
    ("november", "nov", "novembro"),
    ("december", "dec", "dezembro"),
)
MONTHS = {word: number for number, names in enumerate(_MONTH_WORDS, 1) for word in names}
AMBIGUOUS_MONTHS = frozenset({"may", "march", "mar", "mei", "jun", "jan", "dec", "nov"})
"""Words that are a month only next to a word that says so ("may we", "march on")."""

_WEEKDAY_WORDS: tuple[tuple[str, ...], ...] = (
    ("monday", "maandag", "segunda-feira"),
    ("tuesday", "tue", "tues", "dinsdag", "terca-feira"),
    ("wednesday", "weds", "woensdag", "quarta-feira"),
    ("thursday", "thu", "thur", "thurs", "donderdag", "quinta-feira"),
    ("friday", "fri", "vrijdag", "sexta-feira"),
    ("saturday", "zaterdag", "sabado"),
    ("sunday", "zondag", "domingo"),
)
WEEKDAYS = {word: number for number, names in enumerate(_WEEKDAY_WORDS) for word in names}


def month_word(month: int, today: date, year: int | None = None) -> str:
    """`YYYY-MM` of a named month: the latest that has begun, unless a year is named."""
    if year is None:
        year = today.year if month <= today.month else today.year - 1
    return f"{year:04d}-{month:02d}"


def month_back(today: date, count: int) -> str:
    """`YYYY-MM` of the month `count` months before today's."""
    index = today.year * 12 + today.month - 1 - count
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


def shifted(month: str, count: int) -> str:
    """`YYYY-MM`, `count` months later (earlier when negative)."""
    index = int(month[:4]) * 12 + int(month[5:7]) - 1 + count
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


def day_of(day: int, month: int | None, today: date, year: int | None = None) -> date | None:
    """A day of a month, the latest that has come; None if it does not exist."""
    try:
        if month is None:
            found = today.replace(day=day) if day <= today.day else (today.replace(day=1) - timedelta(days=1))
            return found.replace(day=day)
        if year is None:
            year = today.year if (month, day) <= (today.month, today.day) else today.year - 1
        return date(year, month, day)
    except ValueError:
        return None


def weekday_back(weekday: int, today: date, weeks: int = 0) -> date:
    """The latest such weekday before today, or that of `weeks` weeks earlier."""
    return today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1 + 7 * weeks)


def monday_of(day: date) -> date:
    """The Monday of the week in which a day lies."""
    return day - timedelta(days=day.weekday())


def span(first: date, last: date) -> str:
    """A day, or `A..B` of days."""
    return first.isoformat() if first == last else f"{first.isoformat()}..{last.isoformat()}"


def quarter_word(quarter: int, today: date, year: int | None = None) -> str:
    """`YYYY-QN`: the latest such quarter that has begun, unless a year is named."""
    if year is None:
        year = today.year if quarter <= (today.month - 1) // 3 + 1 else today.year - 1
    return f"{year:04d}-Q{quarter}"


def word_of(period: Period) -> str:
    """A period word for a resolved period: months if it is made of whole months, else days."""
    first, last = period.start.date(), date.fromisoformat(period.end_day) - timedelta(days=1)
    whole = first.day == 1 and (last + timedelta(days=1)).day == 1 and period.days >= 27
    if not whole:
        return span(first, last)
    left, right = f"{first:%Y-%m}", f"{last:%Y-%m}"
    return left if left == right else f"{left}..{right}"
