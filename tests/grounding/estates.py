"""Fact sets of invented estates that the labelled answers speak about. Keys are for the authors of answers only."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

from policies.grounding import Locale
from tools.facts import Basis, Fact, Scope
from tools.periods import parse_period


@dataclass
class Estate:
    """One estate: its clock, its facts by the author's key, and how its readers write numbers."""

    name: str
    now: datetime
    locale: Locale = "en"
    question: str = ""
    """What the person asked, if the answers of this estate all answer one question."""
    by_key: dict[str, Fact] = field(default_factory=dict)

    @property
    def facts(self) -> tuple[Fact, ...]:
        return tuple(self.by_key.values())

    def add(
        self,
        key: str,
        label: str,
        value: str | int,
        unit: str,
        period: str | None = "last_month",
        accounts: str | tuple[str, ...] = (),
        basis: Basis | None = None,
        derived: bool = False,
        **where: str,
    ) -> None:
        """Add a fact. Numbers with a point are given as text, to stay exact."""
        number = isinstance(value, str) and unit not in ("date", "time", "name", "id", "arn", "account", "text")
        self.by_key[key] = Fact(
            id=f"f{len(self.by_key) + 1}",
            label=label,
            value=Decimal(value) if number else value,
            unit=unit,
            period=parse_period(period, self.now) if period else None,
            scope=Scope(
                accounts=(accounts,) if isinstance(accounts, str) else accounts,
                where={k.replace("_", " "): v for k, v in where.items()},
                basis=basis,
            ),
            receipts=("r1",),
            derived_from=("f1",) if derived else (),
        )


def casino_cost() -> Estate:
    e = Estate("casino-cost", datetime(2026, 10, 15, 9, 0, tzinfo=UTC))
    for key, value, period in (("total", "48210.37", "2026-09"), ("total_aug", "41877.02", "2026-08")):
        e.add(key, "spend", value, "USD", period, basis="net")
    e.add("total_gross", "spend", "52410.37", "USD", "2026-09", basis="gross")
    for key, service, now, before in (
        ("rds", "Amazon RDS", "14120.55", "13980.10"),
        ("ec2", "Amazon EC2", "11876.40", "11790.25"),
        ("nat", "NAT gateway", "9310.88", "1240.36"),
        ("s3", "Amazon S3", "4205.19", "4188.73"),
        ("logs", "Amazon CloudWatch", "2117.64", "2093.41"),
    ):
        e.add(key, "spend", now, "USD", "2026-09", basis="net", service=service)
        e.add(f"{key}_aug", "spend", before, "USD", "2026-08", basis="net", service=service)
    e.add("change", "change in spend", "6333.35", "USD", "2026-09", basis="net", derived=True)
    e.add("change_pct", "change in spend, relative", "15.12", "percent", "2026-09", basis="net", derived=True)
    e.add(
        "nat_change", "change in spend", "8070.52", "USD", "2026-09", basis="net", derived=True, service="NAT gateway"
    )
    e.add("rds_share", "share of spend", "29.29", "percent", "2026-09", basis="net", service="Amazon RDS")
    e.add("nat_share", "share of spend", "19.31", "percent", "2026-09", basis="net", service="NAT gateway")
    e.add("credits", "credits", "-4200.00", "USD", "2026-09", "payer")
    e.add("forecast", "forecast spend", "46900.00", "USD", "month_to_date", basis="net")
    e.add("mtd", "spend", "21544.18", "USD", "month_to_date", basis="net")
    e.add("dataprod", "spend", "16402.91", "USD", "2026-09", "data-prod", basis="net")
    e.add("utrecht", "spend", "1877.46", "USD", "2026-09", "venue-utrecht", basis="net")
    e.add("rotterdam", "spend", "2032.70", "USD", "2026-09", "venue-rotterdam", basis="net")
    e.add("coverage", "reservation coverage", "62.50", "percent", "month_to_date")
    e.add(
        "coverage_drop", "change in reservation coverage", "-27.50", "percentage points", "month_to_date", derived=True
    )
    e.add("idle_days", "age of the GPU instances", 26, "days", "now", "data-lab")
    e.add("spike_start", "NAT gateway spike began", "2026-09-08", "date", "2026-09", "data-prod")
    e.add("spike_end", "NAT gateway spike ended", "2026-09-24", "date", "2026-09", "data-prod")
    e.add("ri_end", "reserved instances ended", "2026-09-30", "date", "2026-09", "online-prod")
    e.add("ri_count", "reserved instances that ended", 4, "reserved instances", "2026-09", "online-prod")
    e.add("gpu", "idle GPU instance", "i-09f500000000000a1", "id", "now", "data-lab")
    e.add("top_service", "most expensive service", "Amazon RDS", "name", "2026-09")
    return e


