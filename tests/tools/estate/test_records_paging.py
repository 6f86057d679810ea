"""Filters and paging behave as in AWS: pages join up, tokens belong to one request, unknown filters are errors."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.tools.estate.conftest import Clients
from tools.estate.records.findings import hub_findings


def collect(call: Any, key: str, token: str, size: str, count: int, **arguments: Any) -> list[Any]:
    """Every item, asking for ``count`` at a time; fails if a page is larger."""
    items: list[Any] = []
    following: dict[str, str] = {}
    while True:
        reply = call(**arguments, **{size: count}, **following)
        assert len(reply[key]) <= count
        items += reply[key]
        if not reply.get(token):
            return items
        following = {token: reply[token]}


def test_pages_join_up_to_the_whole_list(client: Clients) -> None:
    hub = client("securityhub", account="security")
    findings = collect(hub.get_findings, "Findings", "NextToken", "MaxResults", 17)
    ids = [one["Id"] for one in findings]
    assert len(ids) == len(set(ids)) == len(hub_findings())
    alarms = collect(
        client("cloudwatch", account="online-prod").describe_alarms, "MetricAlarms", "NextToken", "MaxRecords", 7
    )
    names = [one["AlarmName"] for one in alarms]
    assert len(names) == len(set(names)) > 20
    trail = client("cloudtrail", account="online-prod")
    seen = collect(trail.lookup_events, "Events", "NextToken", "MaxResults", 50)
    assert len({one["EventId"] for one in seen}) == len(seen) > 80
    assert [one["EventTime"] for one in seen] == sorted((one["EventTime"] for one in seen), reverse=True)
    ec2 = collect(client("ec2", account="online-prod").describe_instances, "Reservations", "NextToken", "MaxResults", 5)
    assert len(ec2) == 23
    health = client("health", region="us-east-1")
    assert len(collect(health.describe_events_for_organization, "events", "nextToken", "maxResults", 3)) == 8


BAD_TOKENS = [
    ("securityhub", "get_findings", {"NextToken": "x"}, "InvalidInputException"),
    ("cloudwatch", "describe_alarms", {"NextToken": "x"}, "InvalidNextToken"),
    ("cloudtrail", "lookup_events", {"NextToken": "x"}, "InvalidNextTokenException"),
    ("backup", "list_backup_jobs", {"NextToken": "x"}, "InvalidParameterValueException"),
    ("config", "describe_config_rules", {"NextToken": "x"}, "InvalidNextTokenException"),
    ("inspector2", "list_findings", {"nextToken": "x"}, "ValidationException"),
    ("ssm", "describe_instance_information", {"NextToken": "x"}, "InvalidNextToken"),
    ("iam", "list_users", {"Marker": "x"}, "ValidationError"),
    ("cloudtrail", "lookup_events", {"MaxResults": 51}, "InvalidMaxResultsException|ValidationException"),
    ("ec2", "describe_instances", {"Filters": [{"Name": "colour", "Values": ["red"]}]}, "InvalidParameterValue"),
    ("rds", "describe_db_instances", {"Filters": [{"Name": "colour", "Values": ["red"]}]}, "InvalidParameterValue"),
    (
        "ssm",
        "describe_instance_information",
        {"Filters": [{"Key": "colour", "Values": ["red"]}]},
        "InvalidFilterKey",
    ),
    (
        "securityhub",
        "get_findings",
        {"Filters": {"MalwareName": [{"Value": "x", "Comparison": "EQUALS"}]}},
        "NotInSampleEstate",
    ),
    ("s3", "get_bucket_policy", {"Bucket": "lantern-nobody"}, "NoSuchBucket"),
    ("s3", "get_bucket_policy", {"Bucket": "lantern-payer-invoices"}, "AccessDenied"),
    ("kms", "describe_key", {"KeyId": "alias/nothing"}, "NotFoundException"),
    ("cloudwatch", "get_metric_statistics", {
        "Namespace": "AWS/EC2", "MetricName": "CPUUtilization", "StartTime": 0, "EndTime": 10_000_000,
        "Period": 60, "Statistics": ["Sum"],
    }, "InvalidParameterCombination"),
]  # fmt: skip


@pytest.mark.parametrize(("service", "operation", "arguments", "code"), BAD_TOKENS)
def test_bad_tokens_and_unknown_filters_are_aws_errors(
    client: Clients, service: str, operation: str, arguments: dict[str, Any], code: str
) -> None:
    with pytest.raises(ClientError, match=code):
        getattr(client(service, account="online-prod"), operation)(**arguments)


def test_a_token_of_another_request_is_refused(client: Clients) -> None:
    hub = client("securityhub", account="security")
    token = hub.get_findings(MaxResults=5)["NextToken"]
    other = {"SeverityLabel": [{"Value": "HIGH", "Comparison": "EQUALS"}]}
    with pytest.raises(ClientError, match="InvalidInputException"):
        hub.get_findings(MaxResults=5, NextToken=token, Filters=other)


def test_accounts_and_regions_see_their_own(client: Clients) -> None:
    own = client("securityhub", account="venue-utrecht").get_findings()["Findings"]
    assert {one["AwsAccountId"] for one in own} == {"210000001123"}
    every = client("securityhub", account="security")
    assert len({one["AwsAccountName"] for one in every.get_findings(MaxResults=100)["Findings"]}) > 8
    with pytest.raises(ClientError, match="InvalidAccessException"):
        client("securityhub", account="security", region="ap-south-1").get_findings()
    assert client("rds", account="online-prod", region="eu-central-1").describe_db_instances()["DBInstances"][0][
        "DBInstanceIdentifier"
    ] == "wallet-db-replica"  # fmt: skip
    with pytest.raises(ClientError, match="SubscriptionRequiredException"):
        client("health", account="data-prod", region="us-east-1").describe_events_for_organization()


def test_security_hub_negative_prefix_and_date_filters(client: Clients) -> None:
    hub = client("securityhub", account="security")

    def count(**filters: Any) -> int:
        pages = hub.get_paginator("get_findings").paginate(Filters=filters)
        return sum(len(page["Findings"]) for page in pages)

    everything = count()
    s3 = count(Title=[{"Value": "S3 general", "Comparison": "PREFIX"}])
    assert s3 + count(Title=[{"Value": "S3 general", "Comparison": "PREFIX_NOT_EQUALS"}]) == everything
    two = [{"Value": "CRITICAL", "Comparison": "EQUALS"}, {"Value": "HIGH", "Comparison": "EQUALS"}]
    not_two = [{"Value": one["Value"], "Comparison": "NOT_EQUALS"} for one in two]
    assert count(SeverityLabel=two) + count(SeverityLabel=not_two) == everything
    old = count(CreatedAt=[{"Start": "2020-01-01T00:00:00Z", "End": "2026-09-15T08:59:59.999Z"}])
    assert old + count(CreatedAt=[{"DateRange": {"Value": 30, "Unit": "DAYS"}}]) == everything
    newest = hub.get_findings(SortCriteria=[{"Field": "CreatedAt", "SortOrder": "desc"}])["Findings"]
    assert newest[0]["CreatedAt"] >= newest[-1]["CreatedAt"]
