"""What the company runs, account by account: service, usage type, USD a day, unit price and how it moves.

Service names are Cost Explorer's SERVICE values. The fleets and databases are those of ``tools.estate.inventory``.
"""

from __future__ import annotations

from tools.estate.cost.commitments import PLAN_ONLINE, PLAN_SHARED
from tools.estate.cost.series import Profile, Series
from tools.estate.world import HOME_REGION

EC2, EC2_OTHER = "Amazon Elastic Compute Cloud - Compute", "EC2 - Other"
RDS, S3, CLOUDWATCH = (
    "Amazon Relational Database Service",
    "Amazon Simple Storage Service",
    "AmazonCloudWatch",
)
SAVINGS_PLANS, SUPPORT, TAX = "Savings Plans for AWS Compute usage", "AWS Support (Business)", "Tax"
ELB, VPC = "Amazon Elastic Load Balancing", "Amazon Virtual Private Cloud"
ECS, LAMBDA, GUARDDUTY = "Amazon Elastic Container Service", "AWS Lambda", "Amazon GuardDuty"
CONFIG, CLOUDTRAIL, BACKUP = "AWS Config", "AWS CloudTrail", "AWS Backup"
KMS, SECRETS, DYNAMODB = "AWS Key Management Service", "AWS Secrets Manager", "Amazon DynamoDB"
CLOUDFRONT, ROUTE53, STORAGE_GATEWAY = "Amazon CloudFront", "Amazon Route 53", "AWS Storage Gateway"
SAGEMAKER, ATHENA, GLUE = "Amazon SageMaker", "Amazon Athena", "AWS Glue"
INSPECTOR, SECURITY_HUB = "Amazon Inspector", "AWS Security Hub"

PREFIX = {"eu-west-1": "EUW1-", "eu-central-1": "EUC1-", "us-east-1": "USE1-", "global": ""}

# account, name prefix in the inventory, type, running, USD an hour, team, Savings Plan, region
_FLEETS: tuple[tuple[str, str, str, int, float, str | None, str, str], ...] = (
    ("online-prod", "game-server", "m6i.2xlarge", 12, 0.428, None, PLAN_ONLINE.id, HOME_REGION),
    ("online-prod", "bet-engine", "c6i.4xlarge", 8, 0.7296, "payments", PLAN_ONLINE.id, HOME_REGION),
    ("online-prod", "queue-worker", "t3.xlarge", 3, 0.1824, "payments", "", HOME_REGION),
    ("online-prod", "dr-standby", "m6i.large", 2, 0.115, None, "", "eu-central-1"),
    ("online-staging", "stg-game", "m6i.large", 4, 0.107, None, "", HOME_REGION),
    ("online-staging", "stg-bet", "t3.large", 4, 0.0912, "payments", "", HOME_REGION),
    ("data-prod", "spark-core", "r6i.2xlarge", 8, 0.5648, None, "", HOME_REGION),
    ("data-prod", "ingest", "m6i.xlarge", 5, 0.214, None, "", HOME_REGION),
    ("data-lab", "notebook", "m6i.large", 3, 0.107, None, "", HOME_REGION),
    ("backoffice-prod", "erp-app", "m6i.xlarge", 4, 0.214, None, PLAN_SHARED.id, HOME_REGION),
    ("backoffice-prod", "file-share", "m6i.large", 3, 0.199, None, "", HOME_REGION),
    ("backoffice-prod", "legacy-export", "t3.large", 1, 0.0912, None, "", HOME_REGION),
    ("shared-services", "ci-runner", "c6i.xlarge", 5, 0.1824, None, PLAN_SHARED.id, HOME_REGION),
    ("shared-services", "mirror", "m6i.large", 1, 0.115, None, "", "eu-central-1"),
    ("network", "firewall", "c6i.xlarge", 2, 0.1824, None, "", HOME_REGION),
    ("security", "siem", "r6i.xlarge", 2, 0.2824, None, "", HOME_REGION),
    ("log-archive", "log-forwarder", "t3.large", 1, 0.0912, None, "", HOME_REGION),
    ("venue-amsterdam", "amsterdam-floor", "m6i.large", 12, 0.107, None, PLAN_SHARED.id, HOME_REGION),
    ("venue-utrecht", "utrecht-floor", "m6i.large", 9, 0.107, None, PLAN_SHARED.id, HOME_REGION),
    ("venue-rotterdam", "rotterdam-floor", "m6i.large", 8, 0.107, None, PLAN_SHARED.id, HOME_REGION),
    ("venue-rotterdam", "rotterdam-kiosk", "t3.large", 2, 0.1188, None, "", HOME_REGION),
    ("venue-eindhoven", "eindhoven-floor", "m6i.large", 11, 0.107, None, PLAN_SHARED.id, HOME_REGION),
)