def casino_security() -> Estate:
    e = Estate("casino-security", datetime(2026, 10, 15, 9, 0, tzinfo=UTC))
    e.add("findings", "open findings", 87, "findings", "now")
    for severity, count in (("critical", 5), ("high", 19), ("medium", 41), ("low", 22)):
        e.add(severity, "open findings", count, "findings", "now", severity=severity)
    e.add("new_week", "findings opened", 14, "findings", "last_week")
    e.add("closed_week", "findings closed", 9, "findings", "last_week")
    e.add("ams_findings", "open findings", 12, "findings", "now", "venue-amsterdam")
    e.add("utr_findings", "open findings", 16, "findings", "now", "venue-utrecht")
    e.add("back_findings", "open findings", 8, "findings", "now", "backoffice-prod")
    e.add("oldest", "age of the oldest critical finding", 63, "days", "now", "backoffice-prod")
    e.add("buckets", "public buckets", 1, "buckets", "now")
    e.add("bucket", "public bucket", "lantern-utrecht-marketing-exports", "name", "now", "venue-utrecht")
    e.add("public_at", "bucket made public", "2026-10-06T14:18:00Z", "time", "now", "venue-utrecht")
    e.add("groups", "security groups open to the internet", 3, "security groups", "now")
    e.add("users", "IAM users", 46, "users", "now")
    e.add("no_mfa", "users without MFA", 7, "users", "now")
    e.add("no_mfa_share", "share of users without MFA", "15.22", "percent", "now")
    e.add("old_keys", "access keys older than 90 days", 11, "access keys", "now")
    e.add("keys", "access keys", 38, "access keys", "now")
    e.add("stale_days", "access key unused for", 200, "days", "now", "backoffice-prod")
    e.add("stale_user", "user with the unused access key", "svc-legacy-export", "name", "now", "backoffice-prod")
    e.add("stale_key", "unused access key", "AKIA4LANTERN7EXPORT0", "id", "now", "backoffice-prod")
    e.add("stale_last", "access key last used", "2026-03-29", "date", "now", "backoffice-prod")
    e.add("root_login", "root user signed in", "2026-10-02T06:51:00Z", "time", "month_to_date", "venue-amsterdam")
    e.add("threats", "GuardDuty threats", 6, "threats", "last_month")
    e.add("threats_now", "GuardDuty threats", 4, "threats", "month_to_date")
    e.add("cves", "vulnerabilities with a fix", 31, "vulnerabilities", "now", "venue-eindhoven")
    e.add("compliance", "compliant resources, share", "91.40", "percent", "now")
    e.add(
        "compliance_change", "change in compliant resources, share", "-1.80", "percentage points", "now", derived=True
    )
    e.add("account_no", "account number of venue-utrecht", "210000001123", "account", None, "venue-utrecht")
    return e


