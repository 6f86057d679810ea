"""The credentials of the sample estate: who a SigV4 access key is.

They are names, not secrets: they work only against the endpoint on 127.0.0.1 that this process opened, and start
with letters that AWS never issues, so they cannot be mistaken for a leaked key.
"""

from __future__ import annotations

from dataclasses import dataclass

from tools.estate.world import ACCOUNTS, PAYER, READER_ROLE

PAYER_ACCESS_KEY = f"AKXXSAMPLE{PAYER.id}"[:20]
PAYER_SECRET_KEY = "sample-estate-payer-not-a-secret"  # noqa: S105 - see the module docstring
_SESSION_PREFIX = "ASXXSAMP"
_ACCOUNT_IDS = frozenset(account.id for account in ACCOUNTS)


@dataclass(frozen=True, slots=True)
class SessionKeys:
    """Temporary credentials of the reader role in one account."""

    access_key: str
    secret_key: str
    session_token: str


@dataclass(frozen=True, slots=True)
class Caller:
    """Who signed a request: the account and the ARN that sts:GetCallerIdentity gives."""

    account: str
    arn: str
    user_id: str


def session_keys(account: str) -> SessionKeys:
    """The keys that sts:AssumeRole of RegentReader gives in ``account`` (12 digits)."""
    return SessionKeys(f"{_SESSION_PREFIX}{account}", f"sample-estate-reader-{account}", f"sample-session-{account}")


def secret_of(access_key: str) -> str:
    """The secret behind an access key that :func:`caller_of` knows."""
    if access_key == PAYER_ACCESS_KEY:
        return PAYER_SECRET_KEY
    return session_keys(access_key.removeprefix(_SESSION_PREFIX)).secret_key


def caller_of(access_key: str, token: str | None) -> Caller | None:
    """The caller behind an access key, or ``None`` if the key or its session token is unknown."""
    if access_key == PAYER_ACCESS_KEY:
        return Caller(PAYER.id, f"arn:aws:iam::{PAYER.id}:user/regent", "AIDAXXSAMPLEREGENT")
    account = access_key.removeprefix(_SESSION_PREFIX)
    if account == access_key or account not in _ACCOUNT_IDS or token != session_keys(account).session_token:
        return None
    return Caller(
        account,
        f"arn:aws:sts::{account}:assumed-role/{READER_ROLE}/regent",
        f"AROAXXSAMPLEREADER:{account}",
    )
