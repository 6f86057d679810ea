"""Rows: what the rows of each query can be told apart by, so that no plan promises a split that it does not have."""
# ruff: noqa: SIM905 - words read better in one piece

from __future__ import annotations

from collections.abc import Sequence

from agents.models.offline.plan import PlannedCall
from agents.models.offline.topics.asked import dimensions, ranks

_BESIDE: dict[str, frozenset[str]] = {
    name: frozenset(words.split())
    for name, words in {
        "budgets": "team account service month",
        "commitments": "account service",
        "cost_anomalies": "account service usage_type",
        "savings": "account resource service type month",
        "alarms": "account resource service",
        "alarm_history": "account resource service",
        "health_summary": "account venue team",
        "metric": "account resource service",
        "error_logs": "account resource service",
        "backups": "account resource",
        "patches": "account resource",
        "quotas": "account region service",
        "recent_changes": "account service resource",
        "aws_health_events": "account region service resource",
        "account_list": "account team venue env",
        "threats": "account resource severity",
        "public_exposure": "account resource",
        "identity_hygiene": "account",
        "who_did_what": "account resource service",
        "config_compliance": "rule",
        "encryption": "account resource",
        "inventory": "resource",
        "vulnerabilities": "resource",
        "findings": "resource product",
        "spend_change": "account usage_type",
    }.items()
}
"""What stands in the rows beside the figure, whatever they are split by."""
NARROWED = frozenset(
    {"recent_changes", "alarms", "backups", "budgets", "identity_hygiene", "patches", "encryption", "savings", "quotas",
     "threats", "public_exposure", "aws_health_events", "commitments", "cost_anomalies"}
)  # fmt: skip
"""Queries whose rows are narrowed to a named resource when the answer is written."""
COUNTED_BY_ACCOUNT = frozenset(
    "alarms alarm_history backups encryption error_logs patches recent_changes quotas health_summary threats".split()
)
"""Queries that count by account although their rows are not accounts."""
_SPLITS = frozenset("account team venue service region env month day rule type cve product usage_type".split())


def missing_split(calls: Sequence[PlannedCall], text: str) -> str | None:
    """What the text wants told apart that none of the calls tells apart, or None."""
    ranking = ranks(text)
    if ranking and calls and all(call.query == "account_list" for call in calls):
        return (
            "account" if "account" in dimensions(text) else None
        )  # it knows nothing that one has more of than another
    for wanted in dimensions(text):
        if wanted in _SPLITS and not any(_tells(call, wanted, ranking) for call in calls):
            return wanted
    return None


def _tells(call: PlannedCall, wanted: str, ranking: bool) -> bool:
    by = call.inputs.get("by") or _DEFAULT.get(call.query)
    if by == wanted or {by, wanted} == {"account", "venue"}:
        return True
    if call.query == "config_compliance" and call.inputs.get("rule"):
        return wanted in ("account", "resource", "rule") and not ranking
    if call.query == "spend" and wanted == "service" and call.inputs.get("service"):
        return True
    if wanted in ("day", "month") and call.query == "spend" and not ranking and by in ("day", "month"):
        return True
    if wanted == "day" and not ranking and call.query in _TIMED:
        return True
    if wanted not in _BESIDE.get(call.query, ()):
        of_accounts = "account" in _BESIDE.get(call.query, ()) and (not ranking or call.query in COUNTED_BY_ACCOUNT)
        return wanted == "venue" and of_accounts
    return not ranking or wanted != "account" or call.query in COUNTED_BY_ACCOUNT


_TIMED = frozenset(
    "who_did_what recent_changes alarm_history alarms backups error_logs identity_hygiene threats commitments "
    "cost_anomalies aws_health_events patches metric".split()
)
"""Queries whose rows say when."""
_DEFAULT = {
    "spend": "service", "spend_change": "service", "untagged_spend": "account", "inventory": "account",
    "health_summary": "account", "account_list": "account", "config_compliance": "rule",
}  # fmt: skip