def casino_ops() -> Estate:
    e = Estate("casino-ops", datetime(2026, 10, 15, 9, 0, tzinfo=UTC))
    e.add("firing", "alarms firing", 4, "alarms", "now")
    e.add("alarms", "alarms", 212, "alarms", "now")
    e.add("storm", "alarms that started firing", 9, "alarms", "2026-10-13", "online-prod")
    e.add("storm_rot", "alarms that started firing", 2, "alarms", "2026-10-13", "venue-rotterdam")
    e.add("deploy_at", "deployment of bet-settlement", "2026-10-13T19:02:00Z", "time", "2026-10-13", "online-prod")
    e.add("first_alarm", "first alarm started firing", "2026-10-13T19:07:00Z", "time", "2026-10-13", "online-prod")
    e.add("rollback_at", "rollback of bet-settlement", "2026-10-13T19:52:00Z", "time", "2026-10-13", "online-prod")
    e.add("task", "task definition deployed", "bet-settlement:148", "name", "2026-10-13", "online-prod")
    e.add("task_back", "task definition rolled back to", "bet-settlement:147", "name", "2026-10-13", "online-prod")
    e.add("outage", "time from deployment to rollback", 50, "minutes", "2026-10-13", "online-prod")
    e.add("errors", "error log lines", 18432, "log lines", "2026-10-13", "online-prod")
    e.add("jobs", "backup jobs", 294, "jobs", "last_week")
    e.add("jobs_ok", "backup jobs completed", 287, "jobs", "last_week")
    e.add("jobs_bad", "backup jobs that did not complete", 7, "jobs", "last_week")
    e.add("jobs_rate", "share of backup jobs that completed", "97.62", "percent", "last_week")
    e.add("rot_nights", "failed nightly backups in a row", 10, "backups", "now", "venue-rotterdam")
    e.add("rot_last", "last completed backup", "2026-10-04", "date", "now", "venue-rotterdam")
    e.add("rot_since", "time since the last completed backup", 11, "days", "now", "venue-rotterdam")
    e.add("inst", "managed instances", 11, "instances", "now", "venue-eindhoven")
    e.add("inst_bad", "instances that miss critical patches", 6, "instances", "now", "venue-eindhoven")
    e.add("inst_all", "managed instances", 143, "instances", "now")
    e.add("patch_rate", "share of instances that are patch-compliant", "95.80", "percent", "now")
    e.add("vcpu", "standard vCPUs used", 236, "vCPUs", "now", "online-prod")
    e.add("vcpu_quota", "standard vCPU quota", 256, "vCPUs", "now", "online-prod")
    e.add("vcpu_rate", "share of the vCPU quota used", "92.19", "percent", "now", "online-prod")
    e.add("latency", "p99 latency of the betting API", 412, "milliseconds", "last_week", "online-prod")
    e.add("latency_storm", "p99 latency of the betting API", 2870, "milliseconds", "2026-10-13", "online-prod")
    e.add(
        "latency_change",
        "change in p99 latency of the betting API",
        2458,
        "milliseconds",
        "2026-10-13",
        "online-prod",
        derived=True,
    )
    e.add("storage", "storage of the ledger database", "734.20", "GB", "now", "venue-rotterdam")
    e.add("events", "AWS Health events open", 2, "events", "now")
    e.add("changes", "changes by people", 57, "changes", "last_week")
    e.add("deploys", "deployments", 23, "deployments", "last_week")
    return e


