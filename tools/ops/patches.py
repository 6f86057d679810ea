"""Patches: which managed instances miss patches, and which running instances Systems Manager does not know at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Literal

from tools.accounts import Account, Accounts
from tools.calls import Aws, Place
from tools.facts import Facts, Scope
from tools.ops.common import Top, clean, gathered, looked, of_account, per_account, percent, scope_of, stamp
from tools.periods import instant
from tools.registry import query

OPERATIONS = frozenset({"ssm:DescribeInstanceInformation", "ssm:DescribeInstancePatchStates", "ec2:DescribeInstances"})
_AT_ONCE = 50
"""Instances that DescribeInstancePatchStates takes in one call."""


@dataclass(frozen=True, slots=True)
class Node:
    """One instance and what Patch Manager last found on it; `scanned` is None if it never was."""

    account: Account
    region: str
    id: str
    name: str
    critical: int
    """Critical patches that are missing, failed, or wait for a restart."""
    security: int
    missing: int
    failed: int
    other: int
    scanned: datetime | None

    @property
    def bad(self) -> bool:
        """Scanned, and something was missing or failed."""
        counts = (self.critical, self.security, self.missing, self.failed, self.other)
        return self.scanned is not None and any(counts)


@dataclass(frozen=True, slots=True)
class Nodes:
    """The managed instances of one place, how many running ones are not managed, and the receipts."""

    nodes: tuple[Node, ...]
    unmanaged: int
    receipts: tuple[str, ...]


def look(aws: Aws, accounts: Sequence[Account]) -> list[tuple[Place, Nodes]]:
    """Patch states of every account and region.

    Raises:
        AwsCallError: no place could be looked at.
    """

    def ask(place: Place) -> Nodes:
        known = aws.items(
            place.account,
            "ssm:DescribeInstanceInformation",
            "InstanceInformationList",
            region=place.region,
            MaxResults=50,
        )
        all_here = aws.items(
            place.account,
            "ec2:DescribeInstances",
            "Reservations",
            region=place.region,
            MaxResults=1000,
        )
        instances = {i["InstanceId"]: i for reservation in all_here.items for i in reservation["Instances"]}
        running = {key for key, raw in instances.items() if raw["State"]["Name"] == "running"}
        names = {
            key: next((tag["Value"] for tag in value.get("Tags") or [] if tag["Key"] == "Name"), key)
            for key, value in instances.items()
        }
        names |= {raw["InstanceId"]: raw["Name"] for raw in known.items if raw.get("Name")}
        managed = sorted({raw["InstanceId"] for raw in known.items})
        receipts = [*known.receipts, *all_here.receipts]
        states: dict[str, dict[str, Any]] = {}
        for first in range(0, len(managed), _AT_ONCE):
            found = aws.items(
                place.account,
                "ssm:DescribeInstancePatchStates",
                "InstancePatchStates",
                region=place.region,
                InstanceIds=managed[first : first + _AT_ONCE],
                MaxResults=100,
            )
            receipts += found.receipts
            states |= {raw["InstanceId"]: raw for raw in found.items}
        nodes = tuple(_node(place, key, names.get(key, key), states.get(key)) for key in managed)
        return Nodes(nodes, len(running - set(managed)), tuple(receipts))

    return aws.each(aws.places(accounts), ask)


def _node(place: Place, key: str, name: str, state: dict[str, Any] | None) -> Node:
    raw = state or {}
    scanned = raw.get("OperationEndTime") or raw.get("OperationStartTime")
    return Node(
        place.account,
        place.region,
        key,
        clean(name, 60),
        int(raw.get("CriticalNonCompliantCount") or 0),
        int(raw.get("SecurityNonCompliantCount") or 0),
        int(raw.get("MissingCount") or 0),
        int(raw.get("FailedCount") or 0),
        int(raw.get("OtherNonCompliantCount") or 0),
        stamp(scanned) if scanned else None,
    )


By = Literal["instance", "account", "venue"]
_COLUMNS = ("Instance", "Account", "Critical", "Security", "Missing", "Scanned")


@query(domain="ops", operations=OPERATIONS)
def patches(aws: Aws, accounts: Accounts = "all", by: By = "instance", top: Top = 6) -> Facts:
    """Patch compliance of EC2 and managed instances: compliant or not, missing critical patches, where; never scanned.

    From the last scans of Systems Manager Patch Manager. `by` account or venue tells how compliant each of them is.
    """
    chosen = aws.directory.select(accounts)
    found = look(aws, chosen)
    behind = gathered(found)
    nodes = [node for _, held in found for node in held.nodes]
    scanned = [node for node in nodes if node.scanned is not None]
    bad = [node for node in scanned if node.bad]
    scope = scope_of(aws, chosen)
    facts = Facts(
        read_as=f"patch compliance now{'' if by == 'instance' else f' by {by}'}, {scope.text()}",
        period=instant(aws.now),
        scope=scope,
        columns=_COLUMNS if by == "instance" else (by.capitalize(), *_GROUPED),
        notes=[looked(chosen, aws.regions)],
    )
    facts.fact("instances not patch-compliant", len(bad), "instances", receipts=behind, headline=True)
    facts.fact("instances patch-compliant", len(scanned) - len(bad), "instances", receipts=behind, headline=True)
    facts.fact("instances scanned for patches", len(scanned), "instances", receipts=behind)
    if scanned:
        rate = percent(len(scanned) - len(bad), len(scanned))
        facts.fact("share of scanned instances that are patch-compliant", rate, "percent", receipts=behind)
    critical = [node for node in bad if node.critical]
    facts.fact("instances that miss critical patches", len(critical), "instances", receipts=behind)
    facts.fact("missing critical patches", sum(n.critical for n in bad), "patches", receipts=behind)
    if len(nodes) > len(scanned):
        number = len(nodes) - len(scanned)
        facts.fact("managed instances never scanned for patches", number, "instances", receipts=behind)
    unmanaged = sum(held.unmanaged for _, held in found)
    if unmanaged:
        label = "running instances that Systems Manager does not manage"
        facts.fact(label, unmanaged, "instances", receipts=behind)
        facts.notes.append("Of instances that Systems Manager does not manage, the patch state is not known.")
    if by != "instance":
        _show_groups(facts, found, by)
        return facts
    if len(chosen) > 1:
        _accounts(facts, found)
    _show(facts, found, bad, top)
    return facts


_GROUPED = ("Compliant (percent)", "Not compliant", "Miss critical patches", "Scanned")
_MOST_GROUPS = 15
"""Accounts or venues listed one by one: models pay for each."""
_NO_VENUE = "Accounts of no venue are in the totals, and not in the table."


def _show_groups(facts: Facts, found: list[tuple[Place, Nodes]], by: By) -> None:
    """The compliance of each account or venue where something was scanned, the worst first."""
    groups: dict[str, list[tuple[Place, Nodes]]] = {}
    for place, held in found:
        name = place.account.name if by == "account" else place.account.tags.get("venue", "")
        groups.setdefault(name, []).append((place, held))
    rows = []
    for name, places in groups.items():
        scanned = [node for _, held in places for node in held.nodes if node.scanned is not None]
        if name and scanned:
            rows.append((percent(sum(not node.bad for node in scanned), len(scanned)), name, scanned, places))
    rows.sort(key=lambda row: (row[0], row[1]))
    for rate, name, scanned, places in rows[:_MOST_GROUPS]:
        names = tuple(sorted({place.account.name for place, _ in places}))
        scope = Scope(accounts=names, where=facts.scope.where)
        say = partial(facts.fact, receipts=gathered(places), scope=scope)
        bad = [node for node in scanned if node.bad]
        facts.row(
            name,
            say("share of scanned instances that are patch-compliant", rate, "percent"),
            say("instances not patch-compliant", len(bad), "instances"),
            say("instances that miss critical patches", sum(node.critical > 0 for node in bad), "instances"),
            say("instances scanned for patches", len(scanned), "instances"),
        )
    if len(rows) > _MOST_GROUPS:
        rest = [receipt for *_, places in rows[_MOST_GROUPS:] for receipt in gathered(places)]
        facts.rest(f"{by}s with scanned instances,", len(rows) - _MOST_GROUPS, f"{by}s", receipts=rest, column=4)
    if by == "venue" and any(held.nodes for _, held in groups.get("", ())):
        facts.notes.append(_NO_VENUE)


def _accounts(facts: Facts, found: list[tuple[Place, Nodes]]) -> None:
    """Counts of the accounts where something is missing; how many were scanned, where that is critical."""
    counts = [(place.account, held, held.receipts) for place, held in found]
    per_account(
        facts, "instances not patch-compliant", "instances", [(a, sum(n.bad for n in h.nodes), r) for a, h, r in counts]
    )
    critical = [(account, sum(n.critical > 0 for n in held.nodes), r) for account, held, r in counts]
    per_account(facts, "instances that miss critical patches", "instances", critical)
    worst = {account.id for account, number, _ in critical if number}
    scanned = [(a, sum(n.scanned is not None for n in h.nodes), r) for a, h, r in counts if a.id in worst]
    per_account(facts, "instances scanned for patches", "instances", scanned)


def _show(facts: Facts, found: list[tuple[Place, Nodes]], bad: Sequence[Node], top: int) -> None:
    receipts_of = {(place.account.id, place.region): held.receipts for place, held in found}
    ranked = sorted(bad, key=lambda n: (-n.critical, -n.security, -n.missing, n.account.name, n.name, n.id))
    for node in ranked[:top]:
        receipts, scope = receipts_of[node.account.id, node.region], of_account(node.account)
        say = partial(facts.fact, receipts=receipts, scope=scope)
        facts.row(
            say("instance", node.name, "name"),
            node.account.name,
            say(f"critical patches not in place on {node.name}", node.critical, "patches"),
            say(f"security patches not in place on {node.name}", node.security, "patches"),
            say(f"missing patches on {node.name}", node.missing, "patches"),
            say(f"last patch scan of {node.name}", node.scanned or "never", "time"),
        )
    if len(ranked) > top:
        rest = [receipt for node in ranked[top:] for receipt in receipts_of[node.account.id, node.region]]
        facts.rest("instances not patch-compliant,", len(ranked) - top, "instances", receipts=rest)
