"""When: from a manager's words for time to period words, by rules of our own.

General date parsers read "may we" as May and "2 days" as two hours; here a word is time only where its neighbours say so.
"""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from agents.models.offline.times import dates
from agents.models.offline.times.asides import without_asides
from agents.models.offline.times.calendar_words import calendar_dates
from agents.models.offline.times.clock import Clock, clock_in
from agents.models.offline.times.hours import Hours, hours_in
from agents.models.offline.times.ranges import plain_days
from agents.models.offline.times.stretches import Mention, bounds, joined
from agents.models.offline.times.time_rules import COMPILED, SINCE
from agents.models.offline.times.time_words import plain_times

FUTURE = frozenset({"next_month", "next_3_months", "this_year", "next_week", "tomorrow", "next_year"})
"""Words that only a forecast takes."""


@dataclass(frozen=True, slots=True)
class When:
    """The times named in a text, in the order of the text, and the text with each replaced by `<p>`."""

    mentions: tuple[Mention, ...]
    bare: str
    around: str | None = None
    """A time of day that was named, as `HH:MM`."""
    clock: Clock | None = None
    """The same with how far to look to either side of it."""
    relative: str | None = None
    """`before`, `day_before`, `week_before`, `month_before`, `quarter_before`, `after`, `since` or `year_before`: a period named only in relation to the one talked about."""
    hours: Hours | None = None
    """The part of a day, or the hours of each day, that were named."""

    @property
    def named(self) -> bool:
        """Whether a time is named in any way."""
        return bool(self.mentions or self.relative or self.hours or self.clock)


_CUE = re.compile(
    r"(?:in|of|since|from|to|vs|versus|against|and|for|last|this|during|until|till|through|thru|mid|early|late|between|"
    r"than|with|over|by|before|after|\d{1,2}(?:st|nd|rd|th)?|em|de|desde|sinds|van|tot|about|whole|all|,|s|-)$"
)
_LEAD = 40
"""Characters before a time that are kept with it."""
_OPENING = re.compile(r"(?:(?:between|from|since|van|de|entre|sinds|desde) )?")
_AFTER_CUE = re.compile(r"^ (?:20\d\d|vs|versus|compared|against|to \w+ember|'s|\?|,|\d)")
_RELATIVE: tuple[tuple[str, str], ...] = (
    (r"(?:the )?(?:(?:\d{1,2}|two|three|four|six|seven|ten|twelve|same number of) )?(?:month|week|day|quarter|period|one|weekend|hour|morning|afternoon|evening|night)s? (?:before|prior|earlier)(?: that| this| it| then)?\b(?! (?:yesterday|last|the|a|we|<|\d|eergisteren))|"
     r"(?:the )?(?:previous|preceding|prior) (?:one|period)|de maand (?:ervoor|daarvoor)|(?:o )?mes anterior|the time before", "before"),
    (r"(?:the )?(?:month|week|day|quarter|one|morning|afternoon|evening|night) (?:after|following|later)(?: that| this)?\b(?! (?:month|week|day|quarter))|(?:the )?following (?:month|week|day)", "after"),
    (r"(?:the )?year before(?: that)?|(?:one |a )?year earlier", "year_before"),
    (r"(?:(?<=^)|(?<=^and )|(?<=^what about )|(?<=^how about )|(?<=^versus )|(?<=^compared to ))before (?:that|this|then)(?=\W*$)", "before"),
    (r"since (?:then|that (?:day|date|time|moment|week|month)|it (?:started|began|happened))", "since"),
)  # fmt: skip


_UNIT = re.compile(r"(?:the )?(day|week|month|quarter) (?:before|prior|earlier)\b")
"""A unit that is named: it may be longer or shorter than the time that was talked about."""