def bank_cost() -> Estate:
    e = Estate("bank-cost", datetime(2026, 7, 3, 8, 0, tzinfo=UTC), "nl")
    e.add("total", "spend", "128455.90", "EUR", "2026-06", basis="net")
    e.add("total_may", "spend", "131022.48", "EUR", "2026-05", basis="net")
    e.add("gross", "spend", "133900.15", "EUR", "2026-06", basis="gross")
    e.add("change", "change in spend", "-2566.58", "EUR", "2026-06", basis="net", derived=True)
    e.add("change_pct", "change in spend, relative", "-1.96", "percent", "2026-06", basis="net", derived=True)
    for key, team, value in (
        ("payments", "payments", "41230.77"),
        ("lending", "lending", "28911.04"),
        ("cards", "cards", "22654.32"),
        ("risk", "risk", "17008.65"),
    ):
        e.add(key, "spend", value, "EUR", "2026-06", basis="net", team=team)
    e.add("untagged", "untagged spend", "18651.12", "EUR", "2026-06", basis="net")
    e.add("untagged_share", "untagged spend as share of spend", "14.52", "percent", "2026-06", basis="net")
    for key, account, value in (
        ("core", "core-banking", "63120.40"),
        ("dwh", "warehouse-prod", "27544.81"),
        ("web", "web-front", "11987.36"),
    ):
        e.add(key, "spend", value, "EUR", "2026-06", account, basis="net")
    e.add("q2", "spend", "389310.27", "EUR", "2026-Q2", basis="net")
    e.add("q1", "spend", "402118.93", "EUR", "2026-Q1", basis="net")
    e.add("ytd", "spend", "803455.61", "EUR", "year_to_date", basis="net")
    e.add("budget", "budget", "135000.00", "EUR", "2026-06")
    e.add("budget_used", "share of the budget used", "95.15", "percent", "2026-06")
    e.add("savings", "savings opportunities", "9420.00", "EUR", "now")
    e.add("recs", "savings recommendations", 34, "recommendations", "now")
    e.add("sp_util", "Savings Plans utilisation", "98.70", "percent", "2026-06")
    e.add("sp_cov", "Savings Plans coverage", "71.30", "percent", "2026-06")
    e.add("sp_end", "Savings Plan ends", "2026-11-30", "date", "now")
    e.add("anomalies", "cost anomalies", 3, "anomalies", "2026-06")
    e.add("anomaly_cost", "cost of anomalies", "1877.20", "EUR", "2026-06", basis="net")
    e.add("accounts", "accounts with spend", 22, "accounts", "2026-06")
    return e


def lottery_pt() -> Estate:
    e = Estate("lottery-pt", datetime(2026, 4, 20, 12, 0, tzinfo=UTC), "pt")
    e.add("total", "spend", "88712.45", "BRL", "2026-03", basis="net")
    e.add("total_feb", "spend", "80344.09", "BRL", "2026-02", basis="net")
    e.add("change", "change in spend", "8368.36", "BRL", "2026-03", basis="net", derived=True)
    e.add("change_pct", "change in spend, relative", "10.42", "percent", "2026-03", basis="net", derived=True)
    for key, service, value in (
        ("ec2", "Amazon EC2", "31244.70"),
        ("rds", "Amazon RDS", "25017.83"),
        ("lambda", "AWS Lambda", "6120.98"),
        ("dynamo", "Amazon DynamoDB", "9877.31"),
    ):
        e.add(key, "spend", value, "BRL", "2026-03", basis="net", service=service)
    for key, account, value in (
        ("draws", "draws-prod", "40518.22"),
        ("shops", "shops-prod", "19663.57"),
        ("lab", "sorteio-lab", "3120.08"),
    ):
        e.add(key, "spend", value, "BRL", "2026-03", account, basis="net")
    e.add("findings", "open findings", 64, "findings", "now")
    e.add("critical", "open findings", 3, "findings", "now", severity="critical")
    e.add("high", "open findings", 11, "findings", "now", severity="high")
    e.add("no_mfa", "users without MFA", 5, "users", "now")
    e.add("users", "IAM users", 29, "users", "now")
    e.add("old_keys", "access keys older than 180 days", 8, "access keys", "now")
    e.add("firing", "alarms firing", 6, "alarms", "now")
    e.add("jobs_bad", "backup jobs that did not complete", 13, "jobs", "last_week")
    e.add("jobs", "backup jobs", 410, "jobs", "last_week")
    e.add("jobs_rate", "share of backup jobs that completed", "96.83", "percent", "last_week")
    e.add("patch", "instances not patch-compliant", 17, "instances", "now")
    e.add("last_draw", "last draw deployment", "2026-04-18", "date", "now", "draws-prod")
    e.add("outage", "longest outage", 37, "minutes", "2026-03", "shops-prod")
    e.add("avail", "availability of the draw API", "99.94", "percent", "2026-03", "draws-prod")
    e.add(
        "avail_change",
        "change in availability of the draw API",
        "-0.04",
        "percentage points",
        "2026-03",
        "draws-prod",
        derived=True,
    )
    return e


