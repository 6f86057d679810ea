"""A person who sees only some accounts: every query speaks of those accounts, counts only them, and says so."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tools import catalogue
from tools.accounts import Account, Directory
from tools.errors import InputError
from tools.estate import export
from tools.estate.cost import store
from tools.estate.world import ACCOUNTS
from tools.facts import QueryResult

INPUTS: dict[str, tuple[dict[str, Any], ...]] = {
    "spend": ({}, {"by": "account"}, {"by": "month", "period": "last_3_months"}, {"top": 2}),
    "spend_change": ({}, {"by": "account"}),
    "forecast": ({}, {"period": "next_3_months"}, {"period": "this_year"}),
    "cost_anomalies": ({},),
    "untagged_spend": ({}, {"by": "service"}),
    "commitments": ({}, {"ending": "2026-Q4"}),
    "savings": ({}, {"kind": "rightsizing"}),
    "budgets": ({},),
    "account_list": ({},),
    "alarm_history": ({"period": "2026-10-13"},),
    "alarms": ({"state": "all"},),
    "aws_health_events": ({"period": "last_90_days"}, {"starting": "2026-11"}),
    "backups": ({"period": "last_4_weeks"}, {"kind": "instances"}),
    "error_logs": ({"around": "2026-10-13T19:10"},),
    "health_summary": ({},),
    "inventory": (
        {},
        {"kind": "functions", "by": "team"},
        {"kind": "volumes", "by": "account"},
        {"region": "eu-west-1"},
    ),
    "metric": ({"name": "cpu"},),
    "patches": ({},),
    "quotas": ({},),
    "recent_changes": ({"period": "2026-10"},),
    "findings": ({}, {"by": "account"}, {"severity": "high"}),
    "threats": ({"period": "last_90_days"},),
    "public_exposure": ({},),
    "identity_hygiene": ({}, {"check": "no_mfa"}),
    "who_did_what": ({"period": "2026-10-14"},),
    "config_compliance": ({},),
    "encryption": ({},),
    "vulnerabilities": ({}, {"by": "account"}, {"by": "resource"}),
}
EVERY = [(name, given) for name, several in INPUTS.items() for given in several]
SIGHTS = (("venue-utrecht",), ("data-lab", "data-prod", "venue-utrecht"))
SAID = {1: "account venue-utrecht", 3: "accounts data-prod, data-lab, venue-utrecht"}


def test_every_query_that_asks_aws_is_tested_here() -> None:
    assert set(INPUTS) == {name for name, query in catalogue.queries().items() if query.operations}


def texts(result: QueryResult) -> Iterable[str]:
    """Everything in a result that a person or a model may read."""
    yield from (result.read_as, *result.notes, *result.incomplete)
    for fact in result.facts:
        yield from (fact.label, str(fact.value), fact.scope.text(), *fact.scope.where.values())
    for row in result.table.rows if result.table else ():
        yield from row


def told(result: QueryResult) -> list[tuple[Any, ...]]:
    """The facts without what tells one run from another."""
    return [(f.label, f.value, f.unit, f.period, f.scope) for f in result.facts]


@pytest.mark.parametrize("sight", SIGHTS, ids=["one account", "three accounts"])
@pytest.mark.parametrize(("name", "given"), EVERY, ids=[f"{name}-{given}" for name, given in EVERY])
def test_nothing_is_said_of_all_accounts_or_of_another(
    ask: Any, name: str, given: dict[str, Any], sight: tuple[str, ...]
) -> None:
    whole = ask.directory
    ask.directory = whole.cut(sight)
    seen = attempt(ask, name, given)
    if name != "account_list":
        # who sees everything and names these accounts gets the same facts: not one figure is of any other account
        ask.directory = whole
        named = attempt(ask, name, {**given, "accounts": ",".join(a.name for a in whole.cut(sight).accounts)})
        assert (seen if isinstance(seen, str) else told(seen)) == (named if isinstance(named, str) else told(named))
    outside = [one for one in ACCOUNTS if one.name not in sight]
    # names such as network are words of the language too; of those, the scopes tell
    foreign = [one.id for one in outside] + [one.name for one in outside if "-" in one.name]
    pattern = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, foreign))})(?![\w-])")
    if isinstance(seen, str):
        assert not pattern.search(seen)
        return
    for text in texts(seen):
        assert "all accounts" not in text
        assert not pattern.search(text), text
    for fact in seen.facts:
        assert fact.scope.accounts, fact.label
        assert set(fact.scope.accounts) <= set(sight), fact.label
    assert SAID[len(sight)] in seen.read_as


def attempt(ask: Any, name: str, given: dict[str, Any]) -> QueryResult | str:
    """The result, or the sentence with which the inputs were refused."""
    try:
        result: QueryResult = ask(name, **given)
    except InputError as error:
        return str(error)
    return result


MONEY = "sum(BilledCost)"
SEPTEMBER = "ChargePeriodStart BETWEEN DATE '2026-09-01' AND DATE '2026-09-30'"
GROSS = "x_RecordType NOT IN ('Credit', 'Refund')"


@pytest.mark.parametrize("sight", SIGHTS, ids=["one account", "three accounts"])
def test_totals_are_those_of_the_accounts_in_sight(
    ask: Any, named: Any, estate_home: Path, sight: tuple[str, ...]
) -> None:
    import duckdb

    path = str(store.parquet(estate_home)).replace("'", "''")
    duck = duckdb.connect(":memory:")

    def truth(where: str) -> Decimal:
        own = ", ".join(repr(name) for name in sight)
        found = duck.execute(f"SELECT {MONEY} FROM '{path}' WHERE {where} AND SubAccountName IN ({own})").fetchone()
        assert found is not None
        return Decimal(found[0] or 0).quantize(Decimal("0.01"))

    ask.directory = ask.directory.cut(sight)
    spent = ask("spend", by="account")
    assert named(spent, "total spend").value == truth(SEPTEMBER)
    shares = [fact.value for fact in spent.facts if fact.label.endswith("share of total spend")]
    assert abs(sum(shares) - 100) < Decimal("0.03")
    assert len(shares) == len(sight)
    few = ask("spend", top=1)
    other = named(few, "other services spend").value
    assert other + few.fact(few.table.rows[0][1]).value == truth(SEPTEMBER)
    bare = ask("untagged_spend")
    assert named(bare, "total spend").value == truth(f"{SEPTEMBER} AND {GROSS}")
    without = truth(f"{SEPTEMBER} AND {GROSS} AND coalesce(Tags['team'], '') = ''")
    assert named(bare, "spend without tag team").value == without
    assert named(ask("forecast"), "spend last month").value == truth(f"{SEPTEMBER} AND {GROSS}")
    change = ask("spend_change")
    after = next(f.value for f in change.facts if f.label == "spend" and f.period.label == "September 2026")
    assert after == truth(SEPTEMBER)


@pytest.mark.parametrize("sight", SIGHTS, ids=["one account", "three accounts"])
def test_counts_are_those_of_the_accounts_in_sight(ask: Any, named: Any, sight: tuple[str, ...]) -> None:
    records = export.records()
    ids = {account.id for account in ACCOUNTS if account.name in sight}
    ask.directory = ask.directory.cut(sight)
    assert named(ask("account_list"), "accounts").value == len(sight)
    assert {row[0] for row in table(ask("account_list"))} == set(sight)
    health = ask("health_summary")
    sorts = [f"accounts with {what} to attend to" for what in ("something", "nothing")]
    assert sum(named(health, label).value for label in sorts) == len(sight)

    def mine(kind: str) -> list[Any]:
        return [one for one in records[kind] if one["account"] in ids]

    saved = mine("cost_optimization_recommendations")
    assert named(ask("savings"), "savings opportunities").value == len(saved)
    buckets = ask("public_exposure", kind="buckets")
    assert named(buckets, "buckets in all").value == len(mine("s3_buckets"))
    assert named(buckets, "public buckets").value == sum(one["public"] for one in mine("s3_buckets"))
    groups = ask("public_exposure", kind="security_groups")
    assert named(groups, "security groups in all").value == len(mine("ec2_security_groups"))
    firing = named(ask("alarms"), "alarms firing", accounts=tuple(a.name for a in ask.directory.accounts)).value
    assert firing == sum(one["state"] == "ALARM" for one in mine("cloudwatch_alarms"))
    coming = [one for one in records["health_events"] if one["status"] == "upcoming"]
    own = sum(any(account in ids for account, _ in one["affected"]) for one in coming)
    assert named(ask("aws_health_events", status="upcoming"), "AWS Health events upcoming").value == own
    hub = [one for one in records["securityhub_findings"] if one["AwsAccountId"] in ids]
    still = [one for one in hub if one["RecordState"] == "ACTIVE" and one["Workflow"]["Status"] in ("NEW", "NOTIFIED")]
    assert named(ask("findings"), "open findings").value == len(still)


def table(result: QueryResult) -> list[tuple[Any, ...]]:
    values = {fact.id: fact.value for fact in result.facts}
    return [tuple(values.get(cell, cell) for cell in row) for row in (result.table.rows if result.table else ())]


def test_who_sees_every_account_is_told_so_and_who_names_a_few_is_not(ask: Any) -> None:
    assert "all accounts" in ask("spend").read_as
    assert all(not fact.scope.accounts for fact in ask("spend", by="none").facts)
    assert "account venue-utrecht" in ask("spend", accounts="venue-utrecht").read_as


def accounts(*names: str) -> list[Account]:
    return [Account(id=f"{number:012}", name=name) for number, name in enumerate(names, 1)]


def test_all_in_sight_are_all_accounts_only_if_nothing_is_out_of_sight() -> None:
    one, two, three = every = accounts("one", "two", "three")
    whole = Directory(every, one)
    assert whole.scope(every) == ()
    assert whole.scope([two, three]) == ("two", "three")
    few = whole.cut(["two", "three"])
    assert few.scope(few.accounts) == ("two", "three")
    assert not few.everything(few.accounts)
    assert whole.cut(["one", "two", "three"]).scope(every) == ()


def test_no_account_in_sight_is_refused_and_never_read_as_all() -> None:
    one, two = accounts("one", "two")
    with pytest.raises(InputError, match="no account in sight"):
        Directory([one, two], one).cut([]).scope([])
