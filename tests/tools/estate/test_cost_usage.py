"""GetCostAndUsage against an evaluation in plain Python that shares no code with it, and against plain SQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tools.estate.cost import store
from tools.estate.cost.generate import LineItem, line_items
from tools.estate.server import open_estate
from tools.estate.world import ACCOUNTS, BY_NAME

FIRST, TODAY = date(2025, 9, 1), date(2026, 10, 15)
METRIC_FIELDS = {
    "UnblendedCost": "billed",
    "AmortizedCost": "effective",
    "BlendedCost": "billed",
    "NetUnblendedCost": "billed",
    "NetAmortizedCost": "effective",
    "UsageQuantity": "quantity",
}
DIMENSION_FIELDS: dict[str, Callable[[LineItem], str]] = {
    "SERVICE": lambda item: item.service,
    "LINKED_ACCOUNT": lambda item: item.account,
    "REGION": lambda item: item.region,
    "USAGE_TYPE": lambda item: item.usage_type,
    "RECORD_TYPE": lambda item: item.record_type,
    "INSTANCE_TYPE": lambda item: item.instance_type or "NoInstanceType",
    "PURCHASE_TYPE": lambda item: item.purchase or "NoPurchaseType",
}
TAG_FIELDS: dict[str, Callable[[LineItem], str]] = {
    "team": lambda item: item.team,
    "cost-center": lambda item: item.cost_center,
    "venue": lambda item: item.venue,
    "env": lambda item: item.env,
    "owner": lambda item: "",
}


@cache
def by_day() -> dict[date, list[LineItem]]:
    days: dict[date, list[LineItem]] = defaultdict(list)
    for item in line_items():
        days[item.day].append(item)
    return days


@cache
def values_of(kind: str, key: str) -> tuple[str, ...]:
    read = (DIMENSION_FIELDS if kind == "Dimensions" else TAG_FIELDS)[key]
    found = {read(item) for item in by_day()[date(2026, 9, 1)]} | {read(item) for item in by_day()[date(2026, 9, 15)]}
    return (*sorted(found), "no-such-value")


def matches(expression: dict[str, Any] | None, item: LineItem) -> bool:
    """What the filter means, written from AWS's documentation."""
    if not expression:
        return True
    ((root, value),) = expression.items()
    if root == "And":
        return all(matches(one, item) for one in value)
    if root == "Or":
        return any(matches(one, item) for one in value)
    if root == "Not":
        return not matches(value, item)
    text = (DIMENSION_FIELDS if root == "Dimensions" else TAG_FIELDS)[value["Key"]](item)
    wanted, options = value.get("Values", []), value.get("MatchOptions", [])
    if "ABSENT" in options:
        return text == ""
    if "CASE_INSENSITIVE" in options:
        text, wanted = text.lower(), [one.lower() for one in wanted]
    if "STARTS_WITH" in options:
        return any(text.startswith(one) for one in wanted)
    if "ENDS_WITH" in options:
        return any(text.endswith(one) for one in wanted)
    if "CONTAINS" in options:
        return any(one in text for one in wanted)
    return text in wanted


def expected(params: dict[str, Any]) -> list[tuple[str, str, dict[tuple[str, ...], tuple[Decimal, ...]]]]:
    """Start, end and the sums of each group for each period."""
    start, end = (date.fromisoformat(params["TimePeriod"][name]) for name in ("Start", "End"))
    periods: dict[date, dict[tuple[str, ...], list[Decimal]]] = {}
    day = start
    while day < end:
        first = day if params["Granularity"] == "DAILY" else max(start, day.replace(day=1))
        groups = periods.setdefault(first, {})
        for item in by_day().get(day, ()):
            if not matches(params.get("Filter"), item):
                continue
            key = tuple(
                DIMENSION_FIELDS[one["Key"]](item)
                if one["Type"] == "DIMENSION"
                else f"{one['Key']}${TAG_FIELDS[one['Key']](item)}"
                for one in params.get("GroupBy", [])
            )
            sums = groups.setdefault(key, [Decimal(0)] * len(params["Metrics"]))
            for index, metric in enumerate(params["Metrics"]):
                sums[index] += Decimal(f"{getattr(item, METRIC_FIELDS[metric]):.6f}")
        day += timedelta(days=1)
    starts = [*periods, end]
    return [
        (one.isoformat(), starts[n + 1].isoformat(), {key: tuple(sums) for key, sums in periods[one].items()})
        for n, one in enumerate(periods)
    ]


