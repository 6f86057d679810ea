"""What looks like a story and is not: a sloppy query would report these."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from botocore.exceptions import ClientError
from pytest import mark, raises

from tests.tools.estate.conftest import Clients
from tools.estate.inventory import BUCKETS
from tools.estate.world import ACCOUNTS, BY_NAME, NOW


def test_only_one_bucket_is_public_although_others_name_everyone_or_grant_by_acl(client: Clients) -> None:
    public = []
    for bucket in BUCKETS:
        name = next(account.name for account in ACCOUNTS if account.id == bucket.account)
        s3 = client("s3", account=name)
        try:
            status = s3.get_bucket_policy_status(Bucket=bucket.name)
        except ClientError as error:
            assert error.response["Error"]["Code"] == "NoSuchBucketPolicy"
            continue
        if status["PolicyStatus"]["IsPublic"]:
            public.append(bucket.name)
    assert public == ["lantern-utrecht-marketing-exports"]
    acl = client("s3", account="data-lab").get_bucket_acl(Bucket="lantern-data-lab-datasets")
    assert [grant["Permission"] for grant in acl["Grants"]] == ["FULL_CONTROL", "READ"]
    assert all(grant["Grantee"]["Type"] == "CanonicalUser" for grant in acl["Grants"])


def test_an_alarm_that_came_back_and_one_without_actions(client: Clients) -> None:
    utrecht = client("cloudwatch", account="venue-utrecht")
    history = utrecht.describe_alarm_history(
        AlarmName="floor-ledger-utrecht-cpu-high", HistoryItemType="StateUpdate", StartDate=NOW - timedelta(days=2)
    )
    assert len(history["AlarmHistoryItems"]) == 4
    (alarm,) = utrecht.describe_alarms(AlarmNames=["floor-ledger-utrecht-cpu-high"])["MetricAlarms"]
    assert alarm["StateValue"] == "OK"
    (muted,) = client("cloudwatch", account="data-lab").describe_alarms(StateValue="ALARM")["MetricAlarms"]
    assert muted["ActionsEnabled"] is False


def test_disabled_old_key_of_an_administrator_and_an_unused_read_only_key(client: Clients) -> None:
    iam = client("iam", account="venue-rotterdam")
    (key,) = iam.list_access_keys(UserName="svc-old-import")["AccessKeyMetadata"]
    assert key["Status"] == "Inactive" and (NOW - key["CreateDate"]).days == 640
    used = iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])["AccessKeyLastUsed"]
    assert "LastUsedDate" not in used and used["ServiceName"] == "N/A"
    policies = client("iam", account="data-prod").list_attached_user_policies(UserName="svc-partner-feed")
    assert [one["PolicyName"] for one in policies["AttachedPolicies"]] == ["AmazonS3ReadOnlyAccess"]


def test_a_failed_backup_that_was_retried(client: Clients) -> None:
    jobs = client("backup", account="backoffice-prod").list_backup_jobs(
        ByCreatedAfter=NOW - timedelta(days=8), ByCreatedBefore=NOW - timedelta(days=5), ByResourceType="RDS"
    )["BackupJobs"]
    states = [
        job["State"] for job in sorted(jobs, key=lambda job: job["CreationDate"]) if job["ResourceName"] == "erp-db"
    ]
    failed = states.index("FAILED")
    assert states[failed + 1] == "COMPLETED"


def test_findings_that_are_over_are_still_listed_without_filters(client: Clients) -> None:
    hub = client("securityhub", account="security")
    critical = {"SeverityLabel": [{"Value": "CRITICAL", "Comparison": "EQUALS"}]}
    is_open = {
        "WorkflowStatus": [{"Value": "NEW", "Comparison": "EQUALS"}, {"Value": "NOTIFIED", "Comparison": "EQUALS"}],
        "RecordState": [{"Value": "ACTIVE", "Comparison": "EQUALS"}],
    }
    every = hub.get_findings(Filters=critical)["Findings"]
    current = hub.get_findings(Filters=critical | is_open)["Findings"]
    assert len(every) > len(current) > 10
    guardduty = client("guardduty", account="security")
    detector = guardduty.list_detectors()["DetectorIds"][0]
    archived = {"Criterion": {"service.archived": {"Eq": ["true"]}, "severity": {"Gte": 7}}}
    assert len(guardduty.list_findings(DetectorId=detector, FindingCriteria=archived)["FindingIds"]) == 3


def test_a_failed_root_sign_in_is_not_a_sign_in(client: Clients) -> None:
    attribute = [{"AttributeKey": "Username", "AttributeValue": "root"}]
    trail = client("cloudtrail", account="backoffice-prod", region="us-east-1")
    (event,) = trail.lookup_events(LookupAttributes=attribute)["Events"]
    assert '"ConsoleLogin": "Failure"' in event["CloudTrailEvent"]


def test_no_stock_images_or_snapshots_of_an_emulator(client: Clients) -> None:
    ec2 = client("ec2", account="data-prod")
    owned = ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]
    assert 0 < len(owned) < 20
    assert {one["OwnerId"] for one in owned} == {BY_NAME["data-prod"].id}
    assert len(ec2.describe_images(Owners=["self"])["Images"]) == 1
    assert len(ec2.describe_vpcs()["Vpcs"]) == 1
    assert client("ec2", account="payer").describe_security_groups()["SecurityGroups"] == []


@mark.parametrize("others", [{"SnapshotType": "public"}, {"SnapshotType": "shared"}, {"IncludePublic": True}])
def test_databases_snapshots_of_others_are_refused_not_empty(client: Clients, others: dict[str, Any]) -> None:
    rds = client("rds", account="online-prod")
    assert rds.describe_db_snapshots()["DBSnapshots"]
    with raises(ClientError, match="NotInSampleEstate"):
        rds.describe_db_snapshots(**others)


def test_objects_of_a_bucket_are_refused_not_empty(client: Clients) -> None:
    s3 = client("s3", account="venue-utrecht")
    with raises(ClientError, match="NotInSampleEstate"):
        s3.list_objects_v2(Bucket="lantern-utrecht-marketing-exports")
