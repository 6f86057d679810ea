"""Each AWS protocol against botocore itself: what botocore writes we read, what we write botocore reads."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from botocore.loaders import create_loader
from botocore.model import ServiceModel
from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.estate.errors import AwsError
from tools.estate.protocol import cbor, models, parse, serialize, validate
from tools.estate.protocol.wire import WireRequest

WHEN = datetime(2026, 10, 13, 19, 2, 30, tzinfo=UTC)


@cache
def as_shipped(service: str) -> ServiceModel:
    """The model as botocore ships it: from the one that this process shares, clients of S3 take the bucket out."""
    return ServiceModel(create_loader(None).load_service_model(service, "service-2"), service)


def sent(service: str, operation: str, protocol: str, params: dict[str, Any]) -> WireRequest:
    """The request that botocore would send."""
    made = create_serializer(protocol, False).serialize_to_request(
        params, as_shipped(service).operation_model(operation)
    )
    body, headers, query = made["body"], {k.lower(): v for k, v in made["headers"].items()}, made["query_string"]
    if isinstance(body, dict):
        body, headers["content-type"] = urlencode(body), "application/x-www-form-urlencoded; charset=utf-8"
    path, _, inline = made["url_path"].partition("?")
    text = urlencode(query, doseq=True, quote_via=quote) if query else ""
    return WireRequest(
        made["method"],
        path,
        "&".join(part for part in (inline, text) if part),
        headers,
        body.encode() if isinstance(body, str) else bytes(body or b""),
    )


REQUESTS: list[tuple[str, str, str, dict[str, Any]]] = [
    (
        "ce",
        "GetCostAndUsage",
        "json",
        {
            "TimePeriod": {"Start": "2026-09-01", "End": "2026-10-01"},
            "Granularity": "DAILY",
            "Metrics": ["UnblendedCost", "UsageQuantity"],
            "Filter": {
                "And": [{"Not": {"Tags": {"Key": "team", "Values": ["data"]}}}, {"Dimensions": {"Key": "REGION"}}]
            },
        },
    ),
    ("cloudtrail", "LookupEvents", "json", {"StartTime": WHEN, "MaxResults": 7}),
    (
        "sts",
        "AssumeRole",
        "query",
        {"RoleArn": "arn:aws:iam::210000000789:role/RegentReader", "RoleSessionName": "r g"},
    ),
    ("iam", "ListUsers", "query", {"PathPrefix": "/a b/&=é/", "MaxItems": 3}),
    (
        "rds",
        "DescribeDBInstances",
        "query",
        {"Filters": [{"Name": "engine", "Values": ["postgres", "mysql"]}, {"Name": "x", "Values": ["1"]}]},
    ),
    (
        "ec2",
        "DescribeInstances",
        "ec2",
        {"Filters": [{"Name": "tag:team", "Values": ["data", ""]}], "InstanceIds": ["i-1", "i-2"], "DryRun": False},
    ),
    (
        "securityhub",
        "GetFindings",
        "rest-json",
        {"Filters": {"SeverityLabel": [{"Value": "HIGH", "Comparison": "EQUALS"}]}},
    ),
    ("guardduty", "ListFindings", "rest-json", {"DetectorId": "a/b c", "MaxResults": 5}),
    ("backup", "ListBackupJobs", "rest-json", {"ByState": "FAILED", "ByCreatedAfter": WHEN, "MaxResults": 10}),
    ("lambda", "ListFunctions", "rest-json", {"MaxItems": 10}),
    ("s3", "ListObjectsV2", "rest-xml", {"Bucket": "lantern-logs", "Prefix": "a b/é", "MaxKeys": 4}),
    ("s3", "GetBucketPolicyStatus", "rest-xml", {"Bucket": "lantern-logs"}),
    ("s3", "GetObject", "rest-xml", {"Bucket": "lantern-logs", "Key": "deep/er/k y.txt"}),
    (
        "s3",
        "PutBucketTagging",
        "rest-xml",
        {"Bucket": "b", "Tagging": {"TagSet": [{"Key": "team", "Value": "a<b&c"}, {"Key": "env", "Value": "prod"}]}},
    ),
    ("s3control", "GetPublicAccessBlock", "rest-xml", {"AccountId": "210000000012"}),
    (
        "cloudwatch",
        "GetMetricData",
        "smithy-rpc-v2-cbor",
        {
            "StartTime": WHEN,
            "EndTime": WHEN,
            "MetricDataQueries": [{"Id": "a", "Expression": "SUM(METRICS())", "ReturnData": True, "Period": 300}],
        },
    ),
    ("cloudwatch", "DescribeAlarms", "query", {"AlarmNames": ["a", "b"], "StateValue": "ALARM"}),
]


@pytest.mark.parametrize(("service", "operation", "protocol", "params"), REQUESTS)
def test_requests_are_read_as_botocore_wrote_them(
    service: str, operation: str, protocol: str, params: dict[str, Any]
) -> None:
    request = sent(service, operation, protocol, params)
    model = models.service_model(service)
    assert model is not None
    assert models.operation_name(service, request) == operation
    assert models.protocol_of(model, request) == protocol
    read = parse.parse(model.operation_model(operation), protocol, request)
    # S3 buckets may reach a server in the path only; botocore adds the bucket there later, here it is in the template.
    assert read == params


RESULTS: list[tuple[str, str, str, dict[str, Any]]] = [
    (
        "ce",
        "GetTags",
        "json",
        {"Tags": ["", "team", "é€"], "ReturnSize": 3, "TotalSize": 3, "NextPageToken": "x"},
    ),
    (
        "cloudtrail",
        "LookupEvents",
        "json",
        {"Events": [{"EventId": "1", "EventTime": WHEN, "Resources": [{"ResourceName": "a"}]}], "NextToken": "t"},
    ),
    ("organizations", "ListAccounts", "json", {"Accounts": [{"Id": "210000000012", "JoinedTimestamp": WHEN}]}),
    (
        "sts",
        "AssumeRole",
        "query",
        {
            "Credentials": {
                "AccessKeyId": "A" * 20,
                "SecretAccessKey": "<&>",
                "SessionToken": "t",
                "Expiration": WHEN,
            }
        },
    ),
    (
        "iam",
        "GetAccountSummary",
        "query",
        {"SummaryMap": {"Users": 12, "AccountMFAEnabled": 0}},
    ),
    (
        "rds",
        "DescribeDBInstances",
        "query",
        {
            "DBInstances": [
                {"DBInstanceIdentifier": "x", "MultiAZ": True, "TagList": [{"Key": "team", "Value": "data"}]}
            ]
        },
    ),
    (
        "ec2",
        "DescribeInstances",
        "ec2",
        {
            "Reservations": [
                {"Instances": [{"InstanceId": "i-1", "LaunchTime": WHEN, "Tags": [{"Key": "a", "Value": "b"}]}]}
            ]
        },
    ),
    (
        "savingsplans",
        "DescribeSavingsPlans",
        "rest-json",
        {"savingsPlans": [{"savingsPlanId": "1", "tags": {"a": "b"}}]},
    ),
    ("backup", "ListBackupJobs", "rest-json", {"BackupJobs": [{"BackupJobId": "1", "CreationDate": WHEN}]}),
    (
        "s3",
        "ListBuckets",
        "rest-xml",
        {"Buckets": [{"Name": "a", "CreationDate": WHEN}, {"Name": "b", "CreationDate": WHEN}], "Owner": {"ID": "x"}},
    ),
    ("s3", "GetBucketTagging", "rest-xml", {"TagSet": [{"Key": "team", "Value": "a<b"}]}),
    (
        "s3",
        "GetPublicAccessBlock",
        "rest-xml",
        {"PublicAccessBlockConfiguration": {"BlockPublicAcls": True, "IgnorePublicAcls": False}},
    ),
    (
        "cloudwatch",
        "GetMetricData",
        "smithy-rpc-v2-cbor",
        {"MetricDataResults": [{"Id": "a", "Timestamps": [WHEN], "Values": [1.5, 0.0], "StatusCode": "Complete"}]},
    ),
    ("cloudwatch", "DescribeAlarms", "query", {"MetricAlarms": [{"AlarmName": "a", "Threshold": 1.0}]}),
]


@pytest.mark.parametrize(("service", "operation", "protocol", "value"), RESULTS)
def test_results_are_read_by_botocore_as_the_handler_meant_them(
    service: str, operation: str, protocol: str, value: dict[str, Any]
) -> None:
    model = models.service_model(service)
    assert model is not None
    operation_model = model.operation_model(operation)
    response = serialize.result(operation_model, protocol, value, "rid")
    parsed = create_parser(protocol).parse(
        {"headers": response.headers, "body": response.body, "status_code": response.status},
        operation_model.output_shape,
    )
    parsed.pop("ResponseMetadata", None)
    empty = {key: item for key, item in parsed.items() if item not in ([], {})}
    assert empty == value


@pytest.mark.parametrize("protocol", ["json", "rest-json", "query", "ec2", "rest-xml", "smithy-rpc-v2-cbor"])
def test_errors_keep_code_message_and_status_in_every_protocol(protocol: str) -> None:
    service = {"rest-xml": "s3", "ec2": "ec2"}.get(protocol, "cloudwatch")
    response = serialize.error(service, protocol, AwsError("SlowDown", "Please <wait> & see", 503), "rid-1")
    parsed = create_parser(protocol).parse(
        {"headers": response.headers, "body": response.body, "status_code": response.status}, None
    )
    assert parsed["Error"]["Code"] == "SlowDown"
    assert parsed["Error"]["Message"] == "Please <wait> & see"
    assert response.status == 503


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ({"Tags": ["a"], "ReturnSize": 1, "TotalSize": 1, "Tgas": []}, "Tgas"),
        ({"Tags": [1], "ReturnSize": 1, "TotalSize": 1}, "Tags[0]"),
        ({"Tags": ["a"], "ReturnSize": "1", "TotalSize": 1}, "ReturnSize"),
    ],
)
def test_a_handler_that_misspells_or_mistypes_is_found_out(value: dict[str, Any], named: str) -> None:
    """Silently dropped members would read as "nothing there"."""
    model = models.service_model("ce")
    assert model is not None
    with pytest.raises(AwsError) as error:
        serialize.result(model.operation_model("GetTags"), "json", value, "rid")
    assert error.value.code == "SampleEstateDefect" and named in error.value.message


@pytest.mark.parametrize(
    ("service", "operation", "params", "code", "words"),
    [
        ("ce", "GetCostAndUsage", {"Granularity": "DAILY"}, "ValidationException", "'timePeriod'"),
        ("organizations", "ListAccounts", {"MaxResults": 21}, "InvalidInputException", "less than or equal to 20"),
        ("budgets", "DescribeBudgets", {"AccountId": "1"}, "InvalidParameterException", "'accountId'"),
        (
            "securityhub",
            "GetFindings",
            {"Filters": {"Id": [{"Comparison": "LIKE"}]}},
            "InvalidInputException",
            "EQUALS",
        ),
        ("guardduty", "ListFindings", {}, "BadRequestException", "'detectorId'"),
    ],
)
def test_bad_parameters_get_the_code_of_the_service(
    service: str, operation: str, params: dict[str, Any], code: str, words: str
) -> None:
    model = models.service_model(service)
    assert model is not None
    with pytest.raises(AwsError) as error:
        validate.check(service, model.operation_model(operation).input_shape, params)
    assert error.value.code == code and words in error.value.message


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"Metrics": "UnblendedCost"}', b'{"TimePeriod": 5}', b"\xff\xfe"])
def test_unreadable_json_is_a_serialization_error(body: bytes) -> None:
    model = models.service_model("ce")
    assert model is not None
    with pytest.raises(AwsError) as error:
        parse.parse(model.operation_model("GetCostAndUsage"), "json", WireRequest("POST", "/", body=body))
    assert error.value.code == "SerializationException"


CBOR_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**64), 2**64 - 1) | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
    max_leaves=20,
)


@settings(max_examples=150, deadline=None)
@given(CBOR_VALUES)
def test_cbor_round_trip(value: Any) -> None:
    assert cbor.loads(cbor.dumps(value)) == value


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60))
def test_hostile_cbor_raises_a_cbor_error_only(data: bytes) -> None:
    try:
        cbor.loads(data)
    except cbor.CborError:
        return