def asked(ce: Any, params: dict[str, Any]) -> list[tuple[str, str, dict[tuple[str, ...], tuple[Decimal, ...]]]]:
    """The same from Cost Explorer, all pages."""
    found, token = [], None
    while True:
        answer = ce.get_cost_and_usage(**params, **({"NextPageToken": token} if token else {}))
        for result in answer["ResultsByTime"]:
            rows = result["Groups"] if params.get("GroupBy") else [{"Keys": [], "Metrics": result["Total"]}]
            groups = {
                tuple(row["Keys"]): tuple(Decimal(row["Metrics"][metric]["Amount"]) for metric in params["Metrics"])
                for row in rows
            }
            found.append((result["TimePeriod"]["Start"], result["TimePeriod"]["End"], groups))
        token = answer.get("NextPageToken")
        if not token:
            return found


@pytest.fixture(scope="module")
def ce(cost_home: Path) -> Iterator[Any]:
    """A Cost Explorer client of the payer; of the module, so that hypothesis may use it for every example."""
    import boto3

    from tools.estate.credentials import PAYER_ACCESS_KEY, PAYER_SECRET_KEY

    with open_estate(cost_home) as estate:
        yield boto3.client(
            "ce",
            endpoint_url=estate.endpoint,
            region_name="us-east-1",
            aws_access_key_id=PAYER_ACCESS_KEY,
            aws_secret_access_key=PAYER_SECRET_KEY,
        )


@st.composite
def leaves(draw: st.DrawFn) -> dict[str, Any]:
    root = draw(st.sampled_from(["Dimensions", "Tags"]))
    key = draw(st.sampled_from(sorted(DIMENSION_FIELDS if root == "Dimensions" else TAG_FIELDS)))
    option = draw(st.sampled_from([None, None, "EQUALS", "ABSENT", "STARTS_WITH", "ENDS_WITH", "CONTAINS"]))
    if option == "ABSENT":
        return {root: {"Key": key, "MatchOptions": ["ABSENT"]}}
    values = draw(st.lists(st.sampled_from(values_of(root, key)), min_size=1, max_size=4, unique=True))
    options = [option] if option else []
    if option in ("STARTS_WITH", "CONTAINS"):
        values = [value[:3] for value in values]
    if option == "ENDS_WITH":
        values = [value[-3:] for value in values]
    if draw(st.booleans()):
        options.append("CASE_INSENSITIVE")
        values = [value.upper() for value in values]
    leaf: dict[str, Any] = {"Key": key, "Values": values}
    return {root: {**leaf, "MatchOptions": options} if options else leaf}


FILTERS = st.recursive(
    leaves(),
    lambda inner: st.one_of(
        st.builds(lambda one: {"Not": one}, inner),
        st.builds(lambda many: {"And": many}, st.lists(inner, min_size=2, max_size=3)),
        st.builds(lambda many: {"Or": many}, st.lists(inner, min_size=2, max_size=3)),
    ),
    max_leaves=5,
)
GROUPS = st.lists(
    st.one_of(
        st.builds(lambda key: {"Type": "DIMENSION", "Key": key}, st.sampled_from(sorted(DIMENSION_FIELDS))),
        st.builds(lambda key: {"Type": "TAG", "Key": key}, st.sampled_from(sorted(TAG_FIELDS))),
    ),
    max_size=2,
    unique_by=lambda one: (one["Type"], one["Key"]),
)


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    start = FIRST + timedelta(days=draw(st.integers(0, (TODAY - FIRST).days - 1)))
    end = min(start + timedelta(days=draw(st.integers(1, 45))), TODAY + timedelta(days=1))
    params: dict[str, Any] = {
        "TimePeriod": {"Start": start.isoformat(), "End": end.isoformat()},
        "Granularity": draw(st.sampled_from(["DAILY", "MONTHLY"])),
        "Metrics": draw(st.lists(st.sampled_from(sorted(METRIC_FIELDS)), min_size=1, max_size=3, unique=True)),
    }
    groups, chosen = draw(GROUPS), draw(st.none() | FILTERS)
    if groups:
        params["GroupBy"] = groups
    if chosen:
        params["Filter"] = chosen
    return params


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(params=requests())
def test_every_sum_equals_the_plain_python_sum(ce: Any, params: dict[str, Any]) -> None:
    wanted = expected(params)
    if not params.get("GroupBy"):
        zero = {(): tuple(Decimal(0) for _ in params["Metrics"])}
        wanted = [(start, end, groups or zero) for start, end, groups in wanted]
    assert asked(ce, params) == wanted