def find_times(flat: str, now: datetime) -> When:
    """Every time named in folded text (see `text.words`), with `now` in UTC."""
    today = now.date()
    mentions: list[Mention] = []
    said = calendar_dates(plain_days(without_asides(flat)), today)
    bare = plain_times(said, today)
    plain = bare
    clock, bare = clock_in(bare)
    rest = bare
    relative = None
    for pattern, kind in _RELATIVE:
        if match := re.search(rf"(?<!\w)(?<!day a )(?<!day one )(?<!day the )(?:{pattern})", bare):
            unit = _UNIT.match(match[0]) if kind == "before" else None
            relative = f"{unit[1]}_before" if unit else kind
            bare = _mask(bare, match.start(), match.end())
            break
    for pattern_, rule in COMPILED:
        for match in list(pattern_.finditer(bare)):
            if "\x00" in match[0] or not _is_time(match, bare):
                continue
            word = rule(match, today)
            if word is None:
                continue
            start = match.start()
            lead = re.search(rf"\b{SINCE} (?:the )?$", bare[:start])
            since = bool(lead) or bool(re.match(rf"{SINCE} ", match[0]) and ".." not in word)
            if lead and lead[0].startswith(("from", "van")) and ".." in word:
                since = False
            led = f"{bare[max(0, start - _LEAD) : start]}{_OPENING.match(match[0])[0]}"  # type: ignore[index]  # may be empty
            mentions.append(Mention(word, start, match.end(), open_start=since, lead=led))
            bare = _mask(bare, start, match.end())
    mentions.sort(key=lambda mention: mention.start)
    spans = [span for mention in mentions if (span := bounds(mention.word, today))]
    days = (max(b for _, b in spans) - min(a for a, _ in spans)).days + 1 if spans else 0
    hours = hours_in(said, plain, clock, rest, days=days) if not (clock and clock.onward) else None
    if clock and clock.onward:
        mentions, clock = [Mention(_hours_since(clock, mentions, now), len(bare), len(bare))], None
    every = joined(_a_week_before(mentions, today), bare, today)
    bare = re.sub(r"\x00+", "<p>", bare)
    return When(tuple(every), bare, clock.around if clock else None, clock, relative, hours)


def _a_week_before(mentions: list[Mention], today: date) -> list[Mention]:
    """`the same day a week earlier` as the day it is, seen from the other day that was named (else from yesterday)."""
    day = today - timedelta(days=1)
    for mention in mentions:
        span = bounds(mention.word, today)
        if span and span[0] == span[1]:
            day = span[0]
    before = (day - timedelta(days=7)).isoformat()
    return [replace(m, word=before) if m.word == "week_before" else m for m in mentions]


def _hours_since(clock: Clock, mentions: list[Mention], now: datetime) -> str:
    """The hours since a time of day, on the day that was named or the latest."""
    spans = [span for mention in mentions if (span := bounds(mention.word, now.date())) and span[0] == span[1]]
    day = datetime(*(spans[0][0] if spans else now.date()).timetuple()[:3], tzinfo=now.tzinfo)
    moment = day + timedelta(minutes=clock.minute)
    if not spans and moment > now:
        moment -= timedelta(days=1)
    return f"last_{max(1, -(-int((now - moment).total_seconds()) // 3600))}_hours"


def _mask(text: str, start: int, end: int) -> str:
    return text[:start] + "\x00" * (end - start) + text[end:]


def _is_time(match: re.Match[str], text: str) -> bool:
    """Whether a month's name that is also another word stands where a month stands."""
    shown = match[0].split()
    if shown[0] not in dates.AMBIGUOUS_MONTHS or (len(shown) > 1 and shown[1][:1].isdigit()):
        return True
    before, after = text[: match.start()].rstrip().rsplit(" ", 1)[-1], text[match.end() :]
    if len(shown) > 2 and any(word in dates.MONTHS for word in shown[1:]):
        return True
    return bool(_CUE.search(before)) or bool(_AFTER_CUE.search(after)) or before.endswith("\x00")