def venues_mixed() -> Estate:
    e = Estate("venues-mixed", datetime(2026, 2, 11, 10, 0, tzinfo=UTC))
    for venue, jan, dec in (
        ("lisbon", "7340.12", "7102.66"),
        ("porto", "5128.94", "5344.01"),
        ("faro", "2987.50", "2411.07"),
        ("braga", "1904.73", "1899.20"),
    ):
        e.add(venue, "spend", jan, "USD", "2026-01", basis="gross", venue=venue)
        e.add(f"{venue}_dec", "spend", dec, "USD", "2025-12", basis="gross", venue=venue)
    e.add("total", "spend", "17361.29", "USD", "2026-01", basis="gross")
    e.add("total_dec", "spend", "16756.94", "USD", "2025-12", basis="gross")
    e.add("faro_change", "change in spend", "576.43", "USD", "2026-01", basis="gross", derived=True, venue="faro")
    e.add("porto_change", "change in spend", "-215.07", "USD", "2026-01", basis="gross", derived=True, venue="porto")
    e.add(
        "faro_pct",
        "change in spend, relative",
        "23.91",
        "percent",
        "2026-01",
        basis="gross",
        derived=True,
        venue="faro",
    )
    e.add(
        "porto_pct",
        "change in spend, relative",
        "-4.02",
        "percent",
        "2026-01",
        basis="gross",
        derived=True,
        venue="porto",
    )
    e.add("avg", "average spend per venue", "4340.32", "USD", "2026-01", basis="gross", derived=True)
    e.add("daily", "average spend per day", "560.04", "USD", "2026-01", basis="gross", derived=True)
    e.add("lisbon_place", "place of spend of venue lisbon", 1, "place", "2026-01", venue="lisbon")
    e.add("faro_place", "place of spend of venue faro", 3, "place", "2026-01", venue="faro")
    for venue, count in (("lisbon", 21), ("porto", 13), ("faro", 34), ("braga", 2)):
        e.add(f"{venue}_findings", "open findings", count, "findings", "now", venue=venue)
    e.add("findings", "open findings", 70, "findings", "now")
    for venue, count in (("lisbon", 40), ("porto", 28), ("faro", 15)):
        e.add(f"{venue}_inst", "running instances", count, "instances", "now", venue=venue)
    e.add("lisbon_uptime", "uptime", 118, "days", "now", venue="lisbon")
    e.add("faro_backup", "last completed backup", "2026-02-09", "date", "now", venue="faro")
    e.add("slot_tables", "slot controllers online", 640, "slot controllers", "now", venue="porto")
    return e


