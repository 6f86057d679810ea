"""IAM credential reports: passwords, MFA and access keys of every user, and of the root user, account by account."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tools.accounts import Account
from tools.calls import Aws
from tools.errors import AwsCallError
from tools.security.common import moment

OPERATIONS = ("iam:GenerateCredentialReport", "iam:GetCredentialReport")
_ROOT = "<root_account>"
_TRIES, _PAUSE_SECONDS = 20, 1.0


@dataclass(frozen=True, slots=True)
class AccessKey:
    """An access key: the report numbers a user's keys 1 and 2 and does not give their ids."""

    number: int
    active: bool
    rotated: datetime | None
    used: datetime | None

    @property
    def last_sign_of_life(self) -> datetime | None:
        """When it was last used, or made if it never was."""
        return self.used or self.rotated


@dataclass(frozen=True, slots=True)
class Login:
    """One IAM user, or the root user, of an account."""

    account: Account
    name: str
    root: bool
    created: datetime | None
    console: bool
    mfa: bool
    signed_in: datetime | None
    keys: tuple[AccessKey, ...]
    receipts: tuple[str, ...]

    @property
    def active_keys(self) -> tuple[AccessKey, ...]:
        return tuple(key for key in self.keys if key.active)


def read(aws: Aws, accounts: Sequence[Account]) -> list[Login]:
    """Every login of the accounts, by account and name, the root user first. IAM is global: one report per account.

    Raises:
        AwsCallError: no account gave its report.
    """
    found = aws.each_account(accounts, lambda account: _report(aws, account))
    return [login for _, logins in found for login in logins]


def _report(aws: Aws, account: Account) -> list[Login]:
    for tried in range(_TRIES):
        # Reports are made on request and kept for four hours; asking again meanwhile gives the same one.
        made = aws.call(account, "iam:GenerateCredentialReport", region="us-east-1")
        if made.data["State"] == "COMPLETE":
            break
        if tried + 1 < _TRIES:
            time.sleep(_PAUSE_SECONDS)
    else:
        raise AwsCallError(
            account.name, OPERATIONS[0], "ReportInProgress", "the report is still being made", made.receipts
        )
    reply = aws.call(account, "iam:GetCredentialReport", region="us-east-1")
    content = reply.data["Content"]
    text = content.decode() if isinstance(content, bytes) else str(content)
    receipts = (made.receipt, reply.receipt)
    logins = [_login(account, row, receipts) for row in csv.DictReader(io.StringIO(text))]
    return sorted(logins, key=lambda login: (not login.root, login.name))


def _login(account: Account, row: dict[str, str], receipts: tuple[str, ...]) -> Login:
    return Login(
        account=account,
        name=row["user"],
        root=row["user"] == _ROOT,
        created=_time(row["user_creation_time"]),
        console=_is_true(row, "password_enabled"),
        mfa=_is_true(row, "mfa_active"),
        signed_in=_time(row["password_last_used"]),
        keys=tuple(_key(row, number) for number in (1, 2) if _exists(row, number)),
        receipts=receipts,
    )


def _exists(row: dict[str, str], number: int) -> bool:
    made = row[f"access_key_{number}_last_rotated"]
    return _is_true(row, f"access_key_{number}_active") or _time(made) is not None


def _key(row: dict[str, str], number: int) -> AccessKey:
    prefix = f"access_key_{number}_"
    return AccessKey(
        number,
        _is_true(row, f"{prefix}active"),
        _time(row[f"{prefix}last_rotated"]),
        _time(row[f"{prefix}last_used_date"]),
    )


def _is_true(row: dict[str, str], column: str) -> bool:
    return row[column] == "true"


def _time(text: str) -> datetime | None:
    """A time, or None for the report's ways to say that there is none (`N/A`, `no_information`, `not_supported`)."""
    return moment(text) if text[:1].isdigit() else None
