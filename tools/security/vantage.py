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
_NOT_ENABLED = "NotEnabled"
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
    return AwsCallError(account, operation, _NOT_ENABLED, f"{what} is not enabled here", receipts)


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
        ids, behind = _covered(members, place, chosen)
        covered = [account for account in chosen if account.id in ids or account.id == owner.id]
        try:
            seen = ask(place, covered) if covered else None
        except AwsCallError as error:
            if error.code != _NOT_ENABLED:
                raise
            seen, behind, covered = None, (*behind, *error.receipts), []
        return seen, behind, [Place(account, place.region) for account in chosen if account not in covered]

    try:
        looked = aws.each(aws.places([owner]), through)
    except AwsCallError as error:
        if not refused(error):
            raise
        return _directly(aws, service, chosen, ask, (*receipts, *error.receipts))
    views = Views(
        [seen for _, (seen, _, _) in looked if seen is not None],
        tuple(dict.fromkeys([*receipts, *(receipt for _, (_, behind, _) in looked for receipt in behind)])),
    )
    if views.seen:
        regions = ", ".join(place.region for place, (seen, _, _) in looked if seen is not None)
        views.notes.append(f"Looked through {service}'s delegated administrator in {regions}.")
    rest = [place for _, (_, _, missing) in looked for place in missing]
    if not views.seen:
        return _directly(aws, service, chosen, ask, views.receipts)
    if rest:
        _ask_themselves(aws, service, rest, chosen, ask, views)
    return views


def _covered(members: Members, place: Place, chosen: Sequence[Account]) -> tuple[frozenset[str], tuple[str, ...]]:
    """The accounts that the administrator sees in a place; all, if it may not say: then its answer is taken as is."""
    try:
        return members(place)
    except AwsCallError as error:
        if error.code == _NOT_ENABLED:
            return frozenset(), error.receipts
        if refused(error):
            return frozenset(account.id for account in chosen), error.receipts
        raise


def _directly(aws: Aws, service: str, chosen: Sequence[Account], ask: Ask[T], receipts: tuple[str, ...]) -> Views[T]:
    views: Views[T] = Views([], receipts)
    where = f"{len(chosen)} accounts" if len(chosen) > 1 else chosen[0].name
    views.notes.append(f"Looked in {service} of {where} in {', '.join(aws.regions)}.")
    looked = aws.each(aws.places(chosen), _softly(ask))
    _sort_out(service, looked, chosen, views)
    if not views.seen:
        raise next(found for _, found in looked if isinstance(found, AwsCallError))
    return views


def _ask_themselves(
    aws: Aws, service: str, places: Sequence[Place], chosen: Sequence[Account], ask: Ask[T], views: Views[T]
) -> None:
    before = len(views.seen)
    looked = some(aws, places, _softly(ask), f"{service} of accounts that its administrator does not see")
    _sort_out(service, looked, chosen, views)
    if len(views.seen) > before:
        names = list(dict.fromkeys(p.account.name for p, found in looked if not isinstance(found, AwsCallError)))
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        views.notes.append(f"Not seen by the administrator, asked themselves: {', '.join(names[:3])}{more}.")


def _softly(ask: Ask[T]) -> Callable[[Place], T | AwsCallError]:
    """Ask an account about itself; that the service is switched off there is an answer, not a failure."""

    def itself(place: Place) -> T | AwsCallError:
        try:
            return ask(place, [place.account])
        except AwsCallError as error:
            if error.code == _NOT_ENABLED:
                return error
            raise

    return itself


def _sort_out(
    service: str, looked: Sequence[tuple[Place, T | AwsCallError]], chosen: Sequence[Account], views: Views[T]
) -> None:
    """Add what was seen, the receipts of finding the service switched off, and a note of where that is."""
    off: dict[str, list[str]] = {}
    for place, found in looked:
        if isinstance(found, AwsCallError):
            off.setdefault(place.region, []).append(place.account.name)
            views.receipts = (*views.receipts, *found.receipts)
        else:
            views.seen.append(found)
    for region, names in off.items():
        everywhere = len(names) >= len(chosen) - 1  # all but the administrator, which was asked before
        who = "any account" if everywhere and len(names) > 3 else ", ".join(names[:3])
        more = f" and {len(names) - 3} more" if len(names) > 3 and not everywhere else ""
        views.notes.append(f"{service} is not enabled in {region} of {who}{more}.")
