"""Intent rules: which concepts, together or in absence of others, speak for which query, and how strongly.

One rule a line: query, weight, concepts that must be there, and with `-` those that must not.
"""
# ruff: noqa: SIM905 - words and patterns read better in one piece

from __future__ import annotations

from dataclasses import dataclass

_RULES = """
spend 4 COST
spend 1 COST HOWMUCH
spend 3 HOWMUCH NAMED_SERVICE
spend 2 COST DIMENSION
spend -2 COST CHANGE
spend 7 CREDITS
spend 8 COST TREND -WHY
spend_change -6 TREND -WHY
spend 4 BREAKDOWN PERIOD
spend 2 BREAKDOWN DIMENSION
spend -3 COST CHANGE MOVER
recent_changes -4 PAIR CHANGE -DEPLOY
metric -9 METRIC COST
commitments -3 FUTURE
alarms -6 ALARM THREAT
alarm_history -6 ALARM THREAT
alarms -4 ALARM FINDING
alarm_history -4 ALARM FINDING
config_compliance 9 NAMED_RULE
inventory -5 CONFIG
inventory -4 METRICRATE
vulnerabilities 9 CVE
findings -5 CVE
spend 5 GROSSNET
spend 6 TOPOF
savings -6 CREDITS
spend -4 COST SAVE
spend 1 COST LIST
spend 3 FIGURE -COST
spend 2 FIGURE PAST -COST
spend 2 FIGURE DIMENSION -COST
spend_change 7 COST CHANGE
spend_change 6 COST WHY
spend_change 5 CHANGE NAMED_SERVICE WHY
spend_change 3 CHANGE NAMED_SERVICE -COST
spend_change 5 COST SPIKE
spend_change 3 SPIKE NAMED_SERVICE -ALARM
spend_change 3 COST PAIR
spend_change 3 PAIR -ALARM
spend_change 4 PAIR CHANGE -COST
spend_change 5 CHANGE DIMENSION -COST -CHANGES -WHODID -ALARM -FINDING -VULN -BACKUP -PATCH -KEYS -METRIC -QUOTA
spend_change -4 FUTURE
spend_change -6 PLACES VERSUS -PAIR
spend 6 PLACES VERSUS COST -PAIR
forecast 7 COST FORECAST
forecast 4 FORECAST
forecast 7 COST FUTURE
forecast 4 FUTURE
forecast 3 FUTURE FIGURE -COST
forecast 5 FORECAST PAIR
spend_change -4 FORECAST
forecast -3 FORECAST PAST -COST
cost_anomalies 9 COST ANOMALY
cost_anomalies 5 ANOMALY -THREAT
cost_anomalies 6 COST SPIKE
cost_anomalies -3 SPIKE WHY
cost_anomalies 1 SPIKE
untagged_spend 10 COST UNTAGGED
untagged_spend 6 UNTAGGED
untagged_spend 2 UNTAGGED HOWMUCH
untagged_spend -3 UNTAGGED NOUN -COST
untagged_spend -4 UNTAGGED CHANGE WHY
commitments 8 COMMIT
commitments 2 COMMIT COST
savings 7 SAVE
savings 3 SAVE COST
savings -4 COMMIT
budgets 9 BUDGET
budgets 2 BUDGET COST
findings 7 FINDING
findings 3 SEVERITY
findings 2 SEVERITY COUNT
findings 2 SECURITYWORD
threats 8 THREAT
public_exposure 7 PUBLIC
public_exposure 2 PUBLIC BUCKET
public_exposure -6 PUBLIC WHODID
identity_hygiene 9 MFA
identity_hygiene 7 KEYS
identity_hygiene 7 ROOT
identity_hygiene 6 PRIVILEGE
identity_hygiene 4 IDENTITY
identity_hygiene 9 KEYS NAMED_USER
who_did_what -9 KEYS NAMED_USER
spend 6 TOPOF_SERVICE
identity_hygiene -7 KEYS ENCRYPT -MFA
identity_hygiene -3 WHODID
who_did_what 13 WHODID
who_did_what 3 WHODID ROOT
who_did_what 6 EVENT
who_did_what -3 COST
who_did_what -8 BUDGET
who_did_what -4 MFA
who_did_what -3 KEYS
config_compliance 7 CONFIG
config_compliance -6 CONFIG PATCH
encryption 8 ENCRYPT
vulnerabilities 8 VULN
alarms 6 ALARM
alarms 1 ALARM -PERIOD
alarms -3 ALARM PERIOD
alarms 2 ALARM NOW
alarms -2 INCIDENT
alarm_history 4 ALARM PERIOD
alarm_history 3 ALARM
alarm_history 3 ALARM HISTORY
alarm_history 6 INCIDENT
alarm_history 2 INCIDENT PAST
alarm_history 2 ALARM FIREDPAST
health_summary 6 HEALTH
health_summary -4 HEALTH FINDING
health_summary -5 HEALTH AWSHEALTH
health_summary -3 HEALTH BACKUP
health_summary -3 HEALTH PATCH
health_summary -3 HEALTH COST
health_summary -2 HEALTH ALARM
health_summary -3 HEALTH ENCRYPT
health_summary -3 HEALTH PUBLIC
health_summary -3 HEALTH BUDGET
health_summary -3 HEALTH THREAT
health_summary -3 HEALTH QUOTA
health_summary -3 HEALTH METRIC
metric 6 METRIC
metric 2 METRIC NAMED_ACCOUNT
metric -5 METRIC COST
metric -4 METRIC COMMIT
metric -3 METRIC LOGS
metric -3 METRIC QUOTA
metric -3 METRIC ALARM
metric -4 METRIC SAVE
metric -4 METRIC INVENTORYASK
error_logs 7 LOGS
error_logs 3 LOGS CLOCK
error_logs -5 LOGS METRICRATE
metric 2 METRIC METRICRATE
budgets -8 EATS
spend 5 EATS
error_logs -3 LOGS ALARM
inventory 7 INVENTORYASK
inventory 2 NOUN
inventory 2 RESOURCE HAVE
inventory 4 RESOURCE COUNT
inventory 3 INVENTORYWORD
inventory 7 UNTAGGED NOUN -COST
inventory -5 COST
inventory -5 BACKUP
inventory -5 PATCH
inventory -5 ENCRYPT
inventory -5 VULN
inventory -5 PUBLIC
inventory -5 SAVE
inventory -5 COMMIT
inventory -4 METRIC
inventory -4 FINDING
inventory -4 WHODID
inventory -4 QUOTA
inventory -4 CHANGES
inventory -4 KEYS
inventory -3 LOGS
inventory -4 CONFIG
inventory -4 ALARM
inventory -4 AWSHEALTH
backups 9 BACKUP
patches 9 PATCH
quotas 8 QUOTA
recent_changes 6 CHANGES
recent_changes 8 DEPLOY
recent_changes 1 CHANGES PAST
recent_changes -5 CHANGES COST
recent_changes -4 WHODID
recent_changes -4 DEPLOY COST
recent_changes -3 INCIDENT -CHANGES
recent_changes -3 ALARM -DEPLOY
recent_changes 5 DEPLOY INCIDENT -RELATED
alarm_history -3 DEPLOY INCIDENT -RELATED
recent_changes -3 KEYS
aws_health_events 9 AWSHEALTH
account_list 6 ACCOUNTASK
account_list -4 DOMAIN
"""