def insurer_heldout() -> Estate:
    e = Estate("insurer", datetime(2026, 5, 19, 16, 30, tzinfo=UTC))
    e.add("apr", "spend", "73902.11", "GBP", "2026-04", basis="net")
    e.add("mar", "spend", "77455.60", "GBP", "2026-03", basis="net")
    e.add("delta", "change in spend", "-3553.49", "GBP", "2026-04", basis="net", derived=True)
    e.add("delta_pct", "change in spend, relative", "-4.59", "percent", "2026-04", basis="net", derived=True)
    for key, service, value in (
        ("lambda", "AWS Lambda", "8120.44"),
        ("glue", "AWS Glue", "12677.95"),
        ("redshift", "Amazon Redshift", "20981.36"),
        ("kms", "AWS Key Management Service", "611.07"),
    ):
        e.add(key, "spend", value, "GBP", "2026-04", basis="net", service=service)
    for key, account, value in (
        ("claims", "claims-prod", "30114.72"),
        ("pricing", "pricing-prod", "19850.03"),
        ("brokers", "broker-portal", "9377.28"),
    ):
        e.add(key, "spend", value, "GBP", "2026-04", account, basis="net")
    e.add("claims_findings", "open findings", 27, "findings", "now", "claims-prod")
    e.add("pricing_findings", "open findings", 18, "findings", "now", "pricing-prod")
    e.add("findings", "open findings", 59, "findings", "now")
    e.add("crit", "open findings", 4, "findings", "now", severity="critical")
    e.add("keys_old", "access keys older than 90 days", 15, "access keys", "now")
    e.add("keys_never", "access keys never used", 6, "access keys", "now")
    e.add("root_days", "days since the root user signed in", 341, "days", "now", "claims-prod")
    e.add("alarm_n", "alarms firing", 8, "alarms", "now")
    e.add("alarm_week", "alarms that started firing", 33, "alarms", "last_week")
    e.add("backup_rate", "share of backup jobs that completed", "99.12", "percent", "last_week")
    e.add("backup_fail", "backup jobs that did not complete", 5, "jobs", "last_week")
    e.add("migrated", "claims database migrated", "2026-05-12T22:40:00Z", "time", "now", "claims-prod")
    e.add("cert", "certificate of the broker portal expires", "2026-06-30", "date", "now", "broker-portal")
    e.add("latency", "p95 latency of the quote API", 184, "milliseconds", "last_week", "pricing-prod")
    e.add("forecast", "forecast spend", "75400.00", "GBP", "month_to_date", basis="net")
    e.add("mtd", "spend", "44018.90", "GBP", "month_to_date", basis="net")
    e.add("coverage", "Savings Plans coverage", "68.40", "percent", "2026-04")
    e.add("coverage_change", "change in Savings Plans coverage", "3.10", "percentage points", "2026-04", derived=True)
    return e


def utility_heldout() -> Estate:
    e = Estate("utility", datetime(2026, 12, 2, 7, 15, tzinfo=UTC), "nl")
    e.add("nov", "spend", "54876.20", "EUR", "2026-11", basis="gross")
    e.add("oct", "spend", "49120.75", "EUR", "2026-10", basis="gross")
    e.add("delta", "change in spend", "5755.45", "EUR", "2026-11", basis="gross", derived=True)
    e.add("delta_pct", "change in spend, relative", "11.72", "percent", "2026-11", basis="gross", derived=True)
    for key, account, value in (
        ("grid", "grid-prod", "22940.63"),
        ("meters", "meters-prod", "16033.18"),
        ("trading", "trading-prod", "8712.09"),
        ("lab", "grid-lab", "1405.77"),
    ):
        e.add(key, "spend", value, "EUR", "2026-11", account, basis="gross")
    e.add("iot", "spend", "9034.51", "EUR", "2026-11", basis="gross", service="AWS IoT Core")
    e.add("timestream", "spend", "7218.46", "EUR", "2026-11", basis="gross", service="Amazon Timestream")
    e.add("ec2", "spend", "15560.92", "EUR", "2026-11", basis="gross", service="Amazon EC2")
    e.add("iot_share", "share of spend", "16.46", "percent", "2026-11", basis="gross", service="AWS IoT Core")
    e.add("meters_n", "meters connected", 182640, "meters", "now", "meters-prod")
    e.add("grid_find", "open findings", 23, "findings", "now", "grid-prod")
    e.add("trade_find", "open findings", 9, "findings", "now", "trading-prod")
    e.add("find", "open findings", 44, "findings", "now")
    e.add("high", "open findings", 12, "findings", "now", severity="high")
    e.add("nomfa", "users without MFA", 3, "users", "now")
    e.add("inst", "instances not patch-compliant", 21, "instances", "now")
    e.add("inst_rate", "share of instances that are patch-compliant", "88.60", "percent", "now")
    e.add("alarms", "alarms firing", 14, "alarms", "now")
    e.add("storm", "storm mode switched on", "2026-11-27T03:25:00Z", "time", "now", "grid-prod")
    e.add("storm_len", "duration of storm mode", 9, "hours", "now", "grid-prod")
    e.add("restore", "last restore test", "2026-11-18", "date", "now", "trading-prod")
    e.add("sp", "Savings Plans utilisation", "93.40", "percent", "2026-11")
    return e


