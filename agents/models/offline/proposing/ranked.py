"""Ranked: a follow-up of which day, venue, account or team came first is about that one, and is asked with it named.

So is one of the second of a list, or the last: it is the row that was told there.
"""
# ruff: noqa: E501 - patterns of words read better in one piece

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


_PLACE = r"(?:one|account|venue|casino|team|service|row|rule)"
_NTH = re.compile(
    rf"(?:\bthe (?P<nth>first|second|third|fourth|fifth|last|1st|2nd|3rd|4th|5th)(?: (?P<kind>{_PLACE})| of (?:them|these|those|the (?:list|three|four|five))|(?=\W*$| (?:by|per|in|for|last)\b))|(?:\b(?:number|nr\.?|no\.) ?|#)(?P<number>one|two|three|four|five|[1-5]))(?: (?:on|in|of) (?:the|that|this) (?:list|table))?(?!\w)",
    re.IGNORECASE,
)
"""One of those that were listed, by its place in the list."""
_NUMBERED = {
    word: place
    for place, said in enumerate(("first 1st one 1", "second 2nd two 2", "third 3rd three 3", "fourth 4th four 4", "fifth 5th five 5"))
    for word in said.split()
} | {"last": -1}  # fmt: skip
_OPENED = re.compile(r"^\W*(?:(?:and|so|ok|what about|how about|(?:what|which|who) (?:is|was)) )*$", re.IGNORECASE)
_TOLD = re.compile(
    r"^- (?:(?P<kind>account|venue|team|service) )?(?P<name>[^:,\n]+?)(?P<within> in account [\w-]+)?(?:,[^:\n]*)?: ",
    re.MULTILINE,
)


_WORST = re.compile(
    r"\bthe (?:worst|biggest|most (?:failed|failing|broken|violated))(?: (?:one|rule)\b|(?: of (?:them|those|these))?(?=\W*$))",
    re.IGNORECASE,
)


def nth_named(question: str, answer: str, names: Names, *, rules: bool = False) -> str:
    """A question of "the second one" or "the last" of a list, with the account, venue, team or service of that row named.

    So with a Config rule, where the rows are of `rules`, the worst of which stands first. As it is where the rows are of something else, or of several kinds, or fewer than that were told.
    """
    said = _NTH.search(_WORST.sub("the first one", question) if rules else question)
    if said is None:
        return question
    question = said.string
    told = [("rule" if rules else _kind_of(row, names), row["name"]) for row in _TOLD.finditer(answer)]
    rows = [(kind, name) for kind, name in told if kind]
    place = _NUMBERED[(said["nth"] or said["number"]).casefold()]
    kinds = {kind for kind, _ in rows}
    if len(kinds) != 1 or len(rows) < max(2, place + 1) or len({name for _, name in rows}) < len(rows):
        return question
    kind, name = rows[place]
    if (said["kind"] or "one").casefold() not in ("one", "row", kind, "casino" if kind == "venue" else kind):
        return question
    lead = f"{question[: said.start()]}for " if _OPENED.match(question[: said.start()]) else question[: said.start()]
    return f"{lead}{name if kind in ('service', 'rule') else f'{kind} {name}'}{question[said.end() :]}"


def _kind_of(row: re.Match[str], names: Names) -> str:
    """What a row is of; empty where it is no place, team or service, but something within one."""
    if row["within"]:
        return ""
    known = {"account": names.accounts, "venue": names.venues, "team": names.teams}
    kind = row["kind"] or next((kind for kind, held in known.items() if row["name"] in held), "")
    return kind if kind == "service" or row["name"] in known.get(kind, ()) else ""


_WHICH_PLACE = re.compile(
    rf"\b(?:which|what)\b.*\b(?:{_RANKED}|worst|most|least|fastest)\b|\b{_PLACE_RANKED.pattern}", re.IGNORECASE
)
_THAT_ONE = re.compile(
    r"\b(?:(?P<behind>in|at|for|of|on|behind|from) )?(?:that|this) (?:one|account|venue|casino|team)\b", re.IGNORECASE
)

_IN_WHICH = re.compile(r"\b(?:in|at|for) (?:which|what) (?:account|venue|casino|team)\b|\bwhere\b", re.IGNORECASE)
_THOSE = re.compile(
    r"^\W*(?:(?:and|so|ok|but) )*(?:(?:what|which) (?:are|is|were) (?:they|those|these|the)(?: [a-z]+)?(?: about| exactly)?|(?:which|what) (?:[a-z]+ )?(?:are|were) (?:they|those|these)|list (?:them|those|these)|(?:list|show|name)(?: me)? (?:the|those|these) [a-z]+)\W*$",
    re.IGNORECASE,
)


def that_named(question: str, before: str, answer: str, names: Names) -> str:
    """A question of "that one", where it was asked which of several has the most, with the first row named."""
    said = _THAT_ONE.search(question)
    if said is None and _THOSE.match(question) and _IN_WHICH.search(before):
        said = re.search(r"(?=[\s?!.]*$)", question)  # they are those of the place that was asked for
    rows = ((_kind_of(row, names), row["name"]) for row in _TOLD.finditer(answer))
    kind, name = next((one for one in rows if one[0]), ("", ""))
    if said is None or not kind or not _WHICH_PLACE.search(before):
        return question
    named = name if kind == "service" else f"{kind} {name}"
    behind = said["behind"] if said.re is _THAT_ONE else " in"
    return f"{question[: said.start()]}{behind + ' ' if behind else ''}{named}{question[said.end() :]}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