@dataclass(frozen=True, slots=True)
class IntentRule:
    """If all of `needs` and none of `bars` are present, `query` gains `weight`."""

    query: str
    weight: float
    needs: frozenset[str]
    bars: frozenset[str]


def _parse(line: str) -> IntentRule:
    query, weight, *concepts = line.split()
    return IntentRule(
        query,
        float(weight),
        frozenset(c for c in concepts if not c.startswith("-")),
        frozenset(c[1:] for c in concepts if c.startswith("-")),
    )


INTENT_RULES: tuple[IntentRule, ...] = tuple(_parse(line) for line in _RULES.strip().splitlines())

DOMAIN_CONCEPTS = frozenset(
    "COST CHANGE FORECAST ANOMALY UNTAGGED COMMIT SAVE BUDGET FINDING THREAT PUBLIC MFA KEYS ROOT PRIVILEGE CONFIG "
    "ENCRYPT VULN ALARM HEALTH METRIC LOGS BACKUP PATCH QUOTA DEPLOY CHANGES AWSHEALTH NOUN WHODID".split()
)


def rule_scores(concepts: frozenset[str]) -> dict[str, float]:
    """Sum of the weights of the rules that hold, per query."""
    scores: dict[str, float] = {}
    for rule in INTENT_RULES:
        if rule.needs <= concepts and not rule.bars & concepts:
            scores[rule.query] = scores.get(rule.query, 0.0) + rule.weight
    return scores
