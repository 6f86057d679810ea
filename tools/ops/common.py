"""What the operations queries share: scopes, notes on where was looked, names resolved, text made safe to show."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from tools.accounts import Account
from tools.calls import Aws
from tools.errors import InputError, UnknownNameError
from tools.facts import Draft, Facts, Scope

Top = Annotated[int, Field(ge=1, le=25, description="rows shown before the rest is summed up")]
_MOST_ACCOUNTS = 15
"""Accounts that get a fact of their own beside the table; an organisation may have hundreds."""
_SECRETS = re.compile(
    r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b"  # access key ids
    r"|\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*"  # JSON web tokens
    r"|[\w.+-]+@[\w-]+\.[\w.-]+"  # mail addresses
    r"|(?i:\b(?:password|passwd|secret|token|authorization|api[_-]?key)\b[\"']?\s*[=:]\s*[\"']?(?:bearer\s+)?)[^\s\"',;&]+"
)


def scope_of(aws: Aws, accounts: Sequence[Account], where: dict[str, str] | None = None) -> Scope:
    """The scope of facts about these accounts (no names if they are all that exist) and filters."""
    return Scope(accounts=aws.directory.scope(accounts), where=where or {})


def of_account(account: Account, where: dict[str, str] | None = None) -> Scope:
    """The scope of a fact about one account."""
    return Scope(accounts=(account.name,), where=where or {})


def gathered(found: Iterable[tuple[object, Any]]) -> tuple[str, ...]:
    """The receipts of all replies or items that a fan-out gave, each once, in its order."""
    return tuple(dict.fromkeys(receipt for _, reply in found for receipt in reply.receipts))


def looked(accounts: Sequence[Account], regions: Iterable[str]) -> str:
    """The note that says where a query looked."""
    plural = "s" if len(accounts) != 1 else ""
    return f"Looked in {len(accounts)} account{plural}, {', '.join(regions)}."


def resolve(kind: str, given: str, known: Iterable[str]) -> tuple[str, ...]:
    """The known names meant by `given`: those equal to it but for case, else those that contain it. Never none.

    Raises:
        UnknownNameError: no known name matches; the nearest are named.
    """
    names = sorted(set(known))
    wanted = given.strip().casefold()
    if not wanted:
        raise InputError(f"The {kind} is empty; leave it out or name one.")
    exact = tuple(name for name in names if name.casefold() == wanted)
    found = exact or tuple(name for name in names if wanted in name.casefold())
    if not found:
        raise UnknownNameError(kind, given, names)
    return found


def clean(text: str, most: int = 160) -> str:
    """Text of the estate made safe to show: one line, no control or invisible characters, no secrets, cut short."""
    spaced = "".join(
        " " if unicodedata.category(c) in ("Zl", "Zp") or c in "\t\n\r\v\f" else c for c in _ANSI.sub("", text)
    )
    visible = "".join(c for c in spaced if unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cs", "Cn"))
    line = " ".join(_SECRETS.sub("[removed]", visible).split())
    return line if len(line) <= most else _cut(line, most - 1) + "…"


def _cut(line: str, most: int) -> str:
    """At most so many characters, cut between words where one is near: half a secret is recognised by nobody."""
    at = line.rfind(" ", most // 2, most + 1)
    return line[: at if at > 0 else most].rstrip()


_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")


def percent(part: int | Decimal, whole: int | Decimal) -> Decimal:
    """`part` as a percentage of `whole`; 0 if there is no whole."""
    return Decimal(part) * 100 / Decimal(whole) if whole else Decimal()


def hours(span: timedelta) -> Decimal:
    """A duration in hours."""
    return Decimal(str(span.total_seconds())) / 3600


def minutes(span: timedelta) -> Decimal:
    """A duration in minutes."""
    return Decimal(str(span.total_seconds())) / 60


def stamp(moment: datetime) -> datetime:
    """A time as facts show it: UTC, whole seconds."""
    return moment.astimezone(UTC).replace(microsecond=0)


def per_account(
    facts: Facts, label: str, unit: str, counts: Iterable[tuple[Account, int, Iterable[str]]]
) -> dict[str, Draft]:
    """One count for each account that has any, at most 15, largest first; `counts` are (account, count, receipts)."""
    numbers: dict[str, int] = {}
    behind: dict[str, list[str]] = {}
    accounts: dict[str, Account] = {}
    for account, number, receipts in counts:
        accounts[account.id] = account
        numbers[account.id] = numbers.get(account.id, 0) + number
        behind.setdefault(account.id, []).extend(receipts)
    ranked = sorted(accounts.values(), key=lambda account: (-numbers[account.id], account.name))
    return {
        account.id: facts.fact(
            label,
            numbers[account.id],
            unit,
            receipts=behind[account.id],
            scope=Scope(accounts=(account.name,), where=facts.scope.where),
        )
        for account in ranked[:_MOST_ACCOUNTS]
        if numbers[account.id]
    }