# account, database, usage type and instance type, USD an hour, engine, team, region: those without a reservation
_DATABASES: tuple[tuple[str, str, str, float, str, str | None, str], ...] = (
    (
        "online-prod",
        "wallet-db-replica",
        "InstanceUsage:db.r6g.xlarge",
        0.525,
        "PostgreSQL",
        "payments",
        "eu-central-1",
    ),
    (
        "online-staging",
        "stg-wallet-db",
        "InstanceUsage:db.t4g.large",
        0.141,
        "PostgreSQL",
        "payments",
        HOME_REGION,
    ),
    ("online-staging", "stg-player-db", "InstanceUsage:db.t4g.large", 0.141, "PostgreSQL", None, HOME_REGION),
    ("data-lab", "lab-db", "InstanceUsage:db.t4g.medium", 0.07, "MySQL", None, HOME_REGION),
    ("backoffice-prod", "hr-db", "Multi-AZUsage:db.m6g.large", 0.318, "PostgreSQL", None, HOME_REGION),
    ("backoffice-prod", "legacy-export-db", "InstanceUsage:db.m5.large", 0.19, "MySQL", None, HOME_REGION),
    ("shared-services", "gitlab-db", "Multi-AZUsage:db.m6g.large", 0.318, "PostgreSQL", None, HOME_REGION),
    ("security", "siem-meta", "Multi-AZUsage:db.m6g.large", 0.318, "PostgreSQL", None, HOME_REGION),
    (
        "venue-amsterdam",
        "floor-ledger-amsterdam",
        "Multi-AZUsage:db.m6g.large",
        0.318,
        "PostgreSQL",
        None,
        HOME_REGION,
    ),
    ("venue-amsterdam", "loyalty-db", "InstanceUsage:db.t4g.large", 0.141, "MySQL", None, HOME_REGION),
    (
        "venue-utrecht",
        "floor-ledger-utrecht",
        "Multi-AZUsage:db.m6g.large",
        0.318,
        "PostgreSQL",
        None,
        HOME_REGION,
    ),
    (
        "venue-rotterdam",
        "floor-ledger-rotterdam",
        "Multi-AZUsage:db.m6g.large",
        0.318,
        "PostgreSQL",
        None,
        HOME_REGION,
    ),
    (
        "venue-eindhoven",
        "floor-ledger-eindhoven",
        "Multi-AZUsage:db.m6g.large",
        0.318,
        "PostgreSQL",
        None,
        HOME_REGION,
    ),
)

# account: service, usage type, USD a day, unit price, unit, profile, and what differs from the account
_Row = tuple[str, str, float, float, str, Profile, dict[str, str | float | tuple[str, ...]]]
_NO_CC: dict[str, str | float | tuple[str, ...]] = {"missing": ("cost-center",)}
_BARE: dict[str, str | float | tuple[str, ...]] = {"missing": ("*",)}
_PAY: dict[str, str | float | tuple[str, ...]] = {"team": "payments"}
_VIRGINIA: dict[str, str | float | tuple[str, ...]] = {"region": "us-east-1"}
_WORLD: dict[str, str | float | tuple[str, ...]] = {"region": "global"}

