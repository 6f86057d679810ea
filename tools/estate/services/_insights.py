"""CloudWatch Logs Insights, the part that error questions use: fields, filter, stats ... by, sort, limit, display."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tools.estate.services._insights_filter import FilterParser, Row, Test, malformed

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_BIN = re.compile(r"bin\(\s*(\d+)\s*([smhd])\w*\s*\)")
_AGGREGATE = re.compile(r"(count|sum|avg|min|max|count_distinct)\(\s*([@\w.*]*)\s*\)(?:\s+as\s+([@\w]+))?", re.I)
_SPLIT = re.compile(r"""((?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|/(?:\\.|[^/\\|])+/|[^|"'])+)(?:\||$)""")


@dataclass
class Aggregate:
    function: str
    field: str
    label: str


@dataclass
class Query:
    """A parsed query."""

    fields: list[str] = field(default_factory=list)
    filters: list[Test] = field(default_factory=list)
    aggregates: list[Aggregate] = field(default_factory=list)
    by: list[str] = field(default_factory=list)
    sort: tuple[str, bool] | None = None
    limit: int = 10_000


def parse(text: str) -> Query:
    """The query, or Insights' MalformedQueryException."""
    query = Query()
    commands = [part.strip() for part in _SPLIT.findall(text.strip()) if part.strip()]
    if not commands:
        raise malformed("the query is empty")
    for command in commands:
        if command.startswith("#"):
            continue
        name, _, rest = command.partition(" ")
        _apply(query, name.lower(), rest.strip(), command)
    return query


def _apply(query: Query, name: str, rest: str, command: str) -> None:
    if name in ("fields", "display"):
        query.fields = [part.strip() for part in rest.split(",") if part.strip()]
        if any(not re.fullmatch(r"[@\w.]+", part) for part in query.fields):
            raise malformed(f"the sample estate's fields are plain names, got {rest!r}")
    elif name == "filter":
        query.filters.append(FilterParser(rest).parse())
    elif name == "stats":
        _stats(query, rest)
    elif name == "sort":
        found = re.fullmatch(r"([@\w.()*]+)(?:\s+(asc|desc))?", rest, re.I)
        if not found:
            raise malformed(f"expected a field and asc or desc after sort, got {rest!r}")
        query.sort = (found[1], (found[2] or "asc").lower() == "desc")
    elif name == "limit" and rest.isdigit():
        query.limit = min(int(rest), 10_000)
    else:
        raise malformed(f"unexpected command {command[:40]!r}; the sample knows fields, filter, stats, sort, limit")


def _stats(query: Query, rest: str) -> None:
    if query.aggregates:
        raise malformed("the sample estate runs one stats command in a query")
    head, _, tail = re.sub(r"\s+by\s+", "\0", rest, count=1, flags=re.I).partition("\0")
    for part in re.split(r",\s*(?![^()]*\))", head):
        found = _AGGREGATE.fullmatch(part.strip())
        if not found:
            raise malformed(f"unexpected {part!r} after stats; known are count, sum, avg, min, max, count_distinct")
        query.aggregates.append(Aggregate(found[1].lower(), found[2], found[3] or part.strip()))
    query.by = [part.strip() for part in re.split(r",\s*(?![^()]*\))", tail) if part.strip()]
    for part in query.by:
        if not _BIN.fullmatch(part) and not re.fullmatch(r"[@\w.]+", part):
            raise malformed(f"unexpected {part!r} after by")


def stamp(milliseconds: float) -> str:
    """A time as Insights writes it."""
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.strftime("%Y-%m-%d %H:%M:%S.") + f"{int(milliseconds) % 1000:03d}"


def row_of(at: int, stream: str, message: str, log: str, pointer: str) -> Row:
    """The fields of one event: the system's and, of a JSON message, its own."""
    row = {"@timestamp": stamp(at), "@message": message, "@logStream": stream, "@log": log, "@ptr": pointer}
    if message.startswith("{"):
        row |= {key: str(value) for key, value in json.loads(message).items()}
    return row


def _key(row: Row, part: str) -> str:
    found = _BIN.fullmatch(part)
    if not found:
        return row.get(part, "")
    width = int(found[1]) * _UNITS[found[2]]
    moment = datetime.strptime(row["@timestamp"], "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=UTC)
    return stamp(moment.timestamp() // width * width * 1000)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _aggregate(one: Aggregate, rows: list[Row]) -> str:
    if one.function == "count":
        return str(len(rows) if one.field in ("*", "") else sum(one.field in row for row in rows))
    if one.function == "count_distinct":
        return str(len({row[one.field] for row in rows if one.field in row}))
    numbers = [value for row in rows if (value := _number(row.get(one.field, ""))) is not None]
    folds: dict[str, Callable[[list[float]], float]] = {
        "sum": sum,
        "avg": lambda values: sum(values) / len(values),
        "min": min,
        "max": max,
    }
    return f"{folds[one.function](numbers):g}" if numbers else ""


def _sorted(rows: list[Row], order: tuple[str, bool]) -> list[Row]:
    name, descending = order

    def key(row: Row) -> tuple[bool, float, str]:
        number = _number(row.get(name, ""))
        return (number is None, number or 0.0, row.get(name, ""))

    return sorted(rows, key=key, reverse=descending)


def run(query: Query, rows: Iterable[Row]) -> tuple[list[list[dict[str, str]]], int, int]:
    """(result rows, records matched, records scanned)."""
    scanned, matched = 0, []
    for row in rows:
        scanned += 1
        if all(test(row) for test in query.filters):
            matched.append(row)
    if query.aggregates:
        groups: dict[tuple[str, ...], list[Row]] = {}
        for row in matched:
            groups.setdefault(tuple(_key(row, part) for part in query.by), []).append(row)
        found = [
            dict(zip(query.by, key, strict=True)) | {one.label: _aggregate(one, items) for one in query.aggregates}
            for key, items in groups.items()
        ]
        found = _sorted(found, query.sort or (query.by[0] if query.by else query.aggregates[0].label, True))
        names = [*query.by, *(one.label for one in query.aggregates)]
    else:
        found = _sorted(matched, query.sort or ("@timestamp", True))
        names = [*(query.fields or ["@timestamp", "@message"]), "@ptr"]
    shown = found[: query.limit]
    results = [[{"field": name, "value": row[name]} for name in names if name in row] for row in shown]
    return results, len(matched), scanned
