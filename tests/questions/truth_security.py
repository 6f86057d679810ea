"""Formulas over the security records: findings, threats, exposure, identities, trails, encryption."""

from __future__ import annotations

from collections import Counter

from tests.questions.truth import Row, Truth, TruthError, Value, days_since, formula, match, nth, within


def _findings(
    truth: Truth, severity: str | None, account: str | None, title: str | None, since: str | None
) -> list[Row]:
    rows = match(
        truth.records("securityhub_findings"),
        RecordState="ACTIVE",
        Workflow__Status="NEW|NOTIFIED",
        Severity__Label=severity,
        AwsAccountName=account,
        Title=title,
    )
    return [row for row in rows if since is None or within(row["CreatedAt"], since)]


@formula
def findings(
    truth: Truth,
    severity: str | None = None,
    account: str | None = None,
    title: str | None = None,
    since: str | None = None,
) -> Value:
    """Open Security Hub findings: active, and neither resolved nor suppressed."""
    return len(_findings(truth, severity, account, title, since))


@formula
def top_findings(truth: Truth, severity: str | None = None, place: int = 1) -> Value:
    """The account with most open findings."""
    return nth(Counter(row["AwsAccountName"] for row in _findings(truth, severity, None, None, None)), place)


SEVERITIES = {"HIGH": (7.0, 8.9), "MEDIUM": (4.0, 6.9), "LOW": (1.0, 3.9)}


def _threats(truth: Truth, severity: str | None, account: str | None) -> list[Row]:
    low, high = SEVERITIES[severity] if severity else (0.0, 10.0)
    rows = match(truth.records("guardduty_findings"), account=account, archived=False)
    return [row for row in rows if low <= row["severity"] <= high]


@formula
def threats(truth: Truth, severity: str | None = None, account: str | None = None) -> Value:
    """Current GuardDuty findings; all of them were seen within the last 30 days."""
    return len(_threats(truth, severity, account))


@formula
def threat(truth: Truth, severity: str | None = None, account: str | None = None) -> Value:
    """The type of the one current GuardDuty finding that fits."""
    (row,) = _threats(truth, severity, account)
    return str(row["type"])


@formula
def public_buckets(truth: Truth) -> Value:
    """How many buckets the whole internet can read."""
    return len(match(truth.records("s3_buckets"), public=True))


@formula
def public_bucket(truth: Truth) -> Value:
    """The one public bucket."""
    (row,) = match(truth.records("s3_buckets"), public=True)
    return str(row["name"])


@formula
def open_groups(truth: Truth, account: str | None = None, web: bool = True) -> Value:
    """Security groups open to the whole internet; without `web`, those that open only 443 are left out."""
    rows = match(truth.records("ec2_security_groups"), account=account)
    harmless = [["tcp", 443, 443]]
    return sum(1 for row in rows if row["open_to_world"] and (web or row["open_to_world"] != harmless))


@formula
def users_without_mfa(truth: Truth, account: str | None = None) -> Value:
    """Users with a console password and no MFA."""
    return len(match(truth.records("iam_users"), console=True, mfa=False, account=account))


@formula
def user_without_mfa(truth: Truth, account: str) -> Value:
    """The one console user of an account without MFA."""
    (row,) = match(truth.records("iam_users"), console=True, mfa=False, account=account)
    return str(row["name"])


def _keys(truth: Truth, account: str | None) -> list[tuple[str, Row]]:
    users = match(truth.records("iam_users"), account=account)
    return [(user["name"], key) for user in users for key in user["keys"] if key["active"]]


@formula
def old_keys(truth: Truth, days: int, account: str | None = None) -> Value:
    """Active access keys made more than so many days ago."""
    return sum(1 for _, key in _keys(truth, account) if days_since(key["created"]) > days)


@formula
def oldest_key(truth: Truth, account: str | None = None) -> Value:
    """Whose active access key is the oldest."""
    return nth({name: days_since(key["created"]) for name, key in _keys(truth, account)}, 1)


@formula
def key_age(truth: Truth, user: str) -> Value:
    """Days since the one active key of a user was made."""
    (key,) = [key for name, key in _keys(truth, None) if name == user]
    return days_since(key["created"])


