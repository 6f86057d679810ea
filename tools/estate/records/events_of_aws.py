"""AWS Health events: what AWS itself announced to these accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from tools.estate import inventory
from tools.estate.inventory import account_id, ago, digest
from tools.estate.world import NOW


@dataclass(frozen=True, slots=True)
class HealthEvent:
    """One Health event and the entities it affects, by account."""

    service: str
    code: str
    category: str
    region: str
    start: datetime
    end: datetime | None
    updated: datetime
    status: str
    scope: str
    text: str
    affected: tuple[tuple[str, str], ...]
    """Account and entity (an id, an ARN, or the account itself)."""

    @property
    def arn(self) -> str:
        number = digest("health", self.code, self.region, self.start.isoformat())[:12]
        return f"arn:aws:health:{self.region}::event/{self.service}/{self.code}/{self.code}_{number}"

    @property
    def accounts(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(account for account, _ in self.affected))


def _databases(*names: str) -> tuple[tuple[str, str], ...]:
    return tuple((item.account, item.arn) for item in inventory.DATABASES if item.name in names)


def _instances(*names: str) -> tuple[tuple[str, str], ...]:
    return tuple((item.account, item.id) for item in inventory.INSTANCES if item.name in names)


def _old_functions() -> tuple[tuple[str, str], ...]:
    return tuple((item.account, item.arn) for item in inventory.FUNCTIONS if item.runtime in ("python3.8", "python3.9"))


@cache
def health_events() -> tuple[HealthEvent, ...]:
    """Every Health event, newest start first."""
    online = account_id("online-prod")
    every = tuple((account, account) for account in dict.fromkeys(item.account for item in inventory.INSTANCES))
    events = [
        HealthEvent(
            "RDS", "AWS_RDS_HARDWARE_MAINTENANCE_SCHEDULED", "scheduledChange", "eu-west-1",
            datetime(2026, 10, 21, 2, 0, tzinfo=NOW.tzinfo), datetime(2026, 10, 21, 4, 0, tzinfo=NOW.tzinfo),
            ago(days=6), "upcoming", "ACCOUNT_SPECIFIC",
            "The hardware of the listed DB instances needs maintenance; Multi-AZ instances fail over.",
            _databases("wallet-db", "player-db"),
        ),
        HealthEvent(
            "EC2", "AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED", "scheduledChange", "eu-west-1",
            datetime(2026, 10, 28, 6, 0, tzinfo=NOW.tzinfo), None, ago(days=2, hours=3), "upcoming",
            "ACCOUNT_SPECIFIC", "The listed instances run on degraded hardware and will be stopped.",
            _instances("utrecht-floor-04", "erp-app-02"),
        ),
        HealthEvent(
            "LAMBDA", "AWS_LAMBDA_PLANNED_LIFECYCLE_EVENT", "scheduledChange", "eu-west-1",
            datetime(2026, 11, 30, 0, 0, tzinfo=NOW.tzinfo), None, ago(days=20), "upcoming", "ACCOUNT_SPECIFIC",
            "The Python 3.8 and 3.9 runtimes reach the end of support; functions can no longer be updated.",
            _old_functions(),
        ),
        HealthEvent(
            "SQS", "AWS_SQS_OPERATIONAL_ISSUE", "issue", "eu-west-1",
            datetime(2026, 9, 3, 11, 14, tzinfo=NOW.tzinfo), datetime(2026, 9, 3, 12, 36, tzinfo=NOW.tzinfo),
            datetime(2026, 9, 3, 13, 5, tzinfo=NOW.tzinfo), "closed", "PUBLIC",
            "Increased API error rates for Amazon SQS in EU-WEST-1. The issue has been resolved.",
            ((online, online),),
        ),
        HealthEvent(
            "CLOUDWATCH", "AWS_CLOUDWATCH_OPERATIONAL_ISSUE", "issue", "eu-central-1", ago(hours=4, minutes=20), None,
            ago(minutes=35), "open", "PUBLIC", "Delayed metrics for Amazon CloudWatch in EU-CENTRAL-1.",
            tuple((account, account) for account in (online, account_id("shared-services"))),
        ),
        HealthEvent(
            "EC2", "AWS_EC2_OPERATIONAL_ISSUE", "issue", "eu-west-1", ago(days=61, hours=5), ago(days=61, hours=2),
            ago(days=61), "closed", "PUBLIC", "Elevated error rates for new instance launches in one zone. Resolved.",
            every,
        ),
        HealthEvent(
            "IAM", "AWS_IAM_EXPOSED_CREDENTIALS_NOTIFICATION", "accountNotification", "us-east-1", ago(days=140), None,
            ago(days=138), "closed", "ACCOUNT_SPECIFIC", "An access key was found in public code; it was removed.",
            ((account_id("online-staging"), account_id("online-staging")),),
        ),
        HealthEvent(
            "ACM", "AWS_ACM_RENEWAL_STATE_CHANGE", "accountNotification", "eu-west-1", ago(days=11), None, ago(days=11),
            "open", "ACCOUNT_SPECIFIC", "A certificate was not renewed and expires on 9 November 2026.",
            ((account_id("backoffice-prod"), f"arn:aws:acm:eu-west-1:{account_id('backoffice-prod')}:certificate/"
              f"{inventory.uuid('certificate')}"),),
        ),
    ]  # fmt: skip
    return tuple(sorted(events, key=lambda event: event.start, reverse=True))
