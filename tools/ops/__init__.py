"""Operations: does it run, what changed, what is there, is it patched and backed up. Importing it declares queries."""

from tools.ops import (  # noqa: F401
    account_list,
    alarm_history,
    alarms,
    aws_health_events,
    backups,
    error_logs,
    health_summary,
    inventory,
    metric,
    patches,
    quotas,
    recent_changes,
)
