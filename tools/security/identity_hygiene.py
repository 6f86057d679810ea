"""Identity hygiene: old and unused access keys, missing MFA, use of root users, too many rights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from tools.accounts import Accounts
from tools.calls import Aws
from tools.facts import Draft, Facts
from tools.periods import instant
from tools.registry import query
from tools.security import credentials, privileges
from tools.security.common import age_days, in_account, joined, scope_of
from tools.security.credentials import Login

Check = Literal["all", "old_keys", "unused_keys", "no_mfa", "root", "over_privileged"]
Days = Annotated[int, Field(ge=1, le=3650, description="how old or unused counts as too long")]
_ROWS = 12
ROOT = "root user"


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that is wrong: whose, in which account, and since when or for how many days."""

    login: str
    account: str
    since: datetime | None
    what: str
    receipts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """One check: what it counts, in which unit, what it found, and the receipts of everything it looked at."""

    label: str
    unit: str
    hits: tuple[Hit, ...]
    receipts: tuple[str, ...]
    headline: bool = False
    listed: bool = True
    """False if its hits stand among those of another check, too: they are counted only."""


@query(domain="security", operations={*credentials.OPERATIONS, *privileges.OPERATIONS})
def identity_hygiene(aws: Aws, check: Check = "all", accounts: Accounts = "all", days: Days = 90) -> Facts:
    """IAM hygiene: users without MFA, old or unused access keys, root use, administrator rights. Names users."""
    chosen = aws.directory.select(accounts)
    scope = scope_of(aws, chosen)
    limit = f", {days} days" if check not in ("no_mfa",) else ""
    subject = "all checks" if check == "all" else check.replace("_", " ").replace("mfa", "MFA")
    facts = Facts(read_as=f"identity hygiene, {subject}{limit}, {scope.text()}", period=instant(aws.now), scope=scope)
    logins = credentials.read(aws, chosen)
    checked: list[Checked] = []
    if check in ("all", "no_mfa"):
        checked.append(_no_mfa(logins))
    if check == "no_mfa":
        checked.append(_roots_without_mfa(logins))  # among all checks it stands with what else is wrong with root
    if check in ("all", "old_keys"):
        checked.append(_old_keys(aws, logins, days))
    if check in ("all", "unused_keys"):
        checked += _unused(aws, logins, days)
    if check in ("all", "root"):
        checked += _root(aws, logins, days)
        _root_sign_ins(aws, facts, logins, days)
    if check in ("all", "over_privileged"):
        rights, unused = _admins(aws, logins, privileges.read(aws, chosen), days)
        # who has the rights is asked for first; among all checks, what is plainly wrong is
        checked += [*unused, *rights] if check == "all" else [*rights, *unused]
    if check == "all":
        _summary(aws, facts, checked)
    else:
        _details(aws, facts, checked)
    facts.notes.append("IAM is global: an account is looked at once. Days are counted by date (UTC).")
    return facts


def _summary(aws: Aws, facts: Facts, checked: Sequence[Checked]) -> None:
    facts.columns = ("Check", "Count", "Longest (days)")
    for one in checked:
        count = facts.fact(one.label, len(one.hits), one.unit, receipts=one.receipts, headline=one.headline)
        oldest = min((hit for hit in one.hits if hit.since), key=_by_age, default=None)
        facts.row(one.label, count, _days(aws, facts, oldest) if oldest else "")
        if oldest:
            where = in_account(aws, oldest.account)
            name = _named(facts, oldest)
            facts.fact(f"longest of the {one.label}", name, "name", receipts=oldest.receipts, scope=where)


def _details(aws: Aws, facts: Facts, checked: Sequence[Checked]) -> None:
    facts.columns = ("User", "Account", "Days", "What")
    for one in checked:
        facts.fact(one.label, len(one.hits), one.unit, receipts=one.receipts, headline=True)
    left = _ROWS
    for one in sorted((one for one in checked if one.listed), key=lambda one: not one.headline):
        hits = sorted(one.hits, key=_by_age)
        for hit in hits[:left]:
            where = in_account(aws, hit.account)
            name = _named(facts, hit)
            user = facts.fact(f"one of the {one.label}", name, "name", receipts=hit.receipts, scope=where)
            days = _days(aws, facts, hit) if hit.since else ""
            facts.row(user, aws.directory.name(hit.account), days, hit.what)
        if len(hits) > left:
            facts.rest(f"{one.label},", len(hits) - left, one.unit, receipts=one.receipts, says=one.label)
        left = max(left - len(hits), 3)  # a later check still shows its worst


def _named(facts: Facts, hit: Hit) -> str:
    facts.names_people |= hit.login != ROOT
    return hit.login


def _days(aws: Aws, facts: Facts, hit: Hit) -> Draft:
    where = in_account(aws, hit.account)
    age = age_days(hit.since, aws.now) if hit.since else 0
    return facts.fact(f"{hit.what} of {hit.login}", age, "days", receipts=hit.receipts, scope=where)


def _by_age(hit: Hit) -> tuple[bool, str, str, str]:
    return hit.since is None, hit.since.isoformat() if hit.since else "", hit.account, hit.login


def _all(logins: Sequence[Login]) -> tuple[str, ...]:
    return joined(login.receipts for login in logins)


