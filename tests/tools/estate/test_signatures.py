"""Who has an access key but not its secret gets nothing, nor does a request that is old, changed or half signed."""

from __future__ import annotations

import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tools.estate.conftest import Clients
from tools.estate.credentials import PAYER_ACCESS_KEY, PAYER_SECRET_KEY, session_keys
from tools.estate.errors import AwsError
from tools.estate.protocol import signature
from tools.estate.protocol.wire import WireRequest
from tools.estate.server import SampleEstate
from tools.estate.world import BY_NAME

UTRECHT = session_keys(BY_NAME["venue-utrecht"].id)
PERIOD = {"TimePeriod": {"Start": "2026-09-01", "End": "2026-10-01"}}
CALLS: list[tuple[str, str, dict[str, Any], str, int]] = [
    ("ce", "get_tags", PERIOD, "InvalidSignatureException", 400),
    ("cloudwatch", "describe_alarms", {}, "InvalidSignatureException", 400),
    ("backup", "list_backup_jobs", {}, "InvalidSignatureException", 403),
    ("sts", "get_caller_identity", {}, "SignatureDoesNotMatch", 403),
    ("iam", "list_groups", {}, "SignatureDoesNotMatch", 403),
    ("ec2", "describe_instances", {}, "AuthFailure", 401),
    ("s3", "list_buckets", {}, "SignatureDoesNotMatch", 403),
    ("s3", "get_bucket_cors", {"Bucket": "lantern-data-lab-scratch"}, "SignatureDoesNotMatch", 403),
    ("glue", "get_databases", {}, "InvalidSignatureException", 400),
]


@pytest.mark.parametrize(("service", "call", "arguments", "code", "status"), CALLS)
@pytest.mark.parametrize("session", [False, True])
def test_attack_a_known_key_with_a_wrong_secret(
    estate: SampleEstate, service: str, call: str, arguments: dict[str, Any], code: str, status: int, session: bool
) -> None:
    there = boto3.client(
        service,
        endpoint_url=estate.endpoint,
        region_name="eu-west-1",
        aws_access_key_id=UTRECHT.access_key if session else PAYER_ACCESS_KEY,
        aws_secret_access_key="wrong",
        aws_session_token=UTRECHT.session_token if session else None,
        config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
    )
    with pytest.raises(ClientError) as refused:
        getattr(there, call)(**arguments)
    assert refused.value.response["Error"]["Code"] == code
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


def signed(url: str, body: bytes = b"", service: str = "ce", at: datetime | None = None, **headers: str) -> AWSRequest:
    """A request that botocore signed as the payer, at `at`."""
    given = {"content-type": "application/x-amz-json-1.1"} | {name.replace("_", "-"): v for name, v in headers.items()}
    request = AWSRequest("POST", url, given, body)
    signer = SigV4Auth(Credentials(PAYER_ACCESS_KEY, PAYER_SECRET_KEY), service, "us-east-1")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("botocore.auth.get_current_datetime", lambda *_: at or datetime.now(UTC))
        signer.add_auth(request)
    return request


