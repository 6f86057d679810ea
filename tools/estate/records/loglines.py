"""Log groups and their lines, computed for the stretch of time that is asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from tools.estate import inventory
from tools.estate.inventory import ago, digest, rng
from tools.estate.inventory.deployed import deployed
from tools.estate.records.metric_values import STEP, level
from tools.estate.records.metrics import STORM, Metric, by_name
from tools.estate.world import HOME_REGION, NOW

RETENTION_DAYS = 30


@dataclass(frozen=True, slots=True)
class LogGroup:
    """One log group; ``style`` is ``ecs`` (JSON lines), ``lambda`` (text) or ``empty`` (nothing was written yet)."""

    account: str
    region: str
    name: str
    style: str
    created: datetime
    stored: int
    """Bytes"""
    retention: int | None = RETENTION_DAYS
    """Days; None: nothing ever expires."""
    key: str | None = None
    """ARN of the KMS key, if it has one of the company's."""

    @property
    def arn(self) -> str:
        return f"arn:aws:logs:{self.region}:{self.account}:log-group:{self.name}:*"

    @property
    def app(self) -> str:
        return self.name.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Line:
    """One log event; ``at`` in milliseconds since 1970."""

    at: int
    stream: str
    message: str

    @property
    def id(self) -> str:
        return str(int(digest("line", self.at, self.message)[:14], 16)).zfill(56)


@cache
def log_groups() -> tuple[LogGroup, ...]:
    """Every log group, by account and name."""
    groups = [
        LogGroup(
            item.account,
            item.region,
            f"/ecs/{item.name}",
            "ecs",
            item.created,
            rng("log", item.arn).randint(10**9, 10**12),
        )
        for item in inventory.ECS_SERVICES
    ]
    groups += [
        LogGroup(
            item.account,
            item.region,
            f"/aws/lambda/{item.name}",
            "lambda",
            ago(days=600),
            rng("log", item.arn).randint(10**6, 10**9),
        )
        for item in inventory.FUNCTIONS
    ]
    groups += [
        LogGroup(
            one.account,
            one.region,
            one.id,
            "empty",
            one.created,
            0,
            one.properties.get("RetentionInDays"),
            one.properties.get("KmsKeyId"),
        )
        for one in deployed("Logs::LogGroup")
    ]
    return tuple(sorted(groups, key=lambda group: (group.account, group.region, group.name)))


def groups_of(account: str, region: str) -> list[LogGroup]:
    """The log groups of one account and region, by name."""
    return [group for group in log_groups() if (group.account, group.region) == (account, region)]


_FAILURES = (
    "settlement failed: could not acquire a connection from pool settlement-db (timeout 30000 ms)",
    "settlement failed: FATAL: remaining connection slots are reserved",
    "retry limit reached for batch, message returned to queue bet-settlement",
)
_ORDINARY = ("upstream returned 502", "optimistic lock failed, retrying", "request timed out after 10 s")


def _settlement_metric() -> Metric:
    online = inventory.account_id("online-prod")
    key = (online, HOME_REGION, "Lantern/Bets", "SettlementErrors", frozenset({("Service", "bet-settlement")}))
    return by_name()[key]


def _error_count(group: LogGroup, bucket: datetime) -> tuple[int, bool]:
    """How many errors in these five minutes, and whether they belong to the alarm storm."""
    online = group.account == inventory.account_id("online-prod")
    if online and group.name == "/ecs/bet-settlement":
        count = round(level(_settlement_metric(), bucket) * STEP / 60)
        return count, count > 5
    storm = STORM[0].timestamp() // STEP * STEP <= bucket.timestamp() < STORM[1].timestamp()
    if online and group.name == "/ecs/wallet-api" and storm:
        return 40, False
    return int(rng("errors", group.account, group.name, bucket.isoformat()).random() < 0.015), False


def _json(group: LogGroup, severity: str, text: str, number: int) -> str:
    trace = digest("trace", group.account, group.app, number)[:16]
    return json.dumps({"level": severity, "service": group.app, "message": text, "trace": trace})


def _bucket(group: LogGroup, start: int) -> Iterator[Line]:
    """The lines of five minutes, ordered; ``start`` in seconds since 1970."""
    bucket = datetime.fromtimestamp(start, UTC)
    stream = f"{group.app}/{digest('task', group.account, group.app, bucket.date())[:12]}"
    lines: list[tuple[int, str]] = []
    offset = int(digest("offset", group.name, start)[:4], 16) % 240
    quiet = f"handled {int(digest('n', group.name, start)[:3], 16)} items"
    if group.style == "ecs":
        lines.append((start * 1000 + offset * 1000, _json(group, "INFO", quiet, start)))
        if int(digest("warn", group.name, start)[:2], 16) < 10:
            lines.append((start * 1000 + offset * 1000 + 500, _json(group, "WARN", "slow query: 1400 ms", start + 1)))
    else:
        request = digest("request", group.name, start)[:12]
        lines.append((start * 1000 + offset * 1000, f"START RequestId: {request} Version: $LATEST"))
        lines.append((start * 1000 + offset * 1000 + 90, f"REPORT RequestId: {request} Duration: 84.12 ms"))
    count, storm = _error_count(group, bucket)
    for number in range(count):
        at = start * 1000 + number * STEP * 1000 // count + 7
        text = _FAILURES[number % 3] if storm else _ORDINARY[(start // STEP + number) % 3]
        message = _json(group, "ERROR", text, start + number) if group.style == "ecs" else f"[ERROR] {text}"
        lines.append((at, message))
    return (Line(at, stream, message) for at, message in sorted(lines))


def lines(group: LogGroup, start: datetime, end: datetime) -> Iterator[Line]:
    """The lines from ``start`` to ``end`` (inclusive), oldest first, as far back as the retention goes."""
    if group.style == "empty":
        return
    first = max(start, ago(days=RETENTION_DAYS))
    last = min(end, NOW)
    low, high = first.timestamp() * 1000, last.timestamp() * 1000
    for begin in range(int(first.timestamp()) // STEP * STEP, int(last.timestamp()) + 1, STEP):
        for line in _bucket(group, begin):
            if low <= line.at <= high:
                yield line