@formula
def key_unused(truth: Truth, user: str) -> Value:
    """Days since the one active key of a user was last used."""
    (key,) = [key for name, key in _keys(truth, None) if name == user]
    return days_since(key["last_used"])


@formula
def unused_keys(truth: Truth, days: int) -> Value:
    """Active keys not used for so many days; a key never used counts from when it was made."""
    return sum(1 for _, key in _keys(truth, None) if days_since(key["last_used"] or key["created"]) > days)


@formula
def root_without_mfa(truth: Truth) -> Value:
    """The one account whose root user has no MFA."""
    (row,) = match(truth.records("iam_root_users"), mfa=False)
    return str(row["account"])


@formula
def actor(
    truth: Truth, action: str, account: str | None = None, resource: str | None = None, at: str | None = None
) -> Value:
    """Who did one thing: the one user or role name behind all matching events."""
    rows = [
        row
        for row in _events(truth, action, account, None, at)
        if resource is None or resource in str(row["resources"])
    ]
    names = {str(row["username"]) for row in rows}
    if len(names) != 1:
        raise TruthError(f"{len(names)} did {action}")
    return names.pop()


@formula
def happened(
    truth: Truth,
    action: str,
    account: str | None = None,
    who: str | None = None,
    at: str | None = None,
    day: bool = False,
) -> Value:
    """When the one matching event happened, ISO time to the minute; with `day`, the date."""
    (row,) = _events(truth, action, account, who, at)
    return str(row["at"])[: 10 if day else 16]


def _events(truth: Truth, action: str | None, account: str | None, who: str | None, at: str | None) -> list[Row]:
    rows = match(truth.records("cloudtrail_events"), name=action, account=account, username=who)
    return [row for row in rows if at is None or within(row["at"], at)]


@formula
def events(
    truth: Truth, action: str | None = None, account: str | None = None, who: str | None = None, at: str | None = None
) -> Value:
    """How many CloudTrail write events match."""
    return sum(1 for row in _events(truth, action, account, who, at) if not row["read_only"])


@formula
def unencrypted(truth: Truth, kind: str, account: str | None = None) -> Value:
    """Volumes, snapshots or databases (`ec2_volumes`, `ec2_snapshots`, `rds_instances`) without encryption."""
    return len(match(truth.records(kind), encrypted=False, account=account))


@formula
def unencrypted_name(truth: Truth, kind: str, account: str) -> Value:
    """The one unencrypted thing of an account, by name."""
    (row,) = match(truth.records(kind), encrypted=False, account=account)
    return str(row["name"])


@formula
def keys_without_rotation(truth: Truth) -> Value:
    """Enabled symmetric customer keys that do not rotate."""
    return len(match(truth.records("kms_keys"), rotates=False, state="Enabled", spec="SYMMETRIC_DEFAULT"))


@formula
def noncompliant(truth: Truth, rule: str | None = None, account: str | None = None) -> Value:
    """AWS Config evaluations that are not compliant."""
    return len(match(truth.records("config_evaluations"), rule=rule, account=account, compliance="NON_COMPLIANT"))


@formula
def noncompliant_rules(truth: Truth) -> Value:
    """How many AWS Config rules have something not compliant."""
    return len({row["rule"] for row in match(truth.records("config_evaluations"), compliance="NON_COMPLIANT")})


@formula
def top_rule(truth: Truth, place: int = 1) -> Value:
    """The AWS Config rule with most violations."""
    rows = match(truth.records("config_evaluations"), compliance="NON_COMPLIANT")
    return nth(Counter(row["rule"] for row in rows), place)


@formula
def vulnerabilities(
    truth: Truth, severity: str | None = None, account: str | None = None, cve: str | None = None
) -> Value:
    """Active Inspector findings."""
    return len(match(truth.records("inspector_findings"), status="ACTIVE", severity=severity, account=account, cve=cve))


@formula
def top_vulnerable(truth: Truth, by: str = "account", severity: str | None = None, place: int = 1) -> Value:
    """The account (or `cve`) with most active Inspector findings."""
    rows = match(truth.records("inspector_findings"), status="ACTIVE", severity=severity)
    return nth(Counter(row[by] for row in rows), place)