_REST: dict[str, tuple[_Row, ...]] = {
    "payer": (
        (CLOUDTRAIL, "PaidEventsRecorded", 9.5, 0.00002, "Events", "flat", {}),
        (CONFIG, "ConfigurationItemRecorded", 4.2, 0.003, "Items", "flat", {}),
        (S3, "TimedStorage-ByteHrs", 2.1, 0.023, "GB-Mo", "flat", {}),
        ("AWS Cost Explorer", "APIRequest", 1.3, 0.01, "Requests", "office", _VIRGINIA),
        (LAMBDA, "Lambda-GB-Second", 0.4, 0.0000166667, "Lambda-GB-Second", "flat", {}),
    ),
    "security": (
        (GUARDDUTY, "PaidEventsAnalyzed", 68.0, 0.0000044, "Events", "flat", {}),
        (SECURITY_HUB, "PaidComplianceCheck", 39.0, 0.001, "Checks", "flat", {}),
        (INSPECTOR, "EC2-Instance-Scanned", 24.0, 0.0417, "Instances", "flat", {}),
        ("Amazon Macie", "S3BucketMonitored", 14.0, 0.0033, "Buckets", "flat", {}),
        ("Amazon Detective", "PaidUsage", 17.0, 2.0, "GB", "flat", _NO_CC),
        (CONFIG, "ConfigRuleEvaluations", 18.0, 0.001, "Evaluations", "flat", {}),
        (KMS, "KMS-Requests", 3.1, 0.000003, "Requests", "flat", {}),
        (CLOUDWATCH, "DataProcessing-Bytes", 7.5, 0.57, "GB", "flat", {}),
        (EC2_OTHER, "EBS:VolumeUsage.gp3", 4.8, 0.088, "GB-Mo", "flat", {}),
        (SECRETS, "SecretsAPIRequest", 0.9, 0.000005, "Requests", "flat", {}),
    ),
    "log-archive": (
        (S3, "TimedStorage-ByteHrs", 92.0, 0.023, "GB-Mo", "flat", {"growth": 0.30}),
        (S3, "TimedStorage-GlacierByteHrs", 21.0, 0.0036, "GB-Mo", "flat", {"growth": 0.25}),
        (S3, "Requests-Tier1", 8.0, 0.000005, "Requests", "flat", {}),
        (ATHENA, "DataScannedInTB", 11.0, 5.0, "TB", "office", {}),
        (GLUE, "Crawler-DPU-Hour", 5.0, 0.44, "DPU-Hour", "flat", _NO_CC),
        (KMS, "KMS-Requests", 4.0, 0.000003, "Requests", "flat", {}),
        (EC2_OTHER, "EBS:VolumeUsage.gp3", 1.2, 0.088, "GB-Mo", "flat", {}),
    ),
    "shared-services": (
        (EC2_OTHER, "EBS:VolumeUsage.gp3", 12.0, 0.088, "GB-Mo", "flat", {}),
        (EC2_OTHER, "NatGateway-Bytes", 9.0, 0.048, "GB", "office", {}),
        (ECS, "Fargate-vCPU-Hours:perCPU", 14.0, 0.04048, "hours", "office", {}),
        ("Amazon EC2 Container Registry (ECR)", "TimedStorage-ByteHrs", 9.0, 0.10, "GB-Mo", "flat", {}),
        ("CodeBuild", "Build-Min:Linux:g1.medium", 26.0, 0.01, "minutes", "office", {}),
        ("AWS Directory Service", "MicrosoftAD-DC-Usage", 19.2, 0.40, "Hrs", "fixed", {}),
        (SECRETS, "SecretsManager-Secrets", 4.5, 0.40, "Secrets", "flat", {}),
        (CLOUDWATCH, "DataProcessing-Bytes", 24.0, 0.57, "GB", "flat", {}),
        (CLOUDWATCH, "MetricMonitorUsage", 11.0, 0.30, "Metrics", "flat", {}),
        (S3, "TimedStorage-ByteHrs", 13.0, 0.023, "GB-Mo", "flat", _BARE),
        (KMS, "KMS-Keys", 2.0, 1.0, "Keys", "flat", {}),
        (BACKUP, "WarmStorage-ByteHrs-EBS", 8.0, 0.05, "GB-Mo", "flat", {}),
    ),
    "network": (
        (VPC, "TransitGateway-Hours", 16.8, 0.05, "hours", "fixed", {}),
        (VPC, "TransitGateway-Bytes", 41.0, 0.02, "GB", "online", {}),
        (VPC, "VpcEndpoint-Hours", 13.2, 0.011, "hours", "fixed", {}),
        (EC2_OTHER, "NatGateway-Bytes", 27.0, 0.048, "GB", "online", {}),
        (EC2_OTHER, "NatGateway-Hours", 3.46, 0.048, "hours", "fixed", {}),
        ("AWS Direct Connect", "PortUsage:1G", 14.4, 0.30, "hours", "fixed", {}),
        ("AWS Direct Connect", "DataTransfer-Out-Bytes:dc.3", 22.0, 0.0282, "GB", "venue", {}),
        ("AWS Network Firewall", "Endpoint-Hour", 28.44, 0.395, "hours", "fixed", {}),
        (ROUTE53, "DNS-Queries", 6.2, 0.0000004, "Queries", "online", _WORLD),
        (ELB, "LoadBalancerUsage", 2.4, 0.0252, "Hrs", "fixed", {}),
        (CLOUDWATCH, "DataProcessing-Bytes", 9.0, 0.57, "GB", "flat", {}),
        ("AWS Shield", "Subscription", 98.6, 3000.0, "Subscriptions", "fixed", _WORLD),
    ),
    "online-prod": (
        (EC2_OTHER, "EBS:VolumeUsage.gp3", 38.0, 0.088, "GB-Mo", "flat", {}),
        (EC2_OTHER, "NatGateway-Bytes", 33.0, 0.048, "GB", "online", {}),
        (EC2_OTHER, "DataTransfer-Regional-Bytes", 18.0, 0.01, "GB", "online", {}),
        (RDS, "RDS:Multi-AZ-GP3-Storage", 20.7, 0.254, "GB-Mo", "flat", {"engine": "PostgreSQL"}),
        (
            "Amazon ElastiCache",
            "NodeUsage:cache.r6g.xlarge",
            78.6,
            0.455,
            "Hrs",
            "fixed",
            {"engine": "Redis"},
        ),
        (ECS, "Fargate-vCPU-Hours:perCPU", 69.0, 0.04048, "hours", "online", {}),
        (ECS, "Fargate-GB-Hours", 21.0, 0.004445, "hours", "online", {}),
        (ECS, "Fargate-vCPU-Hours:perCPU", 43.0, 0.04048, "hours", "online", _PAY),
        (ELB, "LCUUsage", 31.0, 0.008, "LCU-Hrs", "online", {}),
        (CLOUDFRONT, "EU-DataTransfer-Out-Bytes", 118.0, 0.085, "GB", "online", _WORLD),
        (CLOUDFRONT, "EU-Requests-Tier2-HTTPS", 29.0, 0.0000012, "Requests", "online", _WORLD),
        (DYNAMODB, "ReadRequestUnits", 37.0, 0.000000283, "ReadRequestUnits", "online", {}),
        (DYNAMODB, "WriteRequestUnits", 52.0, 0.00000141, "WriteRequestUnits", "online", _PAY),
        (LAMBDA, "Lambda-GB-Second", 22.0, 0.0000166667, "Lambda-GB-Second", "online", {}),
        (LAMBDA, "Request", 6.0, 0.0000002, "Requests", "online", _PAY),
        ("Amazon Managed Streaming for Apache Kafka", "Kafka.m7g.large", 36.72, 0.255, "hours", "fixed", {}),
        (CLOUDWATCH, "DataProcessing-Bytes", 46.0, 0.57, "GB", "online", {}),
        (CLOUDWATCH, "MetricMonitorUsage", 27.0, 0.30, "Metrics", "flat", _NO_CC),
        ("AWS WAF", "RequestV2-Tier1", 14.0, 0.0000006, "Requests", "online", _WORLD),
        ("Amazon Simple Queue Service", "Requests-FIFO-Tier1", 12.0, 0.0000005, "Requests", "online", _PAY),
        (S3, "TimedStorage-ByteHrs", 24.0, 0.023, "GB-Mo", "flat", {}),
        (S3, "DataTransfer-Out-Bytes", 11.0, 0.09, "GB", "online", _BARE),
        ("Amazon Bedrock", "Claude-input-tokens", 19.0, 0.000003, "Tokens", "online", {"growth": 0.6}),
        ("Amazon OpenSearch Service", "ESInstance:r6g.large", 32.06, 0.1855, "Hrs", "fixed", {}),
        (SECRETS, "SecretsAPIRequest", 3.0, 0.000005, "Requests", "online", {}),
        (BACKUP, "WarmStorage-ByteHrs-RDS", 12.0, 0.095, "GB-Mo", "flat", {}),
    ),
    "online-staging": (
        (EC2_OTHER, "EBS:VolumeUsage.gp3", 7.0, 0.088, "GB-Mo", "flat", {}),
        (EC2_OTHER, "NatGateway-Bytes", 6.0, 0.048, "GB", "office", {}),
        (ECS, "Fargate-vCPU-Hours:perCPU", 24.0, 0.04048, "hours", "office", {}),
        (ECS, "Fargate-vCPU-Hours:perCPU", 12.0, 0.04048, "hours", "office", _PAY),
        (DYNAMODB, "WriteRequestUnits", 6.0, 0.00000141, "WriteRequestUnits", "office", {}),
        (CLOUDWATCH, "DataProcessing-Bytes", 13.0, 0.57, "GB", "office", {}),
        (LAMBDA, "Lambda-GB-Second", 3.0, 0.0000166667, "Lambda-GB-Second", "office", {}),
        (S3, "TimedStorage-ByteHrs", 4.0, 0.023, "GB-Mo", "flat", _BARE),
        (ELB, "LCUUsage", 3.0, 0.008, "LCU-Hrs", "office", {}),
        ("Amazon ElastiCache", "NodeUsage:cache.t4g.medium", 3.4, 0.071, "Hrs", "fixed", {"engine": "Redis"}),
    ),
    "data-prod": (
        ("Amazon Redshift", "Node:ra3.xlplus", 114.0, 1.1875, "Hrs", "fixed", {}),
        ("Amazon Redshift", "RMS:ra3", 27.0, 0.025, "GB-Mo", "flat", {}),
        (GLUE, "ETL-DPU-Hour", 58.0, 0.44, "DPU-Hour", "office", {}),
        (S3, "TimedStorage-ByteHrs", 61.0, 0.023, "GB-Mo", "flat", {"growth": 0.25}),
        (S3, "Requests-Tier1", 12.0, 0.000005, "Requests", "flat", {}),
        (ATHENA, "DataScannedInTB", 23.0, 5.0, "TB", "office", {}),
        (SAGEMAKER, "Host:ml.m5.xlarge", 44.6, 0.23, "Hrs", "fixed", {}),
        (SAGEMAKER, "Train:ml.g4dn.xlarge", 18.0, 0.821, "Hrs", "office", _NO_CC),
        ("Amazon Kinesis", "Storage-ShardHour", 22.0, 0.017, "ShardHour", "online", {}),
        (
            EC2_OTHER,
            "NatGateway-Bytes",
            40.0,
            0.048,
            "GB",
            "flat",
            {"growth": 0.05, "resource": "nat-0b51c9e2"},
        ),
        (EC2_OTHER, "EBS:VolumeUsage.gp3", 21.0, 0.088, "GB-Mo", "flat", {}),
        (RDS, "RDS:GP3-Storage", 4.9, 0.127, "GB-Mo", "flat", {"engine": "PostgreSQL"}),
        (ECS, "Fargate-vCPU-Hours:perCPU", 13.0, 0.04048, "hours", "flat", {}),
        ("Amazon Bedrock", "Claude-input-tokens", 16.0, 0.000003, "Tokens", "office", {"growth": 0.6}),
        ("Amazon QuickSight", "QS-Author-Enterprise", 12.0, 24.0, "Users", "fixed", {}),
        (CLOUDWATCH, "DataProcessing-Bytes", 14.0, 0.57, "GB", "flat", {}),
        (KMS, "KMS-Requests", 5.0, 0.000003, "Requests", "flat", {}),
        ("Amazon Elastic MapReduce", "BoxUsage:m6i.xlarge", 26.0, 0.048, "Hrs", "office", {}),
    ),
    "data-lab": (
        (SAGEMAKER, "Notebk:ml.t3.xlarge", 9.0, 0.223, "Hrs", "office", {}),
        (S3, "TimedStorage-ByteHrs", 6.0, 0.023, "GB-Mo", "flat", _BARE),
        (EC2_OTHER, "EBS:VolumeUsage.gp3", 3.0, 0.088, "GB-Mo", "flat", {}),
        (ATHENA, "DataScannedInTB", 2.5, 5.0, "TB", "office", {}),
        (CLOUDWATCH, "DataProcessing-Bytes", 1.0, 0.57, "GB", "office", {}),
        (
            "Amazon Bedrock",
            "Claude-input-tokens",
            5.0,
            0.000003,
            "Tokens",
            "office",
            {"region": "eu-central-1"},
        ),
    ),
    "backoffice-prod": (
        ("Amazon WorkSpaces", "AW-HW-2", 74.0, 35.0, "Month", "fixed", {}),
        ("Amazon FSx", "Storage.SSD.MAZ", 23.0, 0.23, "GB-Mo", "flat", {}),
        (EC2_OTHER, "EBS:VolumeUsage.gp3", 9.0, 0.088, "GB-Mo", "flat", {}),
        (RDS, "RDS:Multi-AZ-GP3-Storage", 5.8, 0.254, "GB-Mo", "flat", {"engine": "PostgreSQL"}),
        (ECS, "Fargate-vCPU-Hours:perCPU", 6.0, 0.04048, "hours", "office", {}),
        (BACKUP, "WarmStorage-ByteHrs-EBS", 11.0, 0.05, "GB-Mo", "flat", {}),
        (S3, "TimedStorage-ByteHrs", 7.0, 0.023, "GB-Mo", "flat", {}),
        (CLOUDWATCH, "DataProcessing-Bytes", 5.0, 0.57, "GB", "office", {}),
        ("AWS Transfer Family", "ProtocolHours", 7.2, 0.30, "hours", "fixed", _BARE),
        ("Amazon Simple Email Service", "Recipients", 1.4, 0.0001, "Count", "office", {}),
        (LAMBDA, "Lambda-GB-Second", 1.2, 0.0000166667, "Lambda-GB-Second", "office", {}),
    ),
}