@pytest.mark.parametrize(
    ("option", "text", "meant"),
    [
        ("STARTS_WITH", "EUW1-NatGateway", {"EUW1-NatGateway-Bytes", "EUW1-NatGateway-Hours"}),
        ("ENDS_WITH", "NatGateway-Bytes", {"EUW1-NatGateway-Bytes"}),
        ("CONTAINS", "NatGateway", {"EUW1-NatGateway-Bytes", "EUW1-NatGateway-Hours"}),
        ("ENDS_WITH", "NatGateway", set()),
        ("STARTS_WITH", "NatGateway", set()),
        ("CASE_INSENSITIVE", "euw1-natgateway-hours", {"EUW1-NatGateway-Hours"}),
        ("CASE_SENSITIVE", "euw1-natgateway-hours", set()),
    ],
)
def test_match_options_match_what_they_say(ce: Any, option: str, text: str, meant: set[str]) -> None:
    answer = ce.get_cost_and_usage(
        **BASE,
        Filter={"Dimensions": {"Key": "USAGE_TYPE", "Values": [text], "MatchOptions": [option]}},
        GroupBy=[{"Type": "DIMENSION", "Key": "USAGE_TYPE"}],
    )
    assert {row["Keys"][0] for row in answer["ResultsByTime"][0]["Groups"]} == meant


def test_totals_equal_plain_sql_over_the_parquet_file(ce: Any, cost_home: Path) -> None:
    answer = ce.get_cost_and_usage(
        TimePeriod={"Start": "2025-09-01", "End": "2026-10-15"},
        Granularity="MONTHLY",
        Metrics=["UnblendedCost", "AmortizedCost"],
    )
    rows = duckdb.sql(
        "SELECT strftime(BillingPeriodStart, '%Y-%m-%d'), sum(BilledCost), sum(EffectiveCost) "
        f"FROM read_parquet('{store.parquet(cost_home)}') GROUP BY 1 ORDER BY 1"
    ).fetchall()
    assert [
        (
            one["TimePeriod"]["Start"],
            Decimal(one["Total"]["UnblendedCost"]["Amount"]),
            Decimal(one["Total"]["AmortizedCost"]["Amount"]),
        )
        for one in answer["ResultsByTime"]
    ] == rows
    assert len(rows) == 14
    assert all(100_000 < float(net) < 150_000 for _, net, _ in rows[:13])


def test_only_the_running_month_is_estimated(ce: Any) -> None:
    answer = ce.get_cost_and_usage(
        TimePeriod={"Start": "2026-08-20", "End": "2026-10-15"}, Granularity="MONTHLY", Metrics=["UnblendedCost"]
    )
    assert [(one["TimePeriod"], one["Estimated"]) for one in answer["ResultsByTime"]] == [
        ({"Start": "2026-08-20", "End": "2026-09-01"}, False),
        ({"Start": "2026-09-01", "End": "2026-10-01"}, False),
        ({"Start": "2026-10-01", "End": "2026-10-15"}, True),
    ]


def test_a_long_answer_comes_in_pages_that_belong_to_their_request(ce: Any) -> None:
    params: dict[str, Any] = {
        "TimePeriod": {"Start": "2026-08-01", "End": "2026-10-01"},
        "Granularity": "DAILY",
        "Metrics": ["UnblendedCost"],
        "GroupBy": [{"Type": "DIMENSION", "Key": "LINKED_ACCOUNT"}, {"Type": "DIMENSION", "Key": "USAGE_TYPE"}],
    }
    token = ce.get_cost_and_usage(**params)["NextPageToken"]
    assert asked(ce, params) == expected(params)
    for other, stolen in (({**params, "Granularity": "MONTHLY"}, token), (params, "bm9uc2Vuc2U="), (params, "%%%")):
        with pytest.raises(ClientError, match="InvalidNextTokenException"):
            ce.get_cost_and_usage(**other, NextPageToken=stolen)


def test_accounts_come_with_their_names(ce: Any) -> None:
    answer = ce.get_cost_and_usage(
        TimePeriod={"Start": "2026-09-01", "End": "2026-10-01"},
        Granularity="MONTHLY",
        Metrics=["UnblendedCost"],
        GroupBy=[{"Type": "DIMENSION", "Key": "LINKED_ACCOUNT"}],
    )
    names = {one["Value"]: one["Attributes"]["description"] for one in answer["DimensionValueAttributes"]}
    assert names == {account.id: account.name for account in ACCOUNTS}