def _hit(login: Login, since: datetime | None, what: str) -> Hit:
    name = ROOT if login.root else login.name
    return Hit(name, login.account.id, since, what, login.receipts)


def _no_mfa(logins: Sequence[Login]) -> Checked:
    users = [login for login in logins if not login.root and login.console and not login.mfa]
    hits = [_hit(user, user.signed_in, "days since sign-in without MFA") for user in users]
    return Checked("console users without MFA", "users", tuple(hits), _all(logins), headline=True)


def _old_keys(aws: Aws, logins: Sequence[Login], days: int) -> Checked:
    hits = [
        _hit(login, key.rotated, f"age of access key {key.number}")
        for login in logins
        for key in login.active_keys
        if key.rotated and age_days(key.rotated, aws.now) > days
    ]
    return Checked(
        f"active access keys older than {days} days", "access keys", tuple(hits), _all(logins), headline=True
    )


def _unused(aws: Aws, logins: Sequence[Login], days: int) -> list[Checked]:
    keys = [
        _hit(
            login,
            key.last_sign_of_life,
            f"days without use of access key {key.number}" + ("" if key.used else ", never used"),
        )
        for login in logins
        for key in login.active_keys
        if _unused_for(aws, key.last_sign_of_life, days)
    ]
    people = [
        _hit(
            login,
            login.signed_in or login.created,
            "days without sign-in" + ("" if login.signed_in else ", never signed in"),
        )
        for login in logins
        if login.console and not login.root and _unused_for(aws, login.signed_in or login.created, days)
    ]
    behind = _all(logins)
    return [
        Checked(f"active access keys unused for more than {days} days", "access keys", tuple(keys), behind),
        Checked(f"console users without sign-in for more than {days} days", "users", tuple(people), behind),
    ]


def _unused_for(aws: Aws, since: datetime | None, days: int) -> bool:
    return since is not None and age_days(since, aws.now) > days


def _roots_without_mfa(logins: Sequence[Login]) -> Checked:
    roots = [login for login in logins if login.root]
    weak = [_hit(root, root.signed_in, "days since sign-in, no MFA") for root in roots if not root.mfa]
    return Checked("root users without MFA", "root users", tuple(weak), _all(roots), headline=True)


def _root(aws: Aws, logins: Sequence[Login], days: int) -> list[Checked]:
    roots = [login for login in logins if login.root]
    recent = [
        _hit(root, root.signed_in, "days since sign-in")
        for root in roots
        if root.signed_in and age_days(root.signed_in, aws.now) <= days
    ]
    keyed = [
        _hit(root, key.rotated, f"age of root access key {key.number}") for root in roots for key in root.active_keys
    ]
    behind = _all(roots)
    return [
        _roots_without_mfa(logins),
        Checked(f"root users signed in within the last {days} days", "root users", tuple(recent), behind),
        Checked("active access keys of root users", "access keys", tuple(keyed), behind),
    ]


def _root_sign_ins(aws: Aws, facts: Facts, logins: Sequence[Login], days: int) -> None:
    for root in (login for login in logins if login.root and login.signed_in):
        if root.signed_in and age_days(root.signed_in, aws.now) <= days:
            where = in_account(aws, root.account.id)
            facts.fact("last sign-in of the root user", root.signed_in, "time", receipts=root.receipts, scope=where)


def _admins(
    aws: Aws, logins: Sequence[Login], admins: privileges.Admins, days: int
) -> tuple[list[Checked], list[Checked]]:
    """Who has administrator rights, and which keys and roles with such rights nobody uses."""
    holders = [login for login in logins if not login.root and login.name in admins.users.get(login.account.id, ())]
    able = [login for login in holders if login.console or login.active_keys]
    behind = joined([_all(logins), *admins.receipts.values()])
    idle = [
        _both(admins, _hit(login, key.last_sign_of_life, f"days without use of administrator access key {key.number}"))
        for login in able
        for key in login.active_keys
        if _unused_for(aws, key.last_sign_of_life, days)
    ]
    rights = [
        _both(
            admins, _hit(login, login.created, "days since creation" + ("" if login in able else ", no active login"))
        )
        for login in holders
    ]
    active = [hit for hit, login in zip(rights, holders, strict=True) if login in able]
    roles = [
        Hit(role.name, role.account.id, role.used or role.created, "days without use of role", role.receipts)
        for role in admins.roles
        if _unused_for(aws, role.used or role.created, days)
    ]
    label = f"administrator access keys unused for more than {days} days"
    roles_behind = joined(admins.receipts.values())
    return [
        Checked("users with administrator rights", "users", tuple(rights), behind),
        Checked("users with administrator rights and an active login", "users", tuple(active), behind, listed=False),
    ], [
        Checked(label, "access keys", tuple(idle), behind, headline=True),
        Checked(f"administrator roles unused for more than {days} days", "roles", tuple(roles), roles_behind),
    ]


def _both(admins: privileges.Admins, hit: Hit) -> Hit:
    """The hit with the receipts of both what was used and what it may do."""
    return Hit(hit.login, hit.account, hit.since, hit.what, joined([hit.receipts, admins.receipts[hit.account]]))
