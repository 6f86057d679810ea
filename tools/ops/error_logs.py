"""Error logs: what the logs complain about in a period or around a time, similar lines counted as one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated, Any

from pydantic import Field

from tools.accounts import Account, Accounts
from tools.calls import Aws, Place
from tools.errors import AwsCallError, InputError
from tools.facts import Facts
from tools.ops.common import Top, gathered, looked, of_account, per_account, resolve, scope_of
from tools.ops.log_text import FILTER, is_error, message, shape
from tools.periods import Period, hours_label, parse_recent
from tools.registry import HoursWord, query

_MOST_GROUPS = 200
_MOST_PAGES = 20
"""Pages of up to 10,000 lines read from one log group before the count is called incomplete."""


@dataclass(frozen=True, slots=True)
class Group:
    """A log group somewhere."""

    place: Place
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Line:
    """One error line: when, where, what it says (safe to show) and its shape."""

    at: datetime
    account: Account
    group: str
    said: str
    shape: str


@dataclass(frozen=True, slots=True)
class Read:
    """The error lines of some log groups in one place, what could not be read there, and the receipts."""

    lines: tuple[Line, ...]
    missing: tuple[str, ...]
    receipts: tuple[str, ...]


@query(domain="ops", operations=("logs:DescribeLogGroups", "logs:FilterLogEvents"))
def error_logs(
    aws: Aws,
    period: HoursWord = "last_24_hours",
    around: Annotated[str | None, Field(description="a UTC time, 2026-10-13T19:10, instead of a period")] = None,
    minutes: Annotated[int, Field(ge=1, le=720, description="before and after `around`")] = 30,
    accounts: Accounts = "all",
    log_group: str | None = None,
    contains: str | None = None,
    top: Top = 6,
) -> Facts:
    """Error lines in CloudWatch Logs of a period or around a time: how many, which messages, where, first and last.

    Similar messages are counted as one. `log_group` is a name or a part of names; `contains` a text in the line.
    """
    span = parse_recent(period, aws.now) if around is None else _around(around, minutes, aws.now)
    chosen = aws.directory.select(accounts)
    listed = aws.each(aws.places(chosen), partial(_groups, aws))
    groups = [group for _, (found, _) in listed for group in found]
    where: dict[str, str] = {}
    if log_group is not None:
        names = resolve("log group", log_group, (group.name for group in groups))
        groups = [group for group in groups if group.name in names]
        where["log group"] = names[0] if len(names) == 1 else f"*{log_group.strip()}*"
    if contains is not None:
        where["containing"] = contains.strip()
    scope = scope_of(aws, chosen, where)
    facts = Facts(
        read_as=f"error log lines, {span.label}, {scope.text()}",
        period=span,
        scope=scope,
        columns=("Message", "Log group", "Account", "Lines", "First", "Last"),
        notes=[looked(chosen, aws.regions)],
    )
    groups.sort(key=lambda group: (-group.size, group.place.account.name, group.place.region, group.name))
    if len(groups) > _MOST_GROUPS:
        facts.incomplete.append(f"only the {_MOST_GROUPS} largest of {len(groups)} log groups were read; name one")
    by_place: dict[Place, list[str]] = {}
    for group in groups[:_MOST_GROUPS]:
        by_place.setdefault(group.place, []).append(group.name)
    places = [place for place, _ in listed if place in by_place]
    found = aws.each(places, lambda place: _read(aws, place, by_place[place], span, (contains or "").strip()))
    behind = (*dict.fromkeys(r for _, (_, receipts) in listed for r in receipts), *gathered(found))
    lines = sorted(
        (line for _, held in found for line in held.lines), key=lambda ln: (ln.at, ln.account.name, ln.group, ln.said)
    )
    facts.incomplete += [text for _, held in found for text in held.missing]
    facts.fact("error log lines", len(lines), "lines", receipts=behind, headline=True)
    facts.fact("log groups searched", min(len(groups), _MOST_GROUPS), "log groups", receipts=behind)
    if lines:
        _shape_of_time(facts, lines, behind)
        if len(chosen) > 1:
            counts = [(place.account, len(held.lines), held.receipts) for place, held in found]
            per_account(facts, "error log lines", "lines", counts)
        _show(facts, found, lines, top)
    return facts


def _around(text: str, minutes: int, now: datetime) -> Period:
    """`minutes` before and after a time; a time without an offset is UTC.

    Raises:
        InputError: it is no time, or lies in the future.
    """
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise InputError(f"around is {text!r}; expected a time such as 2026-10-13T19:10.") from None
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    if at > now:
        raise InputError(f"around is {text!r}, which lies in the future; it is {now:%Y-%m-%dT%H:%M} UTC.")
    start, end = at - timedelta(minutes=minutes), min(at + timedelta(minutes=minutes), now)
    return Period(label=hours_label(start, end), start=start, end=end)


def _groups(aws: Aws, place: Place) -> tuple[list[Group], tuple[str, ...]]:
    found = aws.items(place.account, "logs:DescribeLogGroups", "logGroups", region=place.region, limit=50)
    groups = [Group(place, raw["logGroupName"], int(raw.get("storedBytes") or 0)) for raw in found.items]
    return groups, found.receipts


def _read(aws: Aws, place: Place, names: Sequence[str], span: Period, contains: str) -> Read:
    lines: list[Line] = []
    missing: list[str] = []
    receipts: list[str] = []
    failed: AwsCallError | None = None
    for name in names:
        try:
            for number, page in enumerate(_pages(aws, place, name, span), start=1):
                receipts.append(page.receipt)
                lines += _errors(place, name, page.data.get("events") or [], span, contains)
                if number == _MOST_PAGES and page.data.get("nextToken"):
                    missing.append(f"log group {name} in {place.account.name} has more lines than were read")
                    break
        except AwsCallError as error:
            failed = error
            missing.append(f"log group {name} in {place.account.name} could not be read ({error.code})")
    if failed is not None and not receipts:
        raise failed
    return Read(tuple(lines), tuple(missing), tuple(receipts))


def _pages(aws: Aws, place: Place, name: str, span: Period) -> Any:
    return aws.pages(
        place.account,
        "logs:FilterLogEvents",
        region=place.region,
        logGroupName=name,
        startTime=int(span.start.timestamp() * 1000),
        endTime=int(span.end.timestamp() * 1000) - 1,
        filterPattern=FILTER,
        limit=10_000,
    )


def _errors(place: Place, group: str, events: Sequence[dict[str, Any]], span: Period, contains: str) -> list[Line]:
    found = []
    for event in events:
        text = event.get("message") or ""
        at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
        if span.start <= at < span.end and is_error(text) and contains.casefold() in text.casefold():
            said = message(text)
            found.append(Line(at.replace(microsecond=0), place.account, group, said, shape(said)))
    return found


def _shape_of_time(facts: Facts, lines: Sequence[Line], behind: Sequence[str]) -> None:
    facts.fact("first error log line", lines[0].at, "time", receipts=behind, headline=True)
    facts.fact("last error log line", lines[-1].at, "time", receipts=behind)
    per_minute = Counter(line.at.replace(second=0) for line in lines)
    at, most = max(per_minute.items(), key=lambda entry: (entry[1], -entry[0].timestamp()))
    facts.fact("most error log lines in one minute", most, "lines", receipts=behind)
    facts.fact("minute with the most error log lines", at, "time", receipts=behind)
    groups = {(line.account.id, line.group) for line in lines}
    facts.fact("log groups with error lines", len(groups), "log groups", receipts=behind)
    facts.fact("different error messages", len({line.shape for line in lines}), "messages", receipts=behind)


def _show(facts: Facts, found: Sequence[tuple[Place, Read]], lines: Sequence[Line], top: int) -> None:
    """One row for each message and log group: the most frequent first."""
    receipts_of: dict[str, list[str]] = {}
    for place, held in found:
        receipts_of.setdefault(place.account.id, []).extend(held.receipts)
    grouped: dict[tuple[str, str, str], list[Line]] = {}
    for line in lines:
        grouped.setdefault((line.account.name, line.group, line.shape), []).append(line)
    ranked = sorted(grouped.items(), key=lambda group: (-len(group[1]), group[1][0].at, group[0]))
    for number, ((_, log_group, _), same) in enumerate(ranked[:top], 1):
        first = same[0]
        where = {**facts.scope.where, "log group": log_group}
        say = partial(facts.fact, receipts=receipts_of[first.account.id], scope=of_account(first.account, where))
        which = f"error message {number}"  # by number: a label is our own text, and a log line is anybody's
        facts.row(
            say(f"{which}, one sample", first.said, "text"),
            log_group,
            first.account.name,
            say(f"lines like {which}", len(same), "lines"),
            say(f"first line like {which}", first.at, "time"),
            say(f"last line like {which}", same[-1].at, "time"),
        )
    if len(ranked) > top:
        rest = [line for _, same in ranked[top:] for line in same]
        receipts = [receipt for line in rest for receipt in receipts_of[line.account.id]]
        facts.rest("error log lines", len(rest), "lines", receipts=receipts, column=3)
