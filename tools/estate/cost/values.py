"""GetDimensionValues and GetTags: what can be filtered and grouped by, dearest first unless sorted otherwise."""

from __future__ import annotations

from typing import Any

from tools.estate.cost import filters, paging, store
from tools.estate.cost.dimensions import dimension_column, tag_column
from tools.estate.cost.periods import history
from tools.estate.cost.usage import metric_columns, scope, within
from tools.estate.errors import AwsError
from tools.estate.request import EstateRequest
from tools.estate.world import ACCOUNTS

_NAMES = {account.id: account.name for account in ACCOUNTS}
_CONTEXT_ROWS = {
    "COST_AND_USAGE": "true",
    "RESERVATIONS": "commitment LIKE '%:ri:%'",
    "SAVINGS_PLANS": "commitment LIKE '%:savingsplan/%'",
}


def get_dimension_values(request: EstateRequest) -> dict[str, Any]:
    """Handler of ce:GetDimensionValues."""
    params = request.params
    dimension = params["Dimension"]
    column = dimension_column(dimension)
    values = _values(request, column, _CONTEXT_ROWS[params.get("Context", "COST_AND_USAGE")])
    if column == "commitment":
        plans = dimension == "SAVINGS_PLAN_ARN"
        values = [value for value in values if value and (":savingsplan/" in value) == plans]
    page, total, token = _page(params, values)
    answer: dict[str, Any] = {
        "DimensionValues": [
            {
                "Value": value,
                "Attributes": {"description": _NAMES[value]} if dimension == "LINKED_ACCOUNT" else {},
            }
            for value in page
        ],
        "ReturnSize": len(page),
        "TotalSize": total,
    }
    return {**answer, "NextPageToken": token} if token else answer


def get_tags(request: EstateRequest) -> dict[str, Any]:
    """Handler of ce:GetTags: the keys, or with TagKey its values; the empty value stands for untagged."""
    params = request.params
    key = params.get("TagKey")
    if key is None:
        used = [
            name for name in store.TAG_KEYS if any(_values(request, f"tag_{name.replace('-', '_')}", "true", False))
        ]
        needle = params.get("SearchString", "").lower()
        values = sorted(name for name in used if needle in name.lower())
    else:
        values = _values(request, tag_column(key) or "''", "true")
    page, total, token = _page(params, values)
    answer = {"Tags": page, "ReturnSize": len(page), "TotalSize": total}
    return {**answer, "NextPageToken": token} if token else answer


def _values(request: EstateRequest, column: str, rows: str, search: bool = True) -> list[str]:
    """The distinct values of a column in the requested period, filter and order."""
    params = request.params
    whole = history(params["TimePeriod"], request.now)
    where = within(whole) & filters.condition(params.get("Filter")) & scope(request)
    order = "1 ASC"
    sorting = params.get("SortBy", [])
    if sorting:
        if len(sorting) > 1:
            raise AwsError("ValidationException", "SortBy supports one definition")
        metric = next(iter(metric_columns([sorting[0]["Key"]]).values()))
        direction = "DESC" if sorting[0].get("SortOrder", "DESCENDING") == "DESCENDING" else "ASC"
        order = f"sum({metric}) {direction}, 1 ASC"
    found = store.items(request.home).rows(
        f"SELECT {column} FROM items WHERE {where.sql} AND {rows} GROUP BY 1 ORDER BY {order}",  # noqa: S608
        list(where.parameters),
    )
    needle = params.get("SearchString", "").lower() if search else ""
    return [value for (value,) in found if needle in value.lower() or needle in _NAMES.get(value, "").lower()]


def _page(params: dict[str, Any], values: list[str]) -> tuple[list[str], int, str | None]:
    size = params.get("MaxResults") or 1000
    start = paging.offset(params)
    page = values[start : start + size]
    more = start + size < len(values)
    return page, len(values), paging.token(params, start + size) if more else None
