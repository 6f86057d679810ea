"""Public exposure: what can be reached from outside: buckets, security groups, and resources shared with others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Literal

from tools.accounts import Account, Accounts
from tools.calls import Aws, Place
from tools.errors import AwsCallError
from tools.facts import Facts
from tools.periods import instant
from tools.registry import query
from tools.security import analyzer, buckets, groups
from tools.security.common import in_account, is_user, joined, run_parts, scope_of, short

Kind = Literal["all", "buckets", "databases", "security_groups", "shared"]
Reported = Callable[[Sequence[Account]], analyzer.Found]
_ROWS, _ROWS_OF_EACH = 15, 6
"""Most rows shown of one kind that was asked for, and of each when all were."""
_DATABASES = "rds:DescribeDBInstances"
_PLURALS = {
    "buckets": "buckets",
    "databases": "databases",
    "security_groups": "security groups",
    "shared": "shared resources",
}


@query(domain="security", operations={*analyzer.OPERATIONS, *buckets.OPERATIONS, *groups.OPERATIONS, _DATABASES})
def public_exposure(aws: Aws, kind: Kind = "all", accounts: Accounts = "all") -> Facts:
    """What the internet or outside accounts can reach: public buckets, databases, security groups, shared resources."""
    chosen = aws.directory.select(accounts)
    scope = scope_of(aws, chosen)
    subject = "public exposure" if kind == "all" else f"public exposure of {_PLURALS[kind]}"
    facts = Facts(
        read_as=f"{subject}, {scope.text()}",
        period=instant(aws.now),
        scope=scope,
        columns=("Kind", "Resource", "Account", "Open to"),
    )

    @cache
    def outside() -> analyzer.Found:  # both parts need it: asked once
        return analyzer.read(aws, chosen)

    def reported(owners: Sequence[Account]) -> analyzer.Found:
        return outside() if kind == "all" else analyzer.read(aws, owners, resource_type="AWS::S3::Bucket")

    rows = _ROWS_OF_EACH if kind == "all" else _ROWS
    parts: dict[Kind, Callable[[], None]] = {
        "buckets": lambda: _buckets(aws, facts, chosen, reported, rows),
        "databases": lambda: _databases(aws, facts, chosen, rows),
        "security_groups": lambda: _groups(aws, facts, chosen, rows),
        "shared": lambda: _shared(aws, facts, outside(), rows),
    }
    run_parts(aws, {_PLURALS[name]: part for name, part in parts.items() if kind in ("all", name)})
    facts.notes = list(dict.fromkeys(facts.notes))
    return facts


def _buckets(aws: Aws, facts: Facts, chosen: Sequence[Account], reported: Reported, rows: int) -> None:
    checked = buckets.check(aws, chosen)
    facts.fact("public buckets", len(checked.public), "buckets", receipts=checked.receipts, headline=True)
    facts.fact("buckets in all", checked.buckets, "buckets", receipts=checked.receipts)
    label = "accounts that block public access to all their buckets"
    facts.fact(label, checked.blocking, "accounts", receipts=checked.receipts)
    for found in checked.public[:rows]:
        where = in_account(aws, found.place.account.id)
        facts.row(
            "bucket",
            facts.fact("public bucket", found.place.name, "name", receipts=found.receipts, scope=where),
            found.place.account.name,
            "; ".join(found.ways),
        )
    if len(checked.public) > rows:
        facts.rest("public buckets", len(checked.public) - rows, "buckets", receipts=checked.receipts)
    if checked.public:
        _since(aws, facts, [found.place for found in checked.public], reported)


def _since(aws: Aws, facts: Facts, public: Sequence[buckets.BucketPlace], reported: Reported) -> None:
    """Since when Access Analyzer has reported these buckets; without it, that stays unsaid."""
    owners = list(dict.fromkeys(place.account for place in public))
    try:
        found = reported(owners)
    except AwsCallError as error:
        facts.notes.append(f"Since when they are public is unknown: Access Analyzer could not be asked ({error.code}).")
        return
    names = {place.name for place in public}
    for one in found.findings:
        if one.public and short(one.resource) in names:
            label = f"bucket {short(one.resource)} reported as public by Access Analyzer since"
            facts.fact(label, one.since, "time", receipts=found.receipts, scope=in_account(aws, one.account))


def _databases(aws: Aws, facts: Facts, chosen: Sequence[Account], rows: int) -> None:
    def ask(place: Place) -> tuple[list[tuple[Place, str, str]], tuple[str, ...]]:
        listed = aws.items(place.account, _DATABASES, "DBInstances", region=place.region, MaxRecords=100)
        public = [one for one in listed.items if one.get("PubliclyAccessible")]
        return [(place, one["DBInstanceIdentifier"], one.get("Engine", "")) for one in public], listed.receipts

    seen = [result for _, result in aws.each(aws.places(chosen), ask)]
    behind = joined(receipts for _, receipts in seen)
    found = sorted((one for public, _ in seen for one in public), key=lambda one: (one[0].account.name, one[1]))
    facts.fact("databases with a public address", len(found), "databases", receipts=behind, headline=True)
    for place, name, engine in found[:rows]:
        where = in_account(aws, place.account.id)
        called = facts.fact("database with a public address", name, "name", receipts=behind, scope=where)
        facts.row("database", called, place.account.name, f"{engine}, as far as its security groups allow")
    if len(found) > rows:
        facts.rest("databases with a public address", len(found) - rows, "databases", receipts=behind)


def _groups(aws: Aws, facts: Facts, chosen: Sequence[Account], rows: int) -> None:
    checked = groups.check(aws, chosen)
    risky = [group for group in checked.open if not group.web_only]
    facts.fact(
        "security groups open to the internet beyond web ports",
        len(risky),
        "security groups",
        receipts=checked.receipts,
        headline=True,
    )
    label = "security groups open to the internet on web ports only"
    facts.fact(label, len(checked.open) - len(risky), "security groups", receipts=checked.receipts)
    facts.fact("security groups in all", checked.total, "security groups", receipts=checked.receipts)
    facts.notes.append(
        f"Security groups were looked at in {', '.join(aws.regions)}; web ports are those of HTTP and HTTPS."
    )
    for group in risky[:rows]:
        where = in_account(aws, group.place.account.id)
        facts.row(
            "security group",
            facts.fact(
                "open security group",
                f"{group.name} ({group.id})" if group.name else group.id,
                "name",
                receipts=group.receipts,
                scope=where,
            ),
            group.place.account.name,
            facts.fact(
                "ports open to the internet", ", ".join(group.ports), "text", receipts=group.receipts, scope=where
            ),
        )
    if len(risky) > rows:
        facts.rest("open security groups", len(risky) - rows, "security groups", receipts=checked.receipts)


def _shared(aws: Aws, facts: Facts, found: analyzer.Found, rows: int) -> None:
    public = {one.resource for one in found.findings if one.public}
    others = [one for one in found.findings if not one.public]
    shared = {one.resource for one in others} - public
    facts.fact(
        "resources that Access Analyzer reports as public",
        len(public),
        "resources",
        receipts=found.receipts,
        headline=True,
    )
    label = "resources shared with outside accounts"
    facts.fact(label, len(shared), "resources", receipts=found.receipts, headline=True)
    facts.notes += found.notes
    shown = {cell.value for row in facts.rows for cell in row if not isinstance(cell, str)}
    left = [finding for finding in found.findings if short(finding.resource) not in shown]
    for one in left[:rows]:
        where = in_account(aws, one.account)
        facts.names_people |= is_user(one.principal) or is_user(one.resource)
        label = "public resource" if one.public else "resource shared with outside accounts"
        facts.row(
            one.resource_type.removeprefix("AWS::").replace("::", " ").lower(),
            facts.fact(label, short(one.resource), "name", receipts=found.receipts, scope=where),
            aws.directory.name(one.account),
            facts.fact(
                f"who can reach {short(one.resource)}", one.principal, "text", receipts=found.receipts, scope=where
            ),
        )
    if len(left) > rows:
        facts.rest("public or shared resources", len(left) - rows, "resources", receipts=found.receipts)