_VENUE_SIZE = {"amsterdam": 1.35, "utrecht": 1.0, "rotterdam": 1.1, "eindhoven": 0.8}
_VENUE: tuple[_Row, ...] = (
    (EC2_OTHER, "EBS:VolumeUsage.gp3", 14.0, 0.088, "GB-Mo", "flat", {}),
    (EC2_OTHER, "NatGateway-Bytes", 8.0, 0.048, "GB", "venue", {}),
    (RDS, "RDS:Multi-AZ-GP3-Storage", 2.4, 0.254, "GB-Mo", "flat", {"engine": "PostgreSQL"}),
    (STORAGE_GATEWAY, "Uploaded-Bytes", 19.0, 0.01, "GB", "venue", {}),
    ("AWS IoT", "EUW1-Messages-IoT", 17.0, 0.000001, "Messages", "venue", {}),
    ("Amazon Kinesis Video Streams", "VideoIngested", 34.0, 0.0085, "GB", "venue", {}),
    (S3, "TimedStorage-ByteHrs", 18.0, 0.023, "GB-Mo", "flat", {"growth": 0.2}),
    (S3, "DataTransfer-Out-Bytes", 2.0, 0.09, "GB", "venue", {"missing": ("team", "cost-center")}),
    (BACKUP, "WarmStorage-ByteHrs-EBS", 9.0, 0.05, "GB-Mo", "flat", {}),
    (CLOUDWATCH, "DataProcessing-Bytes", 8.0, 0.57, "GB", "venue", {}),
    (
        "AWS Systems Manager",
        "OnPrem-Adv-Instance-Hours",
        5.0,
        0.00695,
        "hours",
        "fixed",
        {"missing": ("venue",)},
    ),
    (LAMBDA, "Lambda-GB-Second", 2.0, 0.0000166667, "Lambda-GB-Second", "venue", {}),
)


