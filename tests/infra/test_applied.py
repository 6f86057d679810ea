"""Settings applied by API: read first, written only where they differ, and never loosened."""

import http.server
import json
import threading

import boto3
import pytest
from botocore.stub import Stubber

from infra import applied

RUNTIME = {
    "agentRuntimeArn": "arn:aws:bedrock-agentcore:eu-west-1:111111111111:runtime/regent-abc",
    "agentRuntimeName": "regent",
    "agentRuntimeId": "regent-0123456789",
    "agentRuntimeVersion": "4",
    "createdAt": 1,
    "lastUpdatedAt": 1,
    "roleArn": "arn:aws:iam::111111111111:role/Runtime",
    "networkConfiguration": {"networkMode": "PUBLIC"},
    "status": "READY",
    "lifecycleConfiguration": {"idleRuntimeSessionTimeout": 900, "maxLifetime": 14400},
    "agentRuntimeArtifact": {
        "codeConfiguration": {
            "code": {"s3": {"bucket": "assets", "prefix": "a.zip"}},
            "runtime": "PYTHON_3_11",
            "entryPoint": ["main.py"],
        }
    },
    "environmentVariables": {"REGENT_ESTATE": "aws"},
    "requestHeaderConfiguration": {"requestHeaderAllowlist": ["Authorization"]},
    "platformVersion": "V2",
}


