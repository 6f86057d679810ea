"""Regent's own deployment in the sample company's home accounts: whole answers, one story, and the planted faults."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.tools.estate.conftest import Clients
from tests.tools.estate.test_records_paging import collect
from tools.estate.inventory.deployed import deployed, guardrail
from tools.estate.inventory.trial import GATEWAY, LOG_GROUP, REGION

HOME = "shared-services"


def core(client: Clients, region: str = "eu-west-1") -> Any:
    return client("bedrock-agentcore-control", account=HOME, region=region)


def missing(shape: Any, value: Any, path: str = "") -> list[str]:
    """Members that AWS always answers with and that are not there."""
    if shape.type_name == "structure":
        lacking = [f"{path}.{name}" for name in shape.required_members if name not in value]
        return lacking + [
            text for name, one in value.items() if name in shape.members
            for text in missing(shape.members[name], one, f"{path}.{name}")
        ]  # fmt: skip
    if shape.type_name == "list":
        return [text for one in value for text in missing(shape.member, one, f"{path}[]")]
    return []


def answers(client: Clients) -> list[tuple[Any, str, dict[str, Any]]]:
    """Each operation that the deployment answers, with arguments found by the lists before it."""
    home, acls, bedrock = core(client), client("wafv2", account=HOME), client("bedrock", account=HOME)
    runtime = home.list_agent_runtimes()["agentRuntimes"][0]["agentRuntimeId"]
    gateway = home.list_gateways()["items"][0]["gatewayId"]
    target = home.list_gateway_targets(gatewayIdentifier=gateway)["items"][0]["targetId"]
    engine = home.list_policy_engines()["policyEngines"][0]["policyEngineId"]
    policy = home.list_policies(policyEngineId=engine)["policies"][0]["policyId"]
    memory = home.list_memories()["memories"][0]["id"]
    config = home.list_online_evaluation_configs()["onlineEvaluationConfigs"][0]["onlineEvaluationConfigId"]
    acl = acls.list_web_acls(Scope="REGIONAL")["WebACLs"][0]
    id, version = guardrail().split(":")
    profile = bedrock.list_inference_profiles()["inferenceProfileSummaries"][0]
    model = profile["models"][0]["modelArn"].rpartition("/")[2]
    return [
        (home, "list_agent_runtimes", {}),
        (home, "get_agent_runtime", {"agentRuntimeId": runtime}),
        (home, "list_agent_runtime_endpoints", {"agentRuntimeId": runtime}),
        (home, "get_agent_runtime_endpoint", {"agentRuntimeId": runtime, "endpointName": "live"}),
        (home, "list_gateways", {}),
        (home, "get_gateway", {"gatewayIdentifier": gateway}),
        (home, "list_gateway_targets", {"gatewayIdentifier": gateway}),
        (home, "get_gateway_target", {"gatewayIdentifier": gateway, "targetId": target}),
        (home, "list_policy_engines", {}),
        (home, "get_policy_engine", {"policyEngineId": engine}),
        (home, "list_policies", {"policyEngineId": engine}),
        (home, "get_policy", {"policyEngineId": engine, "policyId": policy}),
        (home, "list_memories", {}),
        (home, "get_memory", {"memoryId": memory}),
        (home, "list_online_evaluation_configs", {}),
        (home, "get_online_evaluation_config", {"onlineEvaluationConfigId": config}),
        (acls, "list_web_acls", {"Scope": "REGIONAL"}),
        (acls, "get_web_acl", {"Name": acl["Name"], "Id": acl["Id"], "Scope": "REGIONAL"}),
        (acls, "get_logging_configuration", {"ResourceArn": acl["ARN"]}),
        (bedrock, "list_guardrails", {"guardrailIdentifier": id}),
        (bedrock, "get_guardrail", {"guardrailIdentifier": id, "guardrailVersion": version}),
        (bedrock, "list_inference_profiles", {}),
        (bedrock, "get_inference_profile", {"inferenceProfileIdentifier": profile["inferenceProfileId"]}),
        (bedrock, "get_foundation_model", {"modelIdentifier": model}),
    ]


def test_every_answer_has_what_aws_always_answers_with(client: Clients) -> None:
    for asked, method, arguments in answers(client):
        reply = getattr(asked, method)(**arguments)
        reply.pop("ResponseMetadata")
        model = asked.meta.service_model.operation_model(asked.meta.method_to_api_mapping[method])
        assert missing(model.output_shape, reply) == [], method
        assert any(reply.values()), method


def test_pages_join_up_and_belong_to_one_request(client: Clients) -> None:
    home = core(client)
    whole = [one["agentRuntimeId"] for one in home.list_agent_runtimes()["agentRuntimes"]]
    by_one = collect(home.list_agent_runtimes, "agentRuntimes", "nextToken", "maxResults", 1)
    assert [one["agentRuntimeId"] for one in by_one] == whole and len(whole) == 2
    token = home.list_agent_runtimes(maxResults=1)["nextToken"]
    with pytest.raises(ClientError, match="ValidationException"):
        home.list_agent_runtime_endpoints(agentRuntimeId=whole[0], nextToken=token)
    acls = client("wafv2", account=HOME)
    first = acls.list_web_acls(Scope="REGIONAL", Limit=1)
    second = acls.list_web_acls(Scope="REGIONAL", Limit=1, NextMarker=first["NextMarker"])
    assert "NextMarker" not in second
    assert {one["Name"] for page in (first, second) for one in page["WebACLs"]} == {
        "RegentLanternGatewayFirewall",
        "RegentLanternChannelsFirewall",
    }


@pytest.mark.parametrize(
    ("service", "operation", "arguments", "code"),
    [
        ("bedrock-agentcore-control", "get_agent_runtime", {"agentRuntimeId": "nobody-0123456789"}, "ResourceNotFound"),
        ("bedrock-agentcore-control", "get_gateway", {"gatewayIdentifier": "nobody-0123456789"}, "ResourceNotFound"),
        ("bedrock-agentcore-control", "list_policies", {"policyEngineId": "nobody-0123456789"}, "ResourceNotFound"),
        ("bedrock-agentcore-control", "get_memory", {"memoryId": "nobody-0123456789"}, "ResourceNotFound"),
        ("bedrock", "get_guardrail", {"guardrailIdentifier": "abc123"}, "ResourceNotFound"),
        ("bedrock", "get_inference_profile", {"inferenceProfileIdentifier": "us.anything"}, "ResourceNotFound"),
        ("bedrock", "get_foundation_model", {"modelIdentifier": "amazon.other-v1"}, "ResourceNotFound"),
        ("wafv2", "get_web_acl", {"Name": "x", "Id": "y", "Scope": "REGIONAL"}, "WAFNonexistentItem"),
        ("wafv2", "get_logging_configuration", {"ResourceArn": "arn:aws:wafv2:eu-west-1:1:x/y"}, "WAFNonexistentItem"),
        ("wafv2", "list_web_acls", {"Scope": "CLOUDFRONT"}, "WAFInvalidParameter"),
        ("sns", "list_subscriptions_by_topic", {"TopicArn": "arn:aws:sns:eu-west-1:1:none"}, "NotFound"),
    ],
)
def test_what_is_not_there_is_said_in_awss_words(
    client: Clients, service: str, operation: str, arguments: dict[str, Any], code: str
) -> None:
    with pytest.raises(ClientError, match=code):
        getattr(client(service, account=HOME), operation)(**arguments)


def test_other_accounts_and_regions_have_none_of_it(client: Clients) -> None:
    elsewhere = client("bedrock-agentcore-control", account="data-prod")
    assert elsewhere.list_agent_runtimes()["agentRuntimes"] == elsewhere.list_gateways()["items"] == []
    assert core(client, "eu-central-1").list_agent_runtimes()["agentRuntimes"] == []
    assert client("wafv2", account="data-prod").list_web_acls(Scope="REGIONAL")["WebACLs"] == []


def test_what_one_answer_names_another_has(client: Clients) -> None:
    """Keys, log groups, topics, versions: a name that leads nowhere would be a defect of the sample."""
    keys = {one.arn for one in deployed("KMS::Key")}
    groups = {one.id for one in deployed("Logs::LogGroup")}
    home = core(client)
    runtimes = [home.get_agent_runtime(agentRuntimeId=one.id) for one in deployed("BedrockAgentCore::Runtime")]
    for runtime in runtimes:
        said = runtime["environmentVariables"]
        assert f"{said['REGENT_GUARDRAIL'].rpartition('/')[2]}:{said['REGENT_GUARDRAIL_VERSION']}" == guardrail()
        assert f"/aws/bedrock-agentcore/runtimes/{runtime['agentRuntimeId']}-live" in groups
        live = home.get_agent_runtime_endpoint(agentRuntimeId=runtime["agentRuntimeId"], endpointName="live")
        assert live["liveVersion"] == runtime["agentRuntimeVersion"] == "2"
    named = json.dumps([dict(one.properties) for kind in (
        "BedrockAgentCore::Gateway", "BedrockAgentCore::Memory", "BedrockAgentCore::PolicyEngine", "Logs::LogGroup",
        "Bedrock::Guardrail", "S3::Bucket", "CloudTrail::Trail",
    ) for one in deployed(kind)])  # fmt: skip
    assert set(re.findall(r"arn:aws:kms:[a-z0-9-]+:\d+:key/[0-9a-f-]+", named)) <= keys
    [config] = deployed("BedrockAgentCore::OnlineEvaluationConfig")
    assert {*config.properties["DataSourceConfig"]["CloudWatchLogs"]["LogGroupNames"]} - {"aws/spans"} <= groups
    sns = client("sns", account=HOME)
    for alarm in client("cloudwatch", account=HOME).describe_alarms(AlarmNamePrefix="regent-")["MetricAlarms"]:
        [told] = sns.list_subscriptions_by_topic(TopicArn=alarm["AlarmActions"][0])["Subscriptions"]
        assert told["Endpoint"] == "platform@lantern.example" and told["SubscriptionArn"].startswith("arn:")
    listed = {one["KeyId"] for one in client("kms", account=HOME).list_keys()["Keys"]}
    assert {one.id for one in deployed("KMS::Key", runtimes[0]["agentRuntimeArn"].split(":")[4], "eu-west-1")} <= listed


def test_the_faults_of_the_trial_are_there_to_be_found(client: Clients) -> None:
    trial = core(client, REGION)
    [one] = trial.list_gateways()["items"]
    found = trial.get_gateway(gatewayIdentifier=one["gatewayId"])
    assert found["name"] == GATEWAY and found["policyEngineConfiguration"]["mode"] == "LOG_ONLY"
    assert "webAclArn" not in found and "wafConfiguration" not in found
    groups = client("logs", account=HOME, region=REGION).describe_log_groups()["logGroups"]
    [group] = [one for one in groups if one["logGroupName"] == LOG_GROUP]
    assert "retentionInDays" not in group and "kmsKeyId" not in group
    home = core(client)
    [good] = home.list_gateways()["items"]
    enforcing = home.get_gateway(gatewayIdentifier=good["gatewayId"])
    assert enforcing["policyEngineConfiguration"]["mode"] == "ENFORCE"
    assert enforcing["wafConfiguration"] == {"failureMode": "FAIL_CLOSE"} and enforcing["webAclArn"]


def test_the_tagging_api_counts_what_the_lists_count(client: Clients) -> None:
    """Evidence is counted twice, by list and by tag: here both see the same."""
    tags = client("resourcegroupstaggingapi", account=HOME)
    for kind, number in (
        ("bedrock-agentcore:runtime", 2),
        ("bedrock-agentcore:gateway", 1),
        ("bedrock-agentcore:policy-engine", 1),
        ("bedrock-agentcore:memory", 1),
        ("cloudwatch:alarm", 9),
        ("wafv2:regional/webacl", 2),
    ):
        found = tags.get_resources(ResourceTypeFilters=[kind], TagFilters=[{"Key": "regent:environment"}])
        assert len(found["ResourceTagMappingList"]) == number, kind


def _compared(text: str) -> Any:
    """What must be the same: no digests of code, which change with every commit, and of tools their names alone."""
    said = json.loads(re.sub(r"[0-9a-f]{64}", "digest", text))
    for one in said:
        tools = one["properties"].get("TargetConfiguration", {}).get("Mcp", {}).get("Lambda", {}).get("ToolSchema")
        if tools:
            tools["InlinePayload"] = [tool["Name"] for tool in tools["InlinePayload"]]
    return said


@pytest.mark.slow
def test_the_sample_holds_what_our_stacks_deploy_today() -> None:
    from tests.infra import deployed as synthesis

    kept, today = _compared(synthesis.FILE.read_text(encoding="utf-8")), _compared(synthesis.now())
    assert kept == today, "the stacks have changed: run `python -m tests.infra.deployed` and commit what it writes"
