"""Every planted story is visible in each service that it names, with the same ids and times."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.tools.estate.conftest import Clients
from tools.estate import inventory
from tools.estate.world import BY_NAME, NOW, STORIES

STORY = {story.key: story for story in STORIES}


def events(client: Clients, account: str, name: str, region: str = "eu-west-1") -> list[dict[str, Any]]:
    attribute = [{"AttributeKey": "EventName", "AttributeValue": name}]
    pages = client("cloudtrail", account=account, region=region).get_paginator("lookup_events")
    return [event for page in pages.paginate(LookupAttributes=attribute) for event in page["Events"]]


def transitions(client: Clients, account: str, start: datetime, end: datetime) -> list[tuple[str, str, datetime]]:
    pages = client("cloudwatch", account=account).get_paginator("describe_alarm_history")
    found = pages.paginate(HistoryItemType="StateUpdate", StartDate=start, EndDate=end)
    return [
        (item["AlarmName"], item["HistorySummary"].rpartition(" ")[2], item["Timestamp"])
        for page in found
        for item in page["AlarmHistoryItems"]
    ]


def test_nat_spike_in_cloudtrail_metrics_and_alarm(client: Clients) -> None:
    story = STORY["nat-spike"]
    (deleted,) = events(client, "data-prod", "DeleteVpcEndpoints")
    assert deleted["EventTime"] == story.start
    assert deleted["Username"] == "deploy-data"
    assert deleted["Resources"][0]["ResourceName"] == "vpce-0d4a7e11"
    (created,) = events(client, "data-prod", "CreateVpcEndpoint")
    endpoints = client("ec2", account="data-prod").describe_vpc_endpoints()["VpcEndpoints"]
    assert created["Resources"][0]["ResourceName"] == endpoints[0]["VpcEndpointId"]
    assert endpoints[0]["CreationTimestamp"] == created["EventTime"]
    gateway = client("ec2", account="data-prod").describe_nat_gateways()["NatGateways"][0]["NatGatewayId"]
    points = client("cloudwatch", account="data-prod").get_metric_statistics(
        Namespace="AWS/NATGateway",
        MetricName="BytesOutToSource",
        Dimensions=[{"Name": "NatGatewayId", "Value": gateway}],
        StartTime=datetime(2026, 9, 1, tzinfo=UTC),
        EndTime=datetime(2026, 10, 1, tzinfo=UTC),
        Period=86400,
        Statistics=["Sum"],
    )["Datapoints"]
    by_day = {point["Timestamp"].day: point["Sum"] for point in points}
    assert 14 < by_day[15] / by_day[5] < 17  # 620 USD a day against 40
    assert by_day[28] < by_day[15] / 10
    history = transitions(client, "data-prod", NOW - timedelta(days=30), NOW)
    assert ("data-prod-nat-bytes-high", "OK", story.end + timedelta(minutes=20)) in history


def test_gpu_experiment_is_untagged_idle_and_started_by_m_jansen(client: Clients) -> None:
    reply = client("ec2", account="data-lab").describe_instances(
        Filters=[{"Name": "instance-type", "Values": ["g5.*"]}, {"Name": "instance-state-name", "Values": ["running"]}]
    )
    machines = [item for group in reply["Reservations"] for item in group["Instances"]]
    assert sorted(item["InstanceId"] for item in machines) == list(inventory.GPU_INSTANCES)
    assert all(not item.get("Tags") for item in machines)
    assert machines[0]["LaunchTime"] == STORY["gpu-untagged"].start
    runs = [event for event in events(client, "data-lab", "RunInstances") if event["Username"] == "m.jansen"]
    assert {event["Resources"][0]["ResourceName"] for event in runs} == set(inventory.GPU_INSTANCES)
    idle = client("compute-optimizer", account="data-lab").get_idle_recommendations(
        filters=[{"name": "ResourceType", "values": ["EC2Instance"]}]
    )["idleRecommendations"]
    assert {item["resourceId"] for item in idle} == set(inventory.GPU_INSTANCES)
    hub = client("cost-optimization-hub", region="us-east-1").list_recommendations(filter={"actionTypes": ["Stop"]})
    assert {item["resourceId"] for item in hub["items"]} == set(inventory.GPU_INSTANCES)
    assert all(round(item["estimatedMonthlyCost"] / 730 * 24) == 136 for item in hub["items"])


def test_reserved_instances_ended_on_30_september(client: Clients) -> None:
    rds = client("rds", account="online-prod")
    retired = [one for one in rds.describe_reserved_db_instances()["ReservedDBInstances"] if one["State"] == "retired"]
    assert [(one["DBInstanceClass"], one["DBInstanceCount"]) for one in retired] == [("db.r6g.2xlarge", 4)]
    assert retired[0]["StartTime"] + timedelta(seconds=retired[0]["Duration"]) == STORY["ri-expiry"].start
    large = [one for one in rds.describe_db_instances()["DBInstances"] if one["DBInstanceClass"] == "db.r6g.2xlarge"]
    assert len(large) == 4


def test_public_bucket_in_six_services(client: Clients) -> None:
    bucket, story = inventory.STORY_BUCKET, STORY["public-bucket"]
    s3 = client("s3", account="venue-utrecht")
    assert s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"]["IsPublic"] is True
    assert json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"][0]["Principal"] == "*"
    (put,) = events(client, "venue-utrecht", "PutBucketPolicy")
    (unblocked,) = events(client, "venue-utrecht", "DeleteBucketPublicAccessBlock")
    assert put["Username"] == unblocked["Username"] == "j.devries"
    assert unblocked["EventTime"] < put["EventTime"] == story.start
    reply = client("securityhub", account="security").get_findings(
        Filters={
            "ResourceId": [{"Value": f"arn:aws:s3:::{bucket}", "Comparison": "EQUALS"}],
            "WorkflowStatus": [{"Value": "NEW", "Comparison": "EQUALS"}],
            "RecordState": [{"Value": "ACTIVE", "Comparison": "EQUALS"}],
            "CreatedAt": [{"DateRange": {"Value": 14, "Unit": "DAYS"}}],
        }
    )
    assert {item["ProductName"] for item in reply["Findings"]} == {"Security Hub", "GuardDuty", "IAM Access Analyzer"}
    assert all(item["CreatedAt"] >= "2026-10-06T14:18" for item in reply["Findings"])
    guardduty = client("guardduty", account="venue-utrecht")
    detector = guardduty.list_detectors()["DetectorIds"][0]
    (threat,) = guardduty.list_findings(DetectorId=detector)["FindingIds"]
    found = guardduty.get_findings(DetectorId=detector, FindingIds=[threat])["Findings"][0]
    assert found["Type"] == "Policy:S3/BucketAnonymousAccessGranted"
    assert found["Resource"]["S3BucketDetails"][0]["Name"] == bucket
    analyzer = client("accessanalyzer", account="venue-utrecht")
    arn = analyzer.list_analyzers()["analyzers"][0]["arn"]
    public = analyzer.list_findings(analyzerArn=arn, filter={"isPublic": {"eq": ["true"]}})["findings"]
    assert [item["resource"] for item in public] == [f"arn:aws:s3:::{bucket}"]
    details = client("config", account="venue-utrecht").get_compliance_details_by_config_rule(
        ConfigRuleName="s3-bucket-public-read-prohibited", ComplianceTypes=["NON_COMPLIANT"]
    )["EvaluationResults"]
    names = [one["EvaluationResultIdentifier"]["EvaluationResultQualifier"]["ResourceId"] for one in details]
    assert names == [bucket]


def test_stale_admin_key_in_iam_hub_and_analyzer(client: Clients) -> None:
    iam = client("iam", account="backoffice-prod")
    (key,) = iam.list_access_keys(UserName=inventory.STORY_USER)["AccessKeyMetadata"]
    used = iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])["AccessKeyLastUsed"]["LastUsedDate"]
    assert key["Status"] == "Active"
    assert (NOW - used).days == 199 and (NOW.date() - used.date()).days == 200
    policies = iam.list_attached_user_policies(UserName=inventory.STORY_USER)["AttachedPolicies"]
    assert [one["PolicyName"] for one in policies] == ["AdministratorAccess"]
    report = iam.get_credential_report()["Content"].decode()
    assert f"{inventory.STORY_USER},arn:aws:iam::210000000901:user/{inventory.STORY_USER}" in report
    assert "2026-03-29T11:00:00+00:00" in report
    user = f"arn:aws:iam::210000000901:user/{inventory.STORY_USER}"
    hub = client("securityhub", account="security").get_findings(
        Filters={"ResourceId": [{"Value": user, "Comparison": "EQUALS"}]}
    )["Findings"]
    assert {"IAM.1", "IAM.3", "IAM.22"} <= {one.get("Compliance", {}).get("SecurityControlId") for one in hub}
    analyzer = client("accessanalyzer", account="security")
    unused = next(one for one in analyzer.list_analyzers()["analyzers"] if "UNUSED" in one["type"])
    found = analyzer.list_findings_v2(analyzerArn=unused["arn"], filter={"resource": {"eq": [user]}})["findings"]
    assert [one["findingType"] for one in found] == ["UnusedIAMUserAccessKey"]


def test_backup_fails_since_the_key_policy_changed(client: Clients) -> None:
    jobs = client("backup", account="venue-rotterdam").list_backup_jobs(ByState="FAILED")["BackupJobs"]
    assert len(jobs) == 11
    assert min(job["CreationDate"] for job in jobs).date().isoformat() == "2026-10-05"
    assert all("kms:CreateGrant" in job["StatusMessage"] for job in jobs)
    (changed,) = events(client, "venue-rotterdam", "PutKeyPolicy")
    assert changed["Username"] == "deploy-floor"
    assert changed["EventTime"] == STORY["backup-failing"].start
    assert changed["Resources"][0]["ResourceName"] == jobs[0]["EncryptionKeyArn"]
    kms = client("kms", account="venue-rotterdam")
    policy = kms.get_key_policy(KeyId=jobs[0]["EncryptionKeyArn"], PolicyName="default")["Policy"]
    assert "AWSBackupDefaultServiceRole" not in policy
    (alarm,) = client("cloudwatch", account="venue-rotterdam").describe_alarms(StateValue="ALARM")["MetricAlarms"]
    assert alarm["AlarmName"] == "floor-ledger-rotterdam-backup-failed"
    assert alarm["StateUpdatedTimestamp"].date().isoformat() == "2026-10-05"


def test_patch_gap_names_the_same_six_in_ssm_inspector_and_ec2(client: Clients) -> None:
    ssm = client("ssm", account="venue-eindhoven")
    states = ssm.describe_instance_patch_states_for_patch_group(PatchGroup="floor-systems")["InstancePatchStates"]
    critical = {one["InstanceId"] for one in states if one["CriticalNonCompliantCount"]}
    assert (len(critical), len(states)) == (6, 11)
    wanted = {
        "severity": [{"comparison": "EQUALS", "value": "CRITICAL"}],
        "findingStatus": [{"comparison": "EQUALS", "value": "ACTIVE"}],
        "awsAccountId": [{"comparison": "EQUALS", "value": BY_NAME["venue-eindhoven"].id}],
    }
    pages = client("inspector2", account="security").get_paginator("list_findings").paginate(filterCriteria=wanted)
    found = [finding for page in pages for finding in page["findings"]]
    assert {finding["resources"][0]["id"] for finding in found} == critical
    ec2 = client("ec2", account="venue-eindhoven").describe_instances(InstanceIds=sorted(critical))
    names = {
        tag["Value"]
        for group in ec2["Reservations"]
        for item in group["Instances"]
        for tag in item["Tags"]
        if tag["Key"] == "Name"
    }
    assert names == set(inventory.PATCH_GAP)
    patches = ssm.describe_instance_patches(
        InstanceId=min(critical), Filters=[{"Key": "State", "Values": ["Missing"]}]
    )["Patches"]
    cves = {finding["packageVulnerabilityDetails"]["vulnerabilityId"] for finding in found}
    assert {patch["CVEIds"] for patch in patches if patch["Severity"] == "Critical"} & cves


def test_alarm_storm_nine_alarms_after_the_deployment(client: Clients) -> None:
    story = STORY["alarm-storm"]
    day = datetime(2026, 10, 13, tzinfo=UTC)
    rises = [one for one in transitions(client, "online-prod", day, day + timedelta(days=1)) if one[1] == "ALARM"]
    assert len({name for name, _, _ in rises}) == 9
    assert min(at for _, _, at in rises) == datetime(2026, 10, 13, 19, 7, tzinfo=UTC)
    updates = [
        (event["EventTime"], json.loads(event["CloudTrailEvent"])["requestParameters"]["taskDefinition"])
        for event in events(client, "online-prod", "UpdateService")
        if event["Resources"][0]["ResourceName"] == "bet-settlement"
    ]
    assert updates == [(story.end, "bet-settlement:147"), (story.start, "bet-settlement:148")]
    ecs = client("ecs", account="online-prod")
    (service,) = ecs.describe_services(cluster="online", services=["bet-settlement"])["services"]
    assert service["taskDefinition"].endswith("bet-settlement:147")
    assert story.start in [event["createdAt"] for event in service["events"]]
    logs = client("logs", account="online-prod")

    def errors(start: datetime, minutes: int) -> int:
        first = int(start.timestamp() * 1000)
        pages = logs.get_paginator("filter_log_events").paginate(
            logGroupName="/ecs/bet-settlement",
            filterPattern='{ $.level = "ERROR" }',
            startTime=first,
            endTime=first + minutes * 60_000,
        )
        return sum(len(page["events"]) for page in pages)

    assert errors(story.start + timedelta(minutes=10), 10) > 100 * errors(story.start - timedelta(hours=1), 10)


def test_root_login_in_cloudtrail_iam_and_hub(client: Clients) -> None:
    logins = events(client, "venue-amsterdam", "ConsoleLogin", "us-east-1")
    (root,) = [event for event in logins if event["Username"] == "root"]
    assert root["EventTime"] == STORY["root-login"].start
    document = json.loads(root["CloudTrailEvent"])
    assert document["userIdentity"]["type"] == "Root"
    assert document["additionalEventData"]["MFAUsed"] == "No"
    iam = client("iam", account="venue-amsterdam")
    assert iam.get_account_summary()["SummaryMap"]["AccountMFAEnabled"] == 0
    row = iam.get_credential_report()["Content"].decode().splitlines()[1].split(",")
    assert row[0] == "<root_account>" and row[4] == "2026-10-02T06:51:00+00:00" and row[7] == "false"
    hub = client("securityhub", account="venue-amsterdam").get_findings(
        Filters={"ComplianceSecurityControlId": [{"Value": "IAM.9", "Comparison": "EQUALS"}]}
    )["Findings"]
    assert [one["Severity"]["Label"] for one in hub] == ["CRITICAL"]


def test_quota_near_in_quota_usage_and_instances(client: Clients) -> None:
    quota = client("service-quotas", account="online-prod").get_service_quota(
        ServiceCode="ec2", QuotaCode="L-1216C47A"
    )["Quota"]
    usage = quota["UsageMetric"]
    metric = {
        "Namespace": usage["MetricNamespace"],
        "MetricName": usage["MetricName"],
        "Dimensions": [{"Name": name, "Value": value} for name, value in usage["MetricDimensions"].items()],
    }
    data = client("cloudwatch", account="online-prod").get_metric_data(
        StartTime=NOW - timedelta(hours=1),
        EndTime=NOW,
        MetricDataQueries=[
            {"Id": "u", "MetricStat": {"Metric": metric, "Period": 300, "Stat": "Maximum"}, "ReturnData": False},
            {"Id": "share", "Expression": "u / SERVICE_QUOTA(u) * 100"},
        ],
    )["MetricDataResults"]
    assert [one["Id"] for one in data] == ["share"]
    assert round(data[0]["Values"][0], 2) == 92.19
    running = client("ec2", account="online-prod").describe_instances(
        Filters=[{"Name": "instance-state-name", "Values": ["running"]}]
    )
    ids = {item["InstanceId"] for group in running["Reservations"] for item in group["Instances"]}
    assert sum(item.vcpus for item in inventory.INSTANCES if item.id in ids) == 236 == quota["Value"] - 20
    launched = [e for e in events(client, "online-prod", "RunInstances") if e["EventTime"] == STORY["quota-near"].start]
    assert len(launched[0]["Resources"]) == 2
