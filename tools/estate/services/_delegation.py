"""The delegated administrator of the security services: which account it is, and who its members are."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tools.estate.request import EstateRequest
from tools.estate.world import ACCOUNTS, BY_NAME, SampleAccount

ADMIN = BY_NAME["security"]
SERVICES = frozenset(f"{name}.amazonaws.com" for name in ("securityhub", "guardduty", "inspector2", "access-analyzer"))
"""Service principals that the organisation has delegated to ``ADMIN``."""

JOINED = datetime(2023, 2, 1, 9, 30, tzinfo=UTC)
"""Since when every other account is a member."""


def members(request: EstateRequest) -> list[SampleAccount]:
    """The member accounts that the asking account administers: all others for ``ADMIN``, none for anybody else."""
    return [account for account in ACCOUNTS if account != ADMIN] if request.account == ADMIN.id else []


def member_document(account: SampleAccount) -> dict[str, Any]:
    """A member as Security Hub and GuardDuty describe it, without its status and times."""
    return {
        "AccountId": account.id,
        "Email": f"aws+{account.name}@lantern.example",
        "MasterId": ADMIN.id,
        "AdministratorId": ADMIN.id,
    }
