"""Where to look: through a service's delegated administrator if there is one, else in every account.

An administrator sees the records of its member accounts, so three calls do what would take three per account. It is
asked for the chosen accounts by filter, and for one region at a time by filter, so that a region or an account that
is aggregated elsewhere is never counted twice. Accounts that are no members are asked themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from tools.accounts import Account
from tools.calls import Aws, Place
from tools.errors import AwsCallError
from tools.security.common import some

T = TypeVar("T")
DELEGATIONS = "organizations:ListDelegatedAdministrators"
_REFUSALS = frozenset({"AccessDenied", "AccessDeniedException", "InvalidAccessException", "UnauthorizedOperation"})

Members = Callable[[Place], tuple[frozenset[str], tuple[str, ...]]]
"""Ids of the accounts that an administrator sees in a place, and the receipts that say so."""
Ask = Callable[[Place, Sequence[Account]], T]
"""Records of these accounts as seen from a place."""


@dataclass(slots=True)
class Views(Generic[T]):
    """What was seen in every place, how it was looked for, and the receipts of finding out where to look."""

    seen: list[T]
    receipts: tuple[str, ...]
    notes: list[str] = field(default_factory=list)


def not_enabled(account: str, operation: str, what: str, receipts: tuple[str, ...] = ()) -> AwsCallError:
    """The error that says a service is switched off in a place: it could not be looked at, which is no zero."""
    return AwsCallError(account, operation, "NotEnabled", f"{what} is not enabled here", receipts)


def refused(error: AwsCallError) -> bool:
    """Whether AWS said that the reader may not do this."""
    return error.code in _REFUSALS


def administrator(aws: Aws, principal: str) -> tuple[Account | None, tuple[str, ...]]:
    """The delegated administrator of a service (such as `securityhub.amazonaws.com`), and the receipts that say so.

    None if there is none, or if the organisation may not be read: then every account is asked itself.
    """
    try:
        found = aws.items(
            aws.directory.payer, DELEGATIONS, "DelegatedAdministrators", region="us-east-1", ServicePrincipal=principal
        )
    except AwsCallError as error:
        return None, error.receipts
    ids = sorted(entry["Id"] for entry in found.items if entry.get("Status", "ACTIVE") == "ACTIVE")
    if not ids:
        return None, found.receipts
    known = next((account for account in aws.directory.accounts if account.id == ids[0]), None)
    # Outside the asker's sight it is a means of looking only, as the payer is for bills: it has no name here.
    return known or Account(id=ids[0], name="delegated administrator"), found.receipts


def look(
    aws: Aws,
    service: str,
    principal: str,
    chosen: Sequence[Account],
    members: Members,
    ask: Ask[T],
    *,
    one_directly: bool = True,
) -> Views[T]:
    """Ask about `chosen` in all regions, through the administrator of `principal` where that is possible.

    A single account is asked itself, unless it may not hold its own records (`one_directly=False`).

    Raises:
        AwsCallError: no place could be looked at.
    """
    if one_directly and len(chosen) == 1:
        return _directly(aws, service, chosen, ask, ())
    admin, receipts = administrator(aws, principal)
    if admin is None:
        return _directly(aws, service, chosen, ask, receipts)
    owner = admin

    def through(place: Place) -> tuple[T | None, tuple[str, ...], list[Place]]:
        try:
            ids, behind = members(place)
        except AwsCallError as error:
            if not refused(error):
                raise
            ids, behind = frozenset(account.id for account in chosen), error.receipts
        covered = [account for account in chosen if account.id in ids or account.id == owner.id]
        missing = [Place(account, place.region) for account in chosen if account not in covered]
        return (ask(place, covered) if covered else None), behind, missing

    try:
        looked = aws.each(aws.places([owner]), through)
    except AwsCallError as error:
        if not refused(error):
            raise
        return _directly(aws, service, chosen, ask, receipts)
    seen = [found for _, (found, _, _) in looked if found is not None]
    rest = [place for _, (_, _, missing) in looked for place in missing]
    views = Views(
        seen,
        tuple(dict.fromkeys([*receipts, *(r for _, (_, behind, _) in looked for r in behind)])),
        [f"Looked through {service}'s delegated administrator in {_regions(aws)}."],
    )
    if rest:
        asked = some(aws, rest, lambda place: ask(place, [place.account]), f"{service} of accounts that are no members")
        views.seen += [found for _, found in asked]
        names = list(dict.fromkeys(place.account.name for place in rest))
        views.notes.append(f"No members of it, asked themselves: {', '.join(names[:5])}.")
    return views


def _directly(aws: Aws, service: str, chosen: Sequence[Account], ask: Ask[T], receipts: tuple[str, ...]) -> Views[T]:
    looked = aws.each(aws.places(chosen), lambda place: ask(place, [place.account]))
    where = f"{len(chosen)} accounts" if len(chosen) > 1 else chosen[0].name
    return Views([found for _, found in looked], receipts, [f"Looked in {service} of {where} in {_regions(aws)}."])


def _regions(aws: Aws) -> str:
    return ", ".join(aws.regions)
