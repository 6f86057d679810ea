"""GetCostAndUsage: sums of the line items by period and group."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tools.estate.cost import filters, paging, store
from tools.estate.cost.dimensions import dimension_column, tag_column
from tools.estate.cost.filters import Condition
from tools.estate.cost.periods import Span, estimated, history, steps
from tools.estate.errors import AwsError, not_in_sample
from tools.estate.request import EstateRequest
from tools.estate.world import ACCOUNTS, CURRENCY, PAYER

# The company has no private discounts, so net equals not net; it blends no rates, so blended equals unblended.
METRICS = {
    "UnblendedCost": "billed",
    "BlendedCost": "billed",
    "NetUnblendedCost": "billed",
    "AmortizedCost": "effective",
    "NetAmortizedCost": "effective",
    "UsageQuantity": "quantity",
}
_PAGE_GROUPS = 2000


def scope(request: EstateRequest) -> Condition:
    """What the caller may see: the payer all accounts, a member its own."""
    return filters.ALL if request.account == PAYER.id else Condition("account = ?", (request.account,))


def within(whole: Span) -> Condition:
    """Line items in a span."""
    return Condition("day >= ? AND day < ?", (whole.start, whole.end))


def amount(value: Decimal | int | None) -> str:
    """A sum as Cost Explorer writes it: decimal text without trailing zeros."""
    text = format(Decimal(value or 0), "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def metric_columns(names: list[str]) -> dict[str, str]:
    """Metric name to column; raises ValidationException for unknown names and for none."""
    if not names:
        raise AwsError("ValidationException", "At least one metric must be specified")
    for name in names:
        if name == "NormalizedUsageAmount":
            raise not_in_sample("ce", "metric NormalizedUsageAmount")
        if name not in METRICS:
            raise AwsError("ValidationException", f"{name} is not a valid metric. Valid: {', '.join(sorted(METRICS))}")
    return {name: METRICS[name] for name in names}


def get_cost_and_usage(request: EstateRequest) -> dict[str, Any]:
    """Handler of ce:GetCostAndUsage."""
    params = request.params
    whole = history(params["TimePeriod"], request.now)
    parts = steps(whole, params["Granularity"])
    metrics = metric_columns(params.get("Metrics", []))
    groups = _group_columns(params.get("GroupBy", []))
    where = within(whole) & filters.condition(params.get("Filter")) & scope(request)
    period = "day" if params["Granularity"] == "DAILY" else "greatest(month, ?::DATE)"
    lead = [] if params["Granularity"] == "DAILY" else [whole.start]
    columns = [period, *(sql for sql, _ in groups)]
    unit = "CASE WHEN min(unit) = max(unit) THEN min(unit) ELSE 'N/A' END"
    sums = [f"sum({column})" for column in metrics.values()]
    rows = store.items(request.home).rows(
        f"SELECT {', '.join(columns)}, {unit}, {', '.join(sums)} FROM items WHERE {where.sql} "  # noqa: S608
        f"GROUP BY {', '.join(str(n + 1) for n in range(len(columns)))} "
        f"ORDER BY {', '.join(str(n + 1) for n in range(len(columns)))}",
        [*lead, *where.parameters],
    )
    found: dict[Any, list[tuple[Any, ...]]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(row)
    start = paging.offset(params)
    results: list[dict[str, Any]] = []
    count, index = 0, start
    while index < len(parts) and (not results or count + len(found.get(parts[index].start, ())) <= _PAGE_GROUPS):
        part = parts[index]
        here = found.get(part.start, [])
        results.append(_result(part, here, groups, list(metrics), request))
        count += len(here)
        index += 1
    answer: dict[str, Any] = {
        "ResultsByTime": results,
        "DimensionValueAttributes": _account_names(rows, params),
    }
    if params.get("GroupBy"):
        answer["GroupDefinitions"] = [{"Type": g.get("Type", "DIMENSION"), "Key": g["Key"]} for g in params["GroupBy"]]
    if index < len(parts):
        answer["NextPageToken"] = paging.token(params, index)
    return answer


def _group_columns(group_by: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """For each GroupBy its column and the prefix of its keys."""
    if len(group_by) > 2:
        raise AwsError("ValidationException", f"Group by supports at most 2 definitions, got {len(group_by)}")
    found: list[tuple[str, str]] = []
    for one in group_by:
        key = one.get("Key")
        if not key:
            raise AwsError("ValidationException", "GroupBy needs a Key")
        kind = one.get("Type", "DIMENSION")
        if kind == "COST_CATEGORY":
            raise not_in_sample("ce", "group by COST_CATEGORY", "The company defined no cost categories.")
        if kind == "TAG":
            found.append((tag_column(key) or "''", f"{key}$"))
        else:
            found.append((dimension_column(key, group=True), ""))
    if len(set(found)) < len(found):
        raise AwsError("ValidationException", "GroupBy definitions must differ")
    return found


def _result(
    part: Span,
    rows: list[tuple[Any, ...]],
    groups: list[tuple[str, str]],
    metrics: list[str],
    request: EstateRequest,
) -> dict[str, Any]:
    result: dict[str, Any] = {
        "TimePeriod": part.as_aws(),
        "Total": {},
        "Groups": [],
        "Estimated": estimated(part, request.now),
    }
    if not groups:
        empty = (None, "N/A", *(None for _ in metrics))
        result["Total"] = _values(rows[0] if rows else empty, 1, metrics)
        return result
    result["Groups"] = [
        {
            "Keys": [f"{prefix}{key}" for (_, prefix), key in zip(groups, row[1 : 1 + len(groups)], strict=True)],
            "Metrics": _values(row, 1 + len(groups), metrics),
        }
        for row in rows
    ]
    return result


def _values(row: tuple[Any, ...], start: int, metrics: list[str]) -> dict[str, dict[str, str]]:
    unit = row[start] or "N/A"
    return {
        name: {"Amount": amount(value), "Unit": unit if name == "UsageQuantity" else CURRENCY}
        for name, value in zip(metrics, row[start + 1 :], strict=True)
    }


def _account_names(rows: list[tuple[Any, ...]], params: dict[str, Any]) -> list[dict[str, Any]]:
    """The names of the accounts in the groups, which AWS gives beside the ids."""
    keys = [one.get("Key") for one in params.get("GroupBy", [])]
    if "LINKED_ACCOUNT" not in keys:
        return []
    at = 1 + keys.index("LINKED_ACCOUNT")
    seen = {row[at] for row in rows}
    return [
        {"Value": account.id, "Attributes": {"description": account.name}} for account in ACCOUNTS if account.id in seen
    ]
