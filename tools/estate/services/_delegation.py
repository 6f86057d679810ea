"""The delegated administrator of the security services: which account it is, and who its members are."""

from __future__ import annotations

from typing import Any

from tools.estate.request import EstateRequest
from tools.estate.services._matching import iso
from tools.estate.world import ACCOUNTS, BY_NAME, SampleAccount

ADMIN = BY_NAME["security"]
SERVICES = frozenset(f"{name}.amazonaws.com" for name in ("securityhub", "guardduty", "inspector2", "access-analyzer"))
"""Service principals that the organisation has delegated to ``ADMIN``."""


def members(request: EstateRequest) -> list[SampleAccount]:
    """The member accounts that the asking account administers: all others for ``ADMIN``, none for anybody else."""
    return [account for account in ACCOUNTS if account != ADMIN] if request.account == ADMIN.id else []


def member_document(request: EstateRequest, account: SampleAccount) -> dict[str, Any]:
    """A member as Security Hub and GuardDuty describe it, without the status that each of them words differently."""
    return {
        "AccountId": account.id,
        "Email": f"aws+{account.name}@lantern.example",
        "MasterId": ADMIN.id,
        "AdministratorId": ADMIN.id,
    }


def joined_at(request: EstateRequest) -> str:
    """When membership was last changed, as ISO 8601."""
    return iso(request.now.replace(year=request.now.year - 2))
