"""Ranked: a follow-up of which day, venue, account or team came first is about that one, and is asked with it named."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from agents.models.offline.naming.names import Names

_RANKED = (
    r"(?:cheapest|dearest|priciest|costliest|(?:most|least) expensive|highest|lowest|biggest|largest|smallest|busiest)"
)
_DAY_RANKED = re.compile(rf"\b{_RANKED} day\b|\bwhich day\b.*\b(?:most|least|{_RANKED})\b", re.IGNORECASE)
_PLACE_RANKED = re.compile(
    rf"\b(?P<one>venue|account|team)s?\b.*\b{_RANKED}|\b{_RANKED} (?P<other>venue|account|team)\b", re.IGNORECASE
)
_DAY_ROW = re.compile(r"^- (?P<day>\d{1,2} [A-Z][a-z]+ \d{4}): [A-Z]{3} \d", re.MULTILINE)
_PLACE_ROW = re.compile(r"^- (?:venue |account |team )?(?P<name>[\w-]+): [A-Z]{3} \d", re.MULTILINE)
_THAT_DAY = re.compile(r"\b(?:on )?(?:that|the same) day\b", re.IGNORECASE)
_NEXT_DAY = re.compile(
    r"^\W*(?:and |what about |how about )*(?:on )?the (?:day|one) (?P<way>before|after)(?: that)?\W*$", re.IGNORECASE
)
_WHY = re.compile(r"^\W*(?:and |but |so )?(?:why|how come)(?: (?:is|was) (?:that|it|this))?\W*$", re.IGNORECASE)
_IN_A_ROW = re.compile(r"^\W*(?:and )?(?P<row>(?:per|by|each|every) (?:month|day|week)\b.*)$", re.IGNORECASE)


def ranked_first(question: str, before: str, answer: str, names: Names) -> str:
    """A question about the day or the place that came first by what it cost, where that was asked, with it named."""
    if _DAY_RANKED.search(before) and (row := _DAY_ROW.search(answer)):
        day = datetime.strptime(row["day"], "%d %B %Y").replace(tzinfo=UTC).date()
        if near := _NEXT_DAY.match(question):
            return f"and on {_day(day + timedelta(days=1 if near['way'].casefold() == 'after' else -1))}?"
        if _WHY.match(question):
            return f"why was {_day(day)} more expensive than {_day(day - timedelta(days=1))}?"
        return _THAT_DAY.sub(f"on {_day(day)}", question, count=1)
    if (ranked := _PLACE_RANKED.search(before)) and (row := _PLACE_ROW.search(answer)):
        kind, told = (ranked["one"] or ranked["other"]).casefold(), _IN_A_ROW.match(question)
        known = {"venue": names.venues, "account": names.accounts, "team": names.teams}[kind]
        if told and row["name"] in known:
            return f"and for {kind} {row['name']} {told['row']}"
    return question


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
