"""The passage: what is let out of the network, end to end from a botocore client to a host, and what is not."""

import base64
import http.client
import http.server
import json
import threading
from functools import cache

import boto3
import pytest

from infra import forward
from infra.config import load_environment
from policies.access.errors import KeysUnreadableError
from policies.access.jwks import fetch_json
from tools.catalogue import queries
from tools.errors import AwsCallError, SettingsError
from tools.passage import Passage, PassageError, by_lambda, current, opened

SIGNED = {"Authorization": "AWS4-HMAC-SHA256 Credential=x"}
S3 = "https://stranger.s3.eu-central-1.amazonaws.com"
CE = "https://ce.us-east-1.amazonaws.com/"


@cache
def example_rules():
    from infra.constructs.passage import rules

    return rules(load_environment("example"))


@pytest.fixture
def host():
    """A server that stands for every host outside, and what reached it."""
    seen = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            seen.append((self.command, self.path, dict(self.headers), body))
            answer = json.dumps(ANSWERS.get(self.path, {"DimensionValues": [], "ReturnSize": 0, "TotalSize": 0}))
            self.send_response(200)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("x-amzn-RequestId", "11111111-2222-3333-4444-555555555555")
            self.end_headers()
            self.wfile.write(answer.encode())

        def do_GET(self):
            self.do_POST()

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield lambda name: http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=60), seen
    server.shutdown()


ANSWERS = {"/.well-known/openid-configuration": {"issuer": "https://login.example.com"}}


@pytest.fixture
def passage(host):
    """The passage with the real function behind it; only the last connection goes to the server on this machine."""
    connect, _ = host
    return Passage(
        "eu-west-1", lambda payload: json.dumps(forward.forward(json.loads(payload), example_rules(), connect)).encode()
    )


def asked(method="POST", url=CE, headers=None, body=b""):
    target = {"X-Amz-Target": "AWSInsightsIndexService.GetCostAndUsage"}
    return forward.refusal(method, url, SIGNED | target if headers is None else headers, body, example_rules())


def test_a_declared_call_of_a_global_service_gets_out_signed_and_unchanged(host, passage):
    _, seen = host
    client = boto3.client("ce", region_name="eu-west-1", aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key="x")

    def through(request, **_):
        from botocore.awsrequest import AWSResponse

        headers = {k: v.decode() if isinstance(v, bytes) else v for k, v in request.headers.items()}
        status, back, data = passage.send(request.method, request.url, headers, request.body)
        answer = AWSResponse(request.url, status, back, None)
        answer._content = data
        return answer

    client.meta.events.register("before-send", through)
    period = {"Start": "2026-09-01", "End": "2026-10-01"}
    found = client.get_dimension_values(TimePeriod=period, Dimension="SERVICE")
    assert found["TotalSize"] == 0
    [(method, path, headers, body)] = seen
    assert (method, path) == ("POST", "/") and json.loads(body)["TimePeriod"] == period
    assert "AKIDEXAMPLE" in headers["Authorization"]
    signed = headers["Authorization"].partition("SignedHeaders=")[2].partition(",")[0].split(";")
    there = {name.lower() for name in headers}
    assert set(signed) <= there, "a header that was signed did not arrive"


def test_a_query_asks_through_the_passage_and_has_its_receipt(passage, tmp_path):
    from datetime import UTC, datetime

    from botocore.session import Session

    from tools.accounts import Account, Directory
    from tools.calls import Aws
    from tools.receipts import ReceiptFiles
    from tools.sessions import Sessions
    from tools.wire import RUNNING, Running, hook

    session = Session()
    session.set_credentials("AKIDEXAMPLE", "x")
    sessions = Sessions(session, role=None, region="eu-west-1", on_client=hook)
    payer = Account(id="222222222222", name="payer")
    aws = Aws(sessions, Directory((payer,), payer), datetime.now(UTC), ("eu-west-1",), currency="USD")
    store = ReceiptFiles(tmp_path / "receipts", tmp_path / "receipts.key")
    given = {"TimePeriod": {"Start": "2026-09-01", "End": "2026-10-01"}, "Dimension": "SERVICE"}
    allowed = frozenset({"ce:GetDimensionValues", "ce:UpdateCostAllocationTagsStatus"})
    token = RUNNING.set(Running("a test", allowed, "aws", store))
    try:
        with opened(passage):
            reply = aws.call(payer, "ce:GetDimensionValues", **given)
            assert reply.data["TotalSize"] == 0 and reply.receipt
            with pytest.raises(AwsCallError, match="UpdateCostAllocationTagsStatus is not declared"):
                aws.call(
                    payer,
                    "ce:UpdateCostAllocationTagsStatus",
                    CostAllocationTagsStatus=[{"TagKey": "team", "Status": "Active"}],
                )
    finally:
        RUNNING.reset(token)


