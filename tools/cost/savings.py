"""Savings: what AWS Cost Optimization Hub suggests, and what it would save each month."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any, Literal

from tools.accounts import Accounts
from tools.calls import Aws
from tools.cost.explorer import HOME, Top, cents, few
from tools.errors import RegentError
from tools.facts import Facts, Scope
from tools.periods import instant
from tools.registry import query

Kind = Literal["all", "rightsizing", "idle", "commitments", "storage", "upgrade"]
_KINDS = {
    "Rightsize": "rightsizing",
    "MigrateToGraviton": "upgrade",
    "Upgrade": "upgrade",
    "Stop": "idle",
    "Delete": "idle",
    "ScaleIn": "idle",
    "PurchaseSavingsPlans": "commitments",
    "PurchaseReservedInstances": "commitments",
}
_MOST_ROWS = 12
_STORAGE = frozenset({"EbsVolume", "RdsDbInstanceStorage", "AuroraDbClusterStorage"})
_ACTIONS = {
    "Rightsize": "rightsize",
    "MigrateToGraviton": "migrate to Graviton",
    "Upgrade": "upgrade",
    "Stop": "stop",
    "Delete": "delete",
    "ScaleIn": "scale in",
    "PurchaseSavingsPlans": "buy Savings Plan",
    "PurchaseReservedInstances": "buy reservation",
}


@query(
    domain="cost",
    operations=(
        "cost-optimization-hub:ListRecommendations",
        "cost-optimization-hub:ListRecommendationSummaries",
    ),
    reach="payer",
)
def savings(aws: Aws, kind: Kind = "all", accounts: Accounts = "all", top: Top = 8) -> Facts:
    """Savings opportunities by size: estimated monthly savings, what to do, in which account and on which resource.

    From Cost Optimization Hub: rightsizing, idle resources, commitments to buy, storage, upgrades.
    """
    chosen = aws.directory.select(accounts)
    scope = Scope(accounts=aws.directory.scope(chosen))
    asked: dict[str, Any] = {"maxResults": 100}
    if not aws.directory.everything(chosen):
        asked["filter"] = {"accountIds": [account.id for account in chosen]}
    payer = aws.directory.payer
    found = aws.items(payer, "cost-optimization-hub:ListRecommendations", "items", region=HOME, **asked)
    wanted = [one for one in found.items if kind in ("all", kind_of(one))]
    wanted.sort(key=lambda one: (-_saved(one), one["recommendationId"]))
    if kind != "all":
        scope = scope.model_copy(update={"where": {"kind": kind}})
    facts = Facts(
        read_as=f"savings opportunities{'' if kind == 'all' else f', {kind}'}, {Scope(accounts=scope.accounts).text()}",
        period=instant(aws.now),
        scope=scope,
        columns=("Action", "Kind", "Account", "Resource", f"Saves a month ({aws.currency})"),
    )
    _refuse_other_currency(wanted, aws.currency)
    receipts = found.receipts
    total = sum((cents(_saved(one)) for one in wanted), Decimal("0.00"))
    label = "estimated monthly savings"
    facts.fact("savings opportunities", len(wanted), "opportunities", receipts=receipts, headline=True)
    facts.fact(f"{label}, all opportunities added up", total, aws.currency, receipts=receipts, headline=kind != "all")
    if kind == "all":
        _add_deduplicated(facts, aws, asked.get("filter"), label)
        _add_kinds(facts, wanted, receipts, aws.currency)
    else:
        _add_actions(facts, wanted, receipts, aws.currency)
    top = few(facts, top, _MOST_ROWS) if len(wanted) > _MOST_ROWS else top
    for one in wanted[:top]:
        account = aws.directory.name(one["accountId"])
        resource = one.get("resourceId") or one.get("currentResourceType") or "-"
        own = Scope(accounts=(account,), where={"resource": resource})
        action = _ACTIONS.get(one["actionType"], one["actionType"])
        what = f"{action} {one.get('currentResourceType') or ''}".strip()
        facts.row(
            what,
            kind_of(one),
            account,
            facts.fact(f"resource to {action}", resource, "id", receipts=receipts, scope=own),
            facts.fact(f"{label}: {what}", _saved(one), aws.currency, receipts=receipts, scope=own),
        )
    if len(wanted) > top:
        rest = sum((cents(_saved(one)) for one in wanted[top:]), Decimal())
        facts.row("other", "-", "-", "-", facts.fact(f"{label}, other", rest, aws.currency, receipts=receipts))
    return facts


def kind_of(recommendation: dict[str, Any]) -> str:
    """Which one kind a recommendation belongs to, so that the kinds add up to all."""
    if recommendation.get("currentResourceType") in _STORAGE:
        return "storage"
    return _KINDS.get(recommendation["actionType"], "rightsizing")


def _add_deduplicated(facts: Facts, aws: Aws, wanted: dict[str, Any] | None, label: str) -> None:
    """Commitments and rightsizing save the same money twice; AWS computes what is left of their sum."""
    asked: dict[str, Any] = {"groupBy": "ActionType", **({"filter": wanted} if wanted else {})}
    reply = aws.call(aws.directory.payer, "cost-optimization-hub:ListRecommendationSummaries", region=HOME, **asked)
    saved = reply.data.get("estimatedTotalDedupedSavings")
    if saved is not None:
        facts.fact(
            f"{label}, overlaps removed", Decimal(str(saved)), aws.currency, receipts=reply.receipts, headline=True
        )


def _add_kinds(facts: Facts, wanted: list[dict[str, Any]], receipts: tuple[str, ...], currency: str) -> None:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for one in wanted:
        sums[kind_of(one)] += cents(_saved(one))
    for kind, amount in sorted(sums.items(), key=lambda pair: (-pair[1], pair[0])):
        scope = facts.scope.model_copy(update={"where": {"kind": kind}})
        facts.fact(f"estimated monthly savings, {kind}", amount, currency, receipts=receipts, scope=scope)


_RESOURCES = {
    "EbsVolume": "volumes",
    "Ec2Instance": "instances",
    "Ec2AutoScalingGroup": "auto scaling groups",
    "EcsService": "container services",
    "LambdaFunction": "functions",
    "RdsDbInstance": "databases",
    "RdsDbInstanceStorage": "storage of databases",
    "AuroraDbClusterStorage": "storage of databases",
}


def _add_actions(facts: Facts, wanted: list[dict[str, Any]], receipts: tuple[str, ...], currency: str) -> None:
    """How many opportunities there are to do one thing to one type of resource, and their sum, where there are several.

    Volumes to delete are the ones attached to nothing, those to upgrade are in use: their sum says little of either.
    What is to be bought is one of a kind, and its row says what that saves.
    """
    sums: dict[str, list[Decimal]] = defaultdict(list)
    for one in wanted:
        action = _ACTIONS.get(one["actionType"], one["actionType"])
        if things := _RESOURCES.get(one.get("currentResourceType") or ""):
            sums[f"{action} {things}"].append(cents(_saved(one)))
    if len(sums) == 1:
        return
    for what, amounts in sorted(sums.items(), key=lambda pair: (-sum(pair[1]), pair[0])):
        facts.fact(f"opportunities to {what}", len(amounts), "opportunities", receipts=receipts)
        facts.fact(f"estimated monthly savings to {what}", sum(amounts, Decimal()), currency, receipts=receipts)


def _refuse_other_currency(wanted: list[dict[str, Any]], currency: str) -> None:
    other = {one["currencyCode"] for one in wanted if one.get("currencyCode")} - {currency}
    if other:
        said = ", ".join(sorted(other))
        raise RegentError(f"Cost Optimization Hub answers in {said}, expected {currency}; set the estate's currency.")


def _saved(one: dict[str, Any]) -> Decimal:
    return Decimal(str(one.get("estimatedMonthlySavings") or 0))
