"""Encryption: what is stored without it, and keys that do not rotate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Literal

from tools.accounts import Account, Accounts
from tools.calls import Aws
from tools.facts import Facts
from tools.periods import instant
from tools.registry import query
from tools.security import at_rest, keys
from tools.security.at_rest import Stock
from tools.security.common import in_account, run_parts, scope_of

Kind = Literal["all", "buckets", "volumes", "databases", "snapshots", "keys"]
_READ: dict[Kind, Callable[[Aws, Sequence[Account]], Stock]] = {
    "buckets": at_rest.read_buckets,
    "volumes": at_rest.read_volumes,
    "databases": at_rest.read_databases,
    "snapshots": at_rest.read_snapshots,
    "keys": keys.read,
}
_ROWS = 15


@query(domain="security", operations={*at_rest.OPERATIONS, *keys.OPERATIONS})
def encryption(aws: Aws, kind: Kind = "all", accounts: Accounts = "all") -> Facts:
    """Encryption at rest: buckets, volumes, databases, snapshots that lack it; KMS keys and their rotation."""
    chosen = aws.directory.select(accounts)
    scope = scope_of(aws, chosen)
    facts = Facts(
        read_as=f"encryption at rest{'' if kind == 'all' else f' of {kind}'}, {scope.text()}",
        period=instant(aws.now),
        scope=scope,
        columns=("Kind", "In all", "Problem", "Count") if kind == "all" else ("Name", "Account", "Detail"),
    )
    if kind != "buckets":
        facts.notes.append(f"Looked in {', '.join(aws.regions)}{'; buckets in all regions' if kind == 'all' else ''}.")

    def part(name: Kind) -> Callable[[], None]:
        return lambda: (_summary if kind == "all" else _list)(aws, facts, name, _READ[name](aws, chosen))

    run_parts(aws, {name: part(name) for name in _READ if kind in ("all", name)})
    return facts


def _summary(aws: Aws, facts: Facts, name: Kind, stock: Stock) -> None:
    behind = stock.receipts
    total = facts.fact(_total_label(stock), stock.total, stock.unit, receipts=behind)
    if name == "keys":
        label, number = stock.counts[0]
    else:
        label, number = stock.wrong_label, len(stock.wrong)
    count = facts.fact(label, number, stock.unit, receipts=behind, headline=name in ("databases", "volumes", "keys"))
    facts.row(name, total, label, count)
    for label, number in stock.counts[1 if name == "keys" else 0 :]:
        facts.fact(label, number, stock.unit, receipts=behind)


def _list(aws: Aws, facts: Facts, name: Kind, stock: Stock) -> None:
    behind = stock.receipts
    if name != "keys":
        facts.fact(stock.wrong_label, len(stock.wrong), stock.unit, receipts=behind, headline=True)
    facts.fact(_total_label(stock), stock.total, stock.unit, receipts=behind)
    for index, (label, number) in enumerate(stock.counts):
        facts.fact(label, number, stock.unit, receipts=behind, headline=name == "keys" and index == 0)
    places = Counter(item.account.id for item in stock.wrong)
    if len(places) > 1:
        for account, number in places.most_common():
            facts.fact(stock.wrong_label, number, stock.unit, receipts=behind, scope=in_account(aws, account))
    for number, item in enumerate(stock.wrong[:_ROWS], 1):
        where = in_account(aws, item.account.id)
        facts.row(
            facts.fact(f"problem {number}", item.name, "name", receipts=item.receipts, scope=where),
            item.account.name,
            facts.fact(f"problem {number}: detail", item.detail, "text", receipts=item.receipts, scope=where),
        )
    if len(stock.wrong) > _ROWS:
        facts.rest(f"{stock.wrong_label},", len(stock.wrong) - _ROWS, stock.unit, receipts=behind)


def _total_label(stock: Stock) -> str:
    return "customer-managed keys in all" if stock.unit == "keys" else f"{stock.unit} in all"