def hospital_fresh() -> Estate:
    e = Estate("hospital", datetime(2026, 9, 8, 6, 45, tzinfo=UTC))
    e.add("aug", "spend", "61250.48", "EUR", "2026-08", basis="net")
    e.add("jul", "spend", "57803.15", "EUR", "2026-07", basis="net")
    e.add("delta", "change in spend", "3447.33", "EUR", "2026-08", basis="net", derived=True)
    e.add("delta_pct", "change in spend, relative", "5.96", "percent", "2026-08", basis="net", derived=True)
    for key, account, value, before in (
        ("imaging", "imaging-prod", "24816.70", "20991.35"),
        ("records", "records-prod", "18044.92", "18230.11"),
        ("portal", "patient-portal", "9127.03", "9080.44"),
        ("research", "research-lab", "4460.19", "4702.80"),
    ):
        e.add(key, "spend", value, "EUR", "2026-08", account, basis="net")
        e.add(f"{key}_jul", "spend", before, "EUR", "2026-07", account, basis="net")
    e.add("s3", "spend", "13377.25", "EUR", "2026-08", basis="net", service="Amazon S3")
    e.add("health", "spend", "10209.64", "EUR", "2026-08", basis="net", service="AWS HealthImaging")
    e.add("aurora", "spend", "8893.91", "EUR", "2026-08", basis="net", service="Amazon Aurora")
    e.add("findings", "open findings", 52, "findings", "now")
    e.add("crit", "open findings", 2, "findings", "now", severity="critical")
    e.add("high", "open findings", 17, "findings", "now", severity="high")
    e.add("imaging_find", "open findings", 20, "findings", "now", "imaging-prod")
    e.add("portal_find", "open findings", 13, "findings", "now", "patient-portal")
    e.add("users", "IAM users", 61, "users", "now")
    e.add("nomfa", "users without MFA", 9, "users", "now")
    e.add("oldkey", "age of the oldest access key", 412, "days", "now", "records-prod")
    e.add("keyuser", "user with the oldest access key", "svc-hl7-bridge", "name", "now", "records-prod")
    e.add("jobs", "backup jobs", 168, "jobs", "last_week")
    e.add("bad", "backup jobs that did not complete", 4, "jobs", "last_week")
    e.add("rate", "share of backup jobs that completed", "97.62", "percent", "last_week")
    e.add("restore", "last restore test", "2026-08-21", "date", "now", "records-prod")
    e.add("alarms", "alarms firing", 3, "alarms", "now")
    e.add("outage_at", "portal outage began", "2026-09-03T10:12:00Z", "time", "now", "patient-portal")
    e.add("outage", "duration of the portal outage", 48, "minutes", "now", "patient-portal")
    e.add("patch", "instances not patch-compliant", 12, "instances", "now")
    e.add("forecast", "forecast spend", "62900.00", "EUR", "month_to_date", basis="net")
    e.add("images", "images stored", 4180233, "images", "now", "imaging-prod")
    e.add("util", "Savings Plans utilisation", "91.80", "percent", "2026-08")
    return e


