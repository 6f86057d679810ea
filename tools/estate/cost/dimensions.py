"""The dimensions and tags of Cost Explorer, as columns of the table ``items``."""

from __future__ import annotations

from tools.estate.cost.store import TAG_KEYS
from tools.estate.errors import AwsError, not_in_sample

COLUMNS = {
    "DATABASE_ENGINE": "database_engine",
    "INSTANCE_TYPE": "instance_type",
    "LINKED_ACCOUNT": "account",
    "LINKED_ACCOUNT_NAME": "account_name",
    "OPERATION": "operation",
    "PURCHASE_TYPE": "purchase_type",
    "RECORD_TYPE": "record_type",
    "REGION": "region",
    "RESERVATION_ID": "commitment",
    "SAVINGS_PLAN_ARN": "commitment",
    "SERVICE": "service",
    "SUBSCRIPTION_ID": "commitment",
    "USAGE_TYPE": "usage_type",
}
"""The dimensions that the sample knows."""

_NOT_GROUPABLE = frozenset({"LINKED_ACCOUNT_NAME", "SAVINGS_PLAN_ARN", "SUBSCRIPTION_ID"})

# Cost Explorer's other dimensions: valid to ask for, but the sample has no values for them.
_OTHERS = frozenset(
    {
        "AGREEMENT_END_DATE_TIME_AFTER",
        "AGREEMENT_END_DATE_TIME_BEFORE",
        "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
        "ANOMALY_TOTAL_IMPACT_PERCENTAGE",
        "AZ",
        "BILLING_ENTITY",
        "CACHE_ENGINE",
        "DEPLOYMENT_OPTION",
        "INSTANCE_TYPE_FAMILY",
        "INVOICING_ENTITY",
        "LEGAL_ENTITY_NAME",
        "OPERATING_SYSTEM",
        "PAYER_ACCOUNT",
        "PAYMENT_OPTION",
        "PLATFORM",
        "RESOURCE_ID",
        "RIGHTSIZING_TYPE",
        "SAVINGS_PLANS_TYPE",
        "SCOPE",
        "SERVICE_CODE",
        "TENANCY",
        "USAGE_TYPE_GROUP",
    }
)


def dimension_column(key: str, *, group: bool = False) -> str:
    """The column of a dimension; raises ValidationException for one that AWS does not know."""
    if key in COLUMNS and not (group and key in _NOT_GROUPABLE):
        return COLUMNS[key]
    if key in _OTHERS:
        raise not_in_sample("ce", f"dimension {key}", f"Its dimensions are {', '.join(sorted(COLUMNS))}.")
    raise AwsError("ValidationException", f"Dimension key {key!r} is invalid")


def tag_column(key: str) -> str | None:
    """The column of a cost allocation tag; ``None`` for a tag that nobody activated."""
    return f"tag_{key.replace('-', '_')}" if key in TAG_KEYS else None
