"""The endpoint of the sample estate as boto3 meets it: who asks, what is refused, and bad days on demand."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import BotoCoreError, ClientError, ReadTimeoutError
from botocore.parsers import ResponseParserError

from tools.estate.credentials import PAYER_ACCESS_KEY, PAYER_SECRET_KEY
from tools.estate.server import SampleEstate, open_estate
from tools.estate.world import ACCOUNTS, BY_NAME

MONTH = {"Start": "2026-09-01", "End": "2026-10-01"}
SPEND = {"TimePeriod": MONTH, "Granularity": "MONTHLY", "Metrics": ["UnblendedCost"]}


def code_of(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


def test_a_role_assumed_in_each_account_answers_for_that_account(client: Any, estate: SampleEstate) -> None:
    sts = client("sts")
    for account in ACCOUNTS:
        keys = sts.assume_role(RoleArn=f"arn:aws:iam::{account.id}:role/RegentReader", RoleSessionName="regent")[
            "Credentials"
        ]
        there = boto3.client(
            "sts",
            endpoint_url=estate.endpoint,
            region_name="eu-west-1",
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
        )
        assert there.get_caller_identity()["Account"] == account.id


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:iam::210000000789:role/Admin",
        "arn:aws:iam::999999999999:role/RegentReader",
        "arn:aws:iam::210000000789:role/RegentReader/extra",
    ],
)
def test_other_roles_and_unknown_accounts_are_denied(client: Any, arn: str) -> None:
    with pytest.raises(ClientError) as error:
        client("sts").assume_role(RoleArn=arn, RoleSessionName="regent")
    assert code_of(error) == "AccessDenied"


def test_a_member_account_cannot_hop_to_another(client: Any) -> None:
    with pytest.raises(ClientError) as error:
        client("sts", account="data-lab").assume_role(
            RoleArn="arn:aws:iam::210000000567:role/RegentReader", RoleSessionName="hop"
        )
    assert code_of(error) == "AccessDenied"


@pytest.mark.parametrize(
    ("service", "call", "arguments", "code"),
    [
        ("ce", "get_cost_and_usage", SPEND, "UnrecognizedClientException"),
        ("sts", "get_caller_identity", {}, "InvalidClientTokenId"),
        ("s3", "list_buckets", {}, "InvalidAccessKeyId"),
    ],
)
def test_unknown_keys_and_forged_tokens_get_the_error_of_the_service(
    estate: SampleEstate, service: str, call: str, arguments: dict[str, Any], code: str
) -> None:
    for key, token in (
        ("AKIAUNKNOWNUNKNOWN00", None),
        ("ASXXSAMP210000000789", "forged"),
        ("ASXXSAMP999999999999", "x"),
    ):
        there = boto3.client(
            service,
            endpoint_url=estate.endpoint,
            region_name="eu-west-1",
            aws_access_key_id=key,
            aws_secret_access_key="secret",
            aws_session_token=token,
        )
        with pytest.raises(ClientError) as error:
            getattr(there, call)(**arguments)
        assert code_of(error) == code


def test_what_the_sample_cannot_answer_says_so_once_and_by_name(client: Any, estate: SampleEstate) -> None:
    """An empty 200 would be read as "there is none"; a 500 would be retried for seconds."""
    calls = (
        (client("glue", retries={"max_attempts": 5}).get_tables, {"DatabaseName": "lake"}, "glue:GetTables"),
        (client("route53", retries={"max_attempts": 5}).list_hosted_zones, {}, "route53:ListHostedZones"),
        (client("bedrock", retries={"max_attempts": 5}).list_custom_models, {}, "bedrock:ListCustomModels"),
        (
            client("ce", retries={"max_attempts": 5}).list_cost_category_definitions,
            {},
            "ce:ListCostCategoryDefinitions",
        ),
    )
    for call, arguments, named in calls:
        before = len(estate.calls)
        with pytest.raises(ClientError) as error:
            call(**arguments)
        assert code_of(error) == "NotInSampleEstate"
        assert named in str(error.value)
        assert len(estate.calls) == before + 1


def test_every_response_has_a_request_id_of_its_own(client: Any) -> None:
    sts = client("sts")
    ids = {sts.get_caller_identity()["ResponseMetadata"]["RequestId"] for _ in range(20)}
    assert len(ids) == 20
    with pytest.raises(ClientError) as error:
        client("ce").get_cost_and_usage(**{**SPEND, "Metrics": ["Nonsense"]})
    assert error.value.response["ResponseMetadata"]["RequestId"] not in {"", *ids}


def test_an_unsigned_request_is_refused(estate: SampleEstate) -> None:
    port = int(estate.endpoint.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=60) as raw:
        raw.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        answer = raw.makefile("rb").read()
    assert b" 403 " in answer.split(b"\r\n")[0] and b"MissingAuthenticationToken" in answer


def test_it_listens_on_the_loopback_only(estate: SampleEstate) -> None:
    assert estate.endpoint.startswith("http://127.0.0.1:")


def test_twenty_threads_get_the_same_answer(client: Any) -> None:
    there = client("ce", max_pool_connections=20)
    found: list[str] = []

    def ask() -> None:
        answer = there.get_cost_and_usage(**SPEND)
        found.append(answer["ResultsByTime"][0]["Total"]["UnblendedCost"]["Amount"])

    threads = [threading.Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 20 and len(set(found)) == 1


# Bad days


def test_throttling_is_retried_by_boto3_and_then_answered(client: Any, estate: SampleEstate) -> None:
    estate.fault(service="ce", operation="GetCostAndUsage", kind="throttle", times=2)
    answer = client("ce", retries={"max_attempts": 4, "mode": "standard"}).get_cost_and_usage(**SPEND)
    assert answer["ResponseMetadata"]["RetryAttempts"] == 2
    assert [call.status for call in estate.calls] == [400, 400, 200]


@pytest.mark.parametrize(
    ("kind", "code", "status"), [("throttle", "ThrottlingException", 400), ("error", "InternalFailure", 500)]
)
def test_a_fault_that_outlasts_the_retries_reaches_the_caller(
    client: Any, estate: SampleEstate, kind: Any, code: str, status: int
) -> None:
    estate.fault(service="ce", operation="GetCostAndUsage", kind=kind, times=None)
    with pytest.raises(ClientError) as error:
        client("ce").get_cost_and_usage(**SPEND)
    assert code_of(error) == code
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


def test_denied_meets_only_the_account_it_was_planned_for(client: Any, estate: SampleEstate) -> None:
    estate.fault(service="sts", kind="denied", account=BY_NAME["venue-utrecht"].id, times=None)
    with pytest.raises(ClientError) as error:
        client("sts", account="venue-utrecht").get_caller_identity()
    assert code_of(error) == "AccessDenied" and "sts:GetCallerIdentity" in str(error.value)
    assert client("sts", account="venue-amsterdam").get_caller_identity()["Account"] == BY_NAME["venue-amsterdam"].id
    estate.clear_faults()
    assert client("sts", account="venue-utrecht").get_caller_identity()


def test_a_malformed_body_is_visible_to_the_caller(client: Any, estate: SampleEstate) -> None:
    """XML raises. botocore swallows broken JSON, so a query must miss the members that an answer always has."""
    estate.fault(service="sts", kind="malformed")
    with pytest.raises(ResponseParserError):
        client("sts").get_caller_identity()
    estate.fault(service="ce", kind="malformed")
    assert "ResultsByTime" not in client("ce").get_cost_and_usage(**SPEND)
    assert "ResultsByTime" in client("ce").get_cost_and_usage(**SPEND)


def test_a_timeout_ends_in_the_clients_own_limit(client: Any, estate: SampleEstate) -> None:
    estate.fault(service="sts", kind="timeout")
    there = client("sts", read_timeout=0.3, retries={"total_max_attempts": 1})
    with pytest.raises(ReadTimeoutError):
        there.get_caller_identity()


def test_slow_answers_are_right_answers(client: Any, estate: SampleEstate) -> None:
    estate.fault(service="sts", kind="slow", seconds=0.2)
    began = time.monotonic()
    assert client("sts").get_caller_identity()["Account"] == BY_NAME["payer"].id
    assert time.monotonic() - began >= 0.2


def test_an_unknown_fault_is_refused(estate: SampleEstate) -> None:
    with pytest.raises(ValueError, match="expected one of throttle"):
        estate.fault(service="ce", kind="explode")  # type: ignore[arg-type]  # the wrong kind is the point


# Life and death


def test_stop_frees_the_port_twice_even_with_a_hanging_request(cost_home: Path) -> None:
    estate = open_estate(cost_home)
    estate.fault(service="sts", kind="timeout", times=None)
    there = boto3.client(
        "sts",
        endpoint_url=estate.endpoint,
        region_name="eu-west-1",
        aws_access_key_id=PAYER_ACCESS_KEY,
        aws_secret_access_key=PAYER_SECRET_KEY,
    )
    ended: list[Exception] = []

    def ask() -> None:
        try:
            there.get_caller_identity()
        except BotoCoreError as error:
            ended.append(error)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    port = int(estate.endpoint.rpartition(":")[2])
    time.sleep(0.2)
    estate.stop()
    estate.stop()
    with pytest.raises(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        raise AssertionError("something still listens")
    asking.join(90)
    assert len(ended) == 1


def test_two_estates_do_not_share_faults(cost_home: Path, client: Any) -> None:
    with open_estate(cost_home) as other:
        other.fault(service="sts", kind="denied", times=None)
        assert client("sts").get_caller_identity()


def test_opening_an_estate_imports_nothing_heavy(tmp_path: Path) -> None:
    """`regent --help` and every start pay for what is imported here."""
    script = (
        "import sys, pathlib\n"
        "from tools.estate.server import open_estate\n"
        f"open_estate(pathlib.Path({str(tmp_path)!r})).stop()\n"
        "print(sorted({'boto3', 'botocore', 'duckdb', 'moto', 'pydantic', 'structlog', 'strands'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
    assert list(tmp_path.iterdir()) == []