def answered(estate: SampleEstate, request: AWSRequest, body: bytes | None = None, url: str = "") -> tuple[int, str]:
    made = request.prepare()
    data = made.body if body is None else body
    sent = urllib.request.Request(url or made.url, data, dict(made.headers), method=made.method)
    try:
        with urllib.request.urlopen(sent, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


TAGS = b'{"TimePeriod": {"Start": "2026-09-01", "End": "2026-10-01"}}'
TARGET = {"x_amz_target": "AWSInsightsIndexService.GetTags"}


@pytest.mark.parametrize(("minutes", "ok"), [(-16, False), (-14, True), (0, True), (14, True), (16, False)])
def test_attack_a_request_that_was_kept_or_is_dated_ahead(estate: SampleEstate, minutes: float, ok: bool) -> None:
    at = datetime.now(UTC) + timedelta(minutes=minutes)
    status, said = answered(estate, signed(estate.endpoint, TAGS, at=at, **TARGET))
    assert (status == 200) is ok, said
    if not ok:
        assert status == 400 and "InvalidSignatureException" in said
        assert ("expired" if minutes < 0 else "not yet current") in said


def test_attack_whatever_is_changed_after_signing_is_noticed(estate: SampleEstate) -> None:
    assert answered(estate, signed(estate.endpoint, TAGS, **TARGET))[0] == 200
    request = signed(estate.endpoint, TAGS, **TARGET)
    assert "InvalidSignature" in answered(estate, request, TAGS.replace(b"09-01", b"08-01"))[1]
    assert "InvalidSignature" in answered(estate, request, url=f"{estate.endpoint}/?a=1")[1]
    request.headers.replace_header("x-amz-target", "AWSInsightsIndexService.GetAnomalies")
    assert "InvalidSignature" in answered(estate, request)[1]
    added = signed(estate.endpoint, TAGS, **TARGET)
    added.headers["x-amz-security-token"] = UTRECHT.session_token
    assert "must be signed" in answered(estate, added)[1]


@pytest.mark.parametrize(
    "header",
    [
        "AWS4-HMAC-SHA256 Credential={key}/{day}/us-east-1/ce/aws4_request",
        "AWS4-HMAC-SHA256 Credential={key}/{day}/us-east-1/ce/aws4_request, SignedHeaders=host, Signature=",
        "AWS4-HMAC-SHA256 Credential={key}/{day}/us-east-1/ce/aws4_request, SignedHeaders=, Signature={zeros}",
        "AWS4-HMAC-SHA256 Credential={key}/20200101/us-east-1/ce/aws4_request, SignedHeaders=host;x-amz-date;"
        "x-amz-target, Signature={zeros}",
        "Bearer Credential={key}/{day}/us-east-1/ce/aws4_request",
    ],
)
def test_attack_a_signature_that_is_not_whole(estate: SampleEstate, header: str) -> None:
    request = signed(estate.endpoint, TAGS, **TARGET)
    day = request.headers["x-amz-date"][:8]
    request.headers.replace_header("authorization", header.format(key=PAYER_ACCESS_KEY, day=day, zeros="0" * 64))
    status, said = answered(estate, request)
    assert status in (400, 403) and "Signature" in said and "Tags" not in said


def test_a_presigned_url_is_good_until_it_ends_and_for_its_key_only(client: Clients) -> None:
    there = client("sts", region="us-east-1")
    whole = there.generate_presigned_url("get_caller_identity", ExpiresIn=60, HttpMethod="GET")
    with urllib.request.urlopen(whole, timeout=20) as answer:
        assert BY_NAME["payer"].id in answer.read().decode()
    for url in (
        whole[:-1] + ("0" if whole[-1] != "0" else "1"),
        there.generate_presigned_url("get_caller_identity", ExpiresIn=0, HttpMethod="GET"),
        whole.split("&X-Amz-Signature")[0],
    ):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(url, timeout=20)
        assert "SignatureDoesNotMatch" in refused.value.read().decode()


TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF), max_size=12)


@given(path=st.lists(TEXT, max_size=3), query=st.dictionaries(TEXT.filter(bool), TEXT, max_size=3), body=st.binary())
@settings(max_examples=60, deadline=None)
def test_whatever_botocore_signs_is_accepted_with_its_secret_and_no_other(
    path: list[str], query: dict[str, str], body: bytes
) -> None:
    from urllib.parse import quote, urlencode

    where = "/" + "/".join(quote(part, safe="-_.~") for part in path)
    found = signed(f"http://127.0.0.1:1{where}?{urlencode(query, quote_via=quote)}", body, service="backup")
    made = found.prepare()
    _, _, rest = made.url.partition("://127.0.0.1:1")
    there, _, asked = rest.partition("?")
    headers = {name.lower(): value for name, value in made.headers.items()} | {"host": "127.0.0.1:1"}
    request = WireRequest("POST", there, asked, headers, body)
    scope = request.scope
    assert scope is not None
    signature.check(request, scope, PAYER_SECRET_KEY, "rest-json", datetime.now(UTC))
    with pytest.raises(AwsError, match="InvalidSignatureException"):
        signature.check(request, scope, "another", "rest-json", datetime.now(UTC))