def stubbed(service):
    """A real client that answers in the order given, and refuses what does not fit AWS's own model of the call."""
    client = boto3.client(service, region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
    return client, Stubber(client)


def apply(client, **given):
    return applied.apply(given, lambda service: client, sleep=lambda seconds: None)


def test_a_runtime_is_told_all_it_was_told_before_and_to_require_tokens_for_metadata():
    client, stub = stubbed("bedrock-agentcore-control")
    kept = {name: RUNTIME[name] for name in applied.KEPT if name in RUNTIME}
    asked = {"agentRuntimeId": "regent-0123456789"}
    stub.add_response("get_agent_runtime", RUNTIME, asked)
    told = {**asked, **kept, "metadataConfiguration": {"requireMMDSV2": True}}
    stub.add_response(
        "update_agent_runtime",
        {key: RUNTIME[key] for key in ("agentRuntimeArn", "agentRuntimeId", "createdAt", "lastUpdatedAt", "status")}
        | {"agentRuntimeVersion": "5"},
        told,
    )
    now = {**RUNTIME, "agentRuntimeVersion": "5", "metadataConfiguration": {"requireMMDSV2": True}}
    stub.add_response("get_agent_runtime", {**now, "status": "UPDATING"}, asked)
    stub.add_response("get_agent_runtime", now, asked)
    with stub:
        assert apply(client, Setting="runtime-metadata", RuntimeId="regent-0123456789") == {"Version": "5"}
        stub.assert_no_pending_responses()


def test_nothing_that_aws_reports_of_a_runtime_is_forgotten_by_the_update():
    """A parameter that AWS adds to runtimes tomorrow must be passed on too, or the update would drop it."""
    client, _ = stubbed("bedrock-agentcore-control")
    model = client.meta.service_model
    told = set(model.operation_model("UpdateAgentRuntime").input_shape.members)
    reported = set(model.operation_model("GetAgentRuntime").output_shape.members)
    assert set(applied.KEPT) == (told & reported) - {"agentRuntimeId", "metadataConfiguration"}


def test_a_runtime_that_requires_them_already_is_left_alone():
    client, stub = stubbed("bedrock-agentcore-control")
    stub.add_response("get_agent_runtime", {**RUNTIME, "metadataConfiguration": {"requireMMDSV2": True}})
    with stub:
        assert apply(client, Setting="runtime-metadata", RuntimeId="regent-0123456789") == {"Version": "4"}


def test_a_runtime_that_did_not_take_it_is_a_failure():
    client, stub = stubbed("bedrock-agentcore-control")
    stub.add_response("get_agent_runtime", RUNTIME)
    keys = ("agentRuntimeArn", "agentRuntimeId", "agentRuntimeVersion", "createdAt", "lastUpdatedAt", "status")
    stub.add_response("update_agent_runtime", {key: RUNTIME[key] for key in keys})
    stub.add_response("get_agent_runtime", RUNTIME)
    with stub, pytest.raises(RuntimeError, match="does not require"):
        apply(client, Setting="runtime-metadata", RuntimeId="regent-0123456789")


@pytest.mark.parametrize("status", ["UPDATE_FAILED", "CREATE_FAILED"])
def test_a_runtime_that_failed_is_not_waited_for(status):
    client, stub = stubbed("bedrock-agentcore-control")
    stub.add_response("get_agent_runtime", {**RUNTIME, "status": status})
    with stub, pytest.raises(TimeoutError, match=status):
        apply(client, Setting="runtime-metadata", RuntimeId="regent-0123456789")


def test_invocations_are_logged_whole_to_our_group_and_only_set_once():
    client, stub = stubbed("bedrock")
    stub.add_response("get_model_invocation_logging_configuration", {})
    given = {
        "Setting": "invocation-logging",
        "LogGroup": "/regent/x",
        "RoleArn": "arn:aws:iam::111111111111:role/L",
        "Bucket": "long-ones",
    }
    config = {
        "cloudWatchConfig": {
            "logGroupName": given["LogGroup"],
            "roleArn": given["RoleArn"],
            "largeDataDeliveryS3Config": {"bucketName": given["Bucket"]},
        },
        **{f"{k}DataDeliveryEnabled": True for k in ("text", "image", "embedding", "video", "audio")},
    }
    stub.add_response("put_model_invocation_logging_configuration", {}, {"loggingConfig": config})
    large = {"bucketName": given["Bucket"], "keyPrefix": ""}  # AWS may say an empty prefix back
    told = config | {"cloudWatchConfig": config["cloudWatchConfig"] | {"largeDataDeliveryS3Config": large}}
    stub.add_response("get_model_invocation_logging_configuration", {"loggingConfig": told})
    with stub:
        apply(client, **given)
        apply(client, **given)
        stub.assert_no_pending_responses()


def test_bedrock_is_told_to_keep_nothing():
    client, stub = stubbed("bedrock")
    stub.add_response("get_account_data_retention", {"mode": "default", "updatedAt": 1})
    stub.add_response("put_account_data_retention", {"mode": "none", "updatedAt": 2}, {"mode": "none"})
    with stub:
        assert apply(client, Setting="data-retention", Mode="none") == {"Mode": "none"}
        stub.assert_no_pending_responses()


def test_records_of_every_strategy_get_an_end():
    client, stub = stubbed("bedrock-agentcore-control")
    strategy = {
        "name": "s",
        "type": "SEMANTIC",
        "namespaces": ["n"],
        "namespaceTemplates": ["n"],
        "strategyId": "semantic-0123456789",
    }
    memory = {
        "arn": "arn:aws:bedrock-agentcore:eu-west-1:111111111111:memory/m-0123456789",
        "id": "m-0123456789",
        "name": "m",
        "eventExpiryDuration": 30,
        "status": "ACTIVE",
        "createdAt": 1,
        "updatedAt": 1,
        "strategies": [{**strategy, "recordExpiryDurationDays": 60}, {**strategy, "strategyId": "late-0123456789"}],
    }
    asked = {"memoryId": "m-0123456789"}
    stub.add_response("get_memory", {"memory": memory}, asked)
    change = {
        "memoryStrategyId": "late-0123456789",
        "recordExpirySpecification": {"recordExpiryDurationDays": 60},
    }
    stub.add_response(
        "update_memory", {"memory": memory}, {**asked, "memoryStrategies": {"modifyMemoryStrategies": [change]}}
    )
    stub.add_response("get_memory", {"memory": memory}, asked)
    with stub:
        assert apply(client, Setting="record-expiry", MemoryId="m-0123456789", Days="60") == {"Changed": "1"}
        stub.assert_no_pending_responses()


@pytest.fixture
def cloudformation():
    """The address to which CloudFormation wants the answer, and what came there."""
    answers = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_PUT(self):
            answers.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/answer", answers
    server.shutdown()


def _event(kind, url, **properties):
    return {
        "RequestType": kind,
        "ResponseURL": url,
        "StackId": "stack",
        "RequestId": "r",
        "LogicalResourceId": "Metadata",
        "ResourceProperties": properties,
    }


def test_cloudformation_hears_of_a_failure_instead_of_waiting_for_an_hour(cloudformation):
    url, answers = cloudformation
    applied.handler(_event("Create", url, Setting="no-such-setting"), None)
    assert answers[0]["Status"] == "FAILED" and "no-such-setting" in answers[0]["Reason"]


def test_when_the_stack_goes_what_was_made_strict_stays_strict(cloudformation, monkeypatch):
    monkeypatch.setattr(applied, "apply", lambda *_: pytest.fail("something was applied"))
    url, answers = cloudformation
    applied.handler(_event("Delete", url, Setting="data-retention", Mode="none"), None)
    assert answers[0]["Status"] == "SUCCESS" and "Data" not in answers[0]