def test_a_member_account_sees_its_own_costs_only(client: Any) -> None:
    params: dict[str, Any] = {
        "TimePeriod": {"Start": "2026-09-01", "End": "2026-10-01"},
        "Granularity": "MONTHLY",
        "Metrics": ["UnblendedCost"],
        "GroupBy": [{"Type": "DIMENSION", "Key": "LINKED_ACCOUNT"}],
    }
    own = client("ce", account="venue-utrecht")
    assert [key for _, _, groups in asked(own, params) for key in groups] == [(BY_NAME["venue-utrecht"].id,)]
    everything = {**params, "Filter": {"Not": {"Dimensions": {"Key": "REGION", "Values": ["none"]}}}}
    assert asked(own, everything) == asked(own, params)
    tags = own.get_tags(TimePeriod=params["TimePeriod"], TagKey="venue")["Tags"]
    assert set(tags) <= {"", "utrecht"}


BASE: dict[str, Any] = {
    "TimePeriod": {"Start": "2026-09-01", "End": "2026-10-01"},
    "Granularity": "MONTHLY",
    "Metrics": ["UnblendedCost"],
}
SERVICE_LEAF = {"Dimensions": {"Key": "SERVICE", "Values": ["AWS Lambda"]}}


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"TimePeriod": {"Start": "2026-10-01", "End": "2026-10-01"}}, "ValidationException", "before end"),
        ({"TimePeriod": {"Start": "2026-10-02", "End": "2026-10-01"}}, "ValidationException", "before end"),
        ({"TimePeriod": {"Start": "2026-13-01", "End": "2026-10-01"}}, "ValidationException", ""),
        ({"TimePeriod": {"Start": "2025-08-31", "End": "2025-10-01"}}, "ValidationException", "14 months"),
        ({"TimePeriod": {"Start": "2026-10-16", "End": "2026-10-20"}}, "ValidationException", "after the current date"),
        ({"TimePeriod": {"Start": "2026-10-01", "End": "2026-12-01"}}, "ValidationException", "End date"),
        ({"Granularity": "HOURLY"}, "ValidationException", "hourly"),
        ({"Granularity": "WEEKLY"}, "ValidationException", "enum"),
        ({"Metrics": []}, "ValidationException", "metric"),
        ({"Metrics": ["unblendedcost"]}, "ValidationException", "valid metric"),
        (
            {"GroupBy": [{"Type": "TAG", "Key": key} for key in ("team", "env", "venue")]},
            "ValidationException",
            "at most 2",
        ),
        ({"GroupBy": [{"Type": "DIMENSION", "Key": "SERVICE"}] * 2}, "ValidationException", "differ"),
        ({"GroupBy": [{"Type": "DIMENSION", "Key": "service"}]}, "ValidationException", "invalid"),
        ({"GroupBy": [{"Type": "DIMENSION", "Key": "AZ"}]}, "NotInSampleEstate", "dimension AZ"),
        ({"GroupBy": [{"Type": "COST_CATEGORY", "Key": "x"}]}, "NotInSampleEstate", "COST_CATEGORY"),
        ({"Filter": {"Dimensions": {"Key": "SERVICES", "Values": ["x"]}}}, "ValidationException", "enum"),
        ({"Filter": {"Dimensions": {"Key": "SERVICE", "Values": []}}}, "ValidationException", "empty"),
        ({"Filter": {"And": [SERVICE_LEAF]}}, "ValidationException", "at least 2"),
        (
            {"Filter": {**SERVICE_LEAF, "Tags": {"Key": "team", "Values": ["data"]}}},
            "ValidationException",
            "exactly one",
        ),
        (
            {"Filter": {"Tags": {"Key": "team", "Values": ["data"], "MatchOptions": ["ABSENT"]}}},
            "ValidationException",
            "ABSENT",
        ),
        (
            {"Filter": {"Tags": {"Key": "team", "Values": ["a"], "MatchOptions": ["GREATER_THAN_OR_EQUAL"]}}},
            "ValidationException",
            "not supported",
        ),
    ],
)
def test_bad_requests_get_the_error_of_aws(ce: Any, change: dict[str, Any], code: str, words: str) -> None:
    with pytest.raises(ClientError) as error:
        ce.get_cost_and_usage(**{**BASE, **change})
    assert error.value.response["Error"]["Code"] == code
    assert words in error.value.response["Error"]["Message"]


@pytest.mark.parametrize("text", ["'; DROP TABLE items; --", "?", '"', "\\", "🎰", "%", "\x00"])
def test_values_are_data_and_never_sql(ce: Any, text: str) -> None:
    chosen = {"Dimensions": {"Key": "SERVICE", "Values": [text]}}
    answer = ce.get_cost_and_usage(**BASE, Filter=chosen)
    assert answer["ResultsByTime"][0]["Total"]["UnblendedCost"]["Amount"] == "0"
    assert Decimal(ce.get_cost_and_usage(**BASE)["ResultsByTime"][0]["Total"]["UnblendedCost"]["Amount"]) > 0