def test_an_issuers_keys_are_fetched_through_it_and_a_foreign_issuers_are_not(host, passage):
    _, seen = host
    with opened(passage):
        assert fetch_json("https://login.example.com/.well-known/openid-configuration")["issuer"]
        with pytest.raises(KeysUnreadableError, match="not on the list"):
            fetch_json("https://evil.example.net/keys")
    assert len(seen) == 1 and "Authorization" not in seen[0][2]


@pytest.mark.parametrize(
    ("attack", "given"),
    [
        ("another host", {"url": "https://evil.example.com/"}),
        ("a host that ends alike", {"url": "https://ce.us-east-1.amazonaws.com.evil.example/"}),
        ("a listed host as user name", {"url": "https://ce.us-east-1.amazonaws.com@evil.example/"}),
        ("a user name before the host", {"url": "https://evil@ce.us-east-1.amazonaws.com/"}),
        ("another port", {"url": "https://ce.us-east-1.amazonaws.com:8443/"}),
        ("without TLS", {"url": "http://ce.us-east-1.amazonaws.com/"}),
        ("the metadata service", {"url": "http://169.254.169.254/latest/meta-data/", "method": "GET"}),
        ("without a signature", {"headers": {"X-Amz-Target": "AWSInsightsIndexService.GetCostAndUsage"}}),
        ("an operation that is not declared", {"headers": SIGNED | {"X-Amz-Target": "X.CreateAnomalyMonitor"}}),
        ("no operation", {"headers": SIGNED}),
        (
            "two operations in headers",
            {"headers": SIGNED | {"X-Amz-Target": "X.GetTags", "x-amz-target": "X.CreateAnomalyMonitor"}},
        ),
        (
            "one in the header and one in the body",
            {"headers": SIGNED | {"X-Amz-Target": "X.GetTags"}, "body": b"Version=1&Action=CreateAnomalyMonitor"},
        ),
        ("an action in the address", {"url": f"{CE}?Action=CreateAnomalyMonitor"}),
        ("a write to IAM", {"url": "https://iam.amazonaws.com/", "headers": SIGNED, "body": b"Action=CreateUser"}),
        (
            "an encoded write to IAM",
            {"url": "https://iam.amazonaws.com/", "headers": SIGNED, "body": b"Action=List%55sers&Action=CreateUser"},
        ),
        ("an object written to a stranger's bucket", {"url": f"{S3}/loot", "method": "PUT", "body": b"loot"}),
        ("an object sent with a reading method", {"url": f"{S3}/loot", "method": "GET", "body": b"loot"}),
        ("S3 of a region that is not declared", {"url": "https://b.s3.us-east-1.amazonaws.com/", "method": "GET"}),
        (
            "a service of a region that is not declared",
            {"url": "https://ec2.us-east-1.amazonaws.com/", "headers": SIGNED, "body": b"Action=DescribeInstances"},
        ),
        (
            "a REST path that is not declared",
            {"url": "https://lambda.eu-central-1.amazonaws.com/2015-03-31/functions/f/invocations", "headers": SIGNED},
        ),
        (
            "a REST path with another method",
            {"url": "https://lambda.eu-central-1.amazonaws.com/2015-03-31/functions", "headers": SIGNED},
        ),
        (
            "words sent to the issuer",
            {"url": "https://login.example.com/?said=secret", "method": "GET", "headers": {}},
        ),
        ("a form sent to the issuer", {"url": "https://login.example.com/", "headers": {}, "body": b"secret"}),
    ],
)
def test_the_passage_refuses(attack, given):
    assert asked(**given), attack


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"url": "https://iam.amazonaws.com/", "headers": SIGNED, "body": b"Action=ListUsers&Version=2010-05-08"},
        {
            "url": "https://lambda.eu-central-1.amazonaws.com/2015-03-31/functions?Marker=x",
            "method": "GET",
            "headers": SIGNED,
        },
        {
            "url": "https://guardduty.eu-central-1.amazonaws.com/detector/0123/findings/get",
            "headers": SIGNED,
            "body": b"{}",
        },
        {
            "url": "https://111111111111.s3-control.eu-west-1.amazonaws.com/v20180820/x",
            "method": "GET",
            "headers": SIGNED,
        },
        {
            "url": "https://monitoring.eu-central-1.amazonaws.com/service/GraniteServiceVersion20100801/operation/ListMetrics",
            "headers": SIGNED,
        },
    ],
)
def test_the_passage_lets_out_what_is_declared(given):
    assert asked(**given) is None