def _rest(account: str, row: _Row, size: float = 1.0) -> Series:
    service, usage, daily, price, unit, profile, extra = row
    region = str(extra.get("region", HOME_REGION))
    prefix = "" if usage.startswith("EU") else PREFIX[region]
    team, missing, growth = extra.get("team"), extra.get("missing", ()), extra.get("growth", 0.10)
    return Series(
        account,
        service,
        prefix + usage,
        round(daily * size, 4),
        price,
        unit,
        profile,
        operation=usage.partition(":")[0].partition("-")[0],
        region=region,
        growth=growth if isinstance(growth, float) else 0.10,
        team=team if isinstance(team, str) else None,
        missing=missing if isinstance(missing, tuple) else (),
        engine=str(extra.get("engine", "")),
        resource=str(extra.get("resource", "")),
    )


def all_series() -> tuple[Series, ...]:
    """Everything that is billed every day, without what the stories and the commitments add."""
    fleets = [
        Series(
            account,
            EC2,
            f"{PREFIX[region]}BoxUsage:{kind}",
            round(count * hourly * 24, 6),
            hourly,
            "Hrs",
            "fixed",
            operation="RunInstances",
            region=region,
            team=team,
            instance_type=kind,
            resource=f"fleet/{prefix}",
            plan=plan,
            missing=("cost-center",) if prefix in ("queue-worker", "file-share") else (),
        )
        for account, prefix, kind, count, hourly, team, plan, region in _FLEETS
    ]
    databases = [
        Series(
            account,
            RDS,
            PREFIX[region] + usage,
            round(hourly * 24, 6),
            hourly,
            "Hrs",
            "fixed",
            operation="CreateDBInstance",
            region=region,
            team=team,
            instance_type=usage.partition(":")[2],
            engine=engine,
            resource=f"db/{name}",
        )
        for account, name, usage, hourly, engine, team, region in _DATABASES
    ]
    rest = [_rest(account, row) for account, rows in _REST.items() for row in rows]
    venues = [_rest(f"venue-{venue}", row, size) for venue, size in _VENUE_SIZE.items() for row in _VENUE]
    return (*fleets, *databases, *rest, *venues)