def airline_fresh() -> Estate:
    e = Estate("airline", datetime(2026, 1, 22, 14, 0, tzinfo=UTC))
    e.add("dec", "spend", "204518.66", "USD", "2025-12", basis="gross")
    e.add("nov", "spend", "219944.02", "USD", "2025-11", basis="gross")
    e.add("dec_net", "spend", "196518.66", "USD", "2025-12", basis="net")
    e.add("delta", "change in spend", "-15425.36", "USD", "2025-12", basis="gross", derived=True)
    e.add("delta_pct", "change in spend, relative", "-7.01", "percent", "2025-12", basis="gross", derived=True)
    for key, team, value in (
        ("booking", "booking", "80120.31"),
        ("crew", "crew", "31780.04"),
        ("loyalty", "loyalty", "29405.77"),
    ):
        e.add(key, "spend", value, "USD", "2025-12", basis="gross", team=team)
    for key, region, value in (
        ("dublin", "eu-west-1", "150233.48"),
        ("virginia", "us-east-1", "44012.90"),
        ("sydney", "ap-southeast-2", "10272.28"),
    ):
        e.add(key, "spend", value, "USD", "2025-12", basis="gross", region=region)
    for key, service, value in (
        ("ec2", "Amazon EC2", "71400.12"),
        ("eks", "Amazon EKS", "22109.55"),
        ("dynamo", "Amazon DynamoDB", "38116.03"),
    ):
        e.add(key, "spend", value, "USD", "2025-12", basis="gross", service=service)
    e.add("dynamo_share", "share of spend", "18.64", "percent", "2025-12", basis="gross", service="Amazon DynamoDB")
    e.add("year", "spend", "2410077.31", "USD", "last_year", basis="gross")
    e.add("savings", "savings opportunities", "17650.00", "USD", "now")
    e.add("recs", "savings recommendations", 28, "recommendations", "now")
    e.add("threats", "GuardDuty threats", 11, "threats", "last_week")
    e.add("groups", "security groups open to the internet", 5, "security groups", "now")
    e.add("buckets", "public buckets", 0, "buckets", "now")
    e.add("cves", "vulnerabilities with a fix", 143, "vulnerabilities", "now")
    e.add("cves_crit", "vulnerabilities with a fix", 6, "vulnerabilities", "now", severity="critical")
    e.add("latency", "p95 latency of the fare search", 640, "milliseconds", "last_week")
    e.add("deploys", "deployments", 75, "deployments", "last_week")
    e.add("rollback", "deployments rolled back", 3, "deployments", "last_week")
    e.add("freeze", "change freeze ended", "2026-01-05", "date", "now")
    e.add("cov", "Savings Plans coverage", "64.20", "percent", "2025-12")
    e.add("cov_change", "change in Savings Plans coverage", "-5.30", "percentage points", "2025-12", derived=True)
    return e


BUILDERS = (casino_cost, casino_security, casino_ops, bank_cost, lottery_pt, venues_mixed)
HELDOUT_BUILDERS = (insurer_heldout, utility_heldout)
FRESH_BUILDERS = (hospital_fresh, airline_fresh)
INDEPENDENT = ("independent", "independent2", "independent3", "independent4", "independent5a", "independent5b")


def independent(part: str = "independent") -> list[Estate]:
    """Fact sets frozen from real queries on the sample estate, several queries each; a fact's key is its id."""
    frozen = json.loads((Path(__file__).parent / f"{part}_facts.json").read_text("utf-8"))
    estates = []
    for name, held in frozen.items():
        facts = [Fact.model_validate(fact) for fact in held["facts"]]
        estate = Estate(f"{part}-{name}", datetime.fromisoformat(held["now"]), question=held.get("question", ""))
        estate.by_key.update({fact.id: fact for fact in facts})
        estates.append(estate)
    return estates


@cache
def all_estates() -> dict[str, Estate]:
    """Every estate by name; made once, so nobody adds to it."""
    built = [build() for build in (*BUILDERS, *HELDOUT_BUILDERS, *FRESH_BUILDERS)]
    frozen = [estate for part in INDEPENDENT for estate in independent(part)]
    return {estate.name: estate for estate in (*built, *frozen)}