def test_hosts_and_protocols_are_those_that_botocore_uses():
    from infra.constructs.passage import REST
    from infra.constructs.reach import GLOBAL_HOSTS, services

    session = boto3.Session(aws_access_key_id="x", aws_secret_access_key="x")
    called = {o.partition(":")[0] for query in queries().values() for o in query.operations}
    for service in services():
        if service.name in called - {"s3", "s3control"}:
            client = session.client(service.name, region_name="eu-central-1")
            model, url = client.meta.service_model, client.meta.endpoint_url
            assert model.resolved_protocol.startswith("rest") == (service.name in REST), service.name
            if service.name != "cost-optimization-hub":  # asked in us-east-1, wherever botocore believes it to be
                assert url.removeprefix("https://") in example_rules()["hosts"], service.name
    assert set(GLOBAL_HOSTS.values()) <= set(example_rules()["hosts"])


@pytest.mark.parametrize(
    ("url", "through"),
    [
        ("https://ec2.eu-west-1.amazonaws.com/", False),
        ("https://bucket.s3.eu-west-1.amazonaws.com/", False),
        ("https://ec2.eu-central-1.amazonaws.com/", True),
        ("https://iam.amazonaws.com/", True),
        ("https://111111111111.s3-control.eu-west-1.amazonaws.com/", True),
        ("https://login.example.com/", True),
    ],
)
def test_what_has_an_endpoint_inside_goes_directly(url, through):
    assert Passage("eu-west-1", lambda payload: b"").takes(url) is through


@pytest.mark.parametrize("answer", [b"", b"null is no answer", b"{}", b'{"failed": "timeout"}'])
def test_an_answer_that_is_none_is_an_error_and_no_empty_result(answer):
    with pytest.raises(PassageError):
        Passage("eu-west-1", lambda payload: answer).send("POST", CE, {}, b"")


def test_an_answer_that_is_too_large_is_said_to_be(host, monkeypatch):
    monkeypatch.setattr(forward, "MOST_BYTES", 10)
    event = {"method": "POST", "url": CE, "headers": SIGNED | {"X-Amz-Target": "X.GetTags"}, "body": ""}
    assert "more than" in forward.forward(event, example_rules(), host[0])["failed"]


def test_its_log_has_no_content(host, capsys):
    body = base64.b64encode(b'{"secret": "who asked"}').decode()
    event = {"method": "POST", "url": CE, "headers": SIGNED | {"X-Amz-Target": "X.GetTags"}, "body": body}
    forward.forward(event, example_rules(), host[0])
    line = json.loads(capsys.readouterr().out)
    assert set(line) == {"host", "operation", "status", "why", "ms"} and line["operation"] == "GetTags"


def test_the_function_may_write_its_log_and_nothing_else(stacks):
    policies = [one["Properties"] for one in stacks["Network"].values() if one["Type"] == "AWS::IAM::Policy"]
    [policy] = [one for one in policies if "PassageRole" in json.dumps(one["Roles"])]
    allowed = [action for s in policy["PolicyDocument"]["Statement"] for action in s["Action"]]
    assert sorted(allowed) == ["logs:CreateLogStream", "logs:PutLogEvents"]
    [function] = [
        one["Properties"]
        for one in stacks["Network"].values()
        if one["Type"] == "AWS::Lambda::Function" and one["Properties"]["Handler"] == "forward.handler"
    ]
    assert "VpcConfig" not in function, "inside the network it would reach nothing"


def test_a_passage_that_is_no_function_is_refused():
    with pytest.raises(SettingsError, match="ARN of a Lambda function"):
        by_lambda("regent-passage")


def test_outside_of_the_block_everything_is_asked_directly_again(passage):
    with opened(passage):
        assert current() is passage
    assert current() is None
