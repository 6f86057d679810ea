"""Oversight, Gateway and channels: what is deployed is what the code expects, and can do no more than it needs."""

import ast
import importlib
import json
import re
import time
from pathlib import Path

import pytest

from agents.channels import deployed_port, lambda_deliver, lambda_digest, lambda_front, lambda_worker, transports
from agents.channels.working import LEASE_SECONDS, MOST_RECEIVES
from agents.ledgers import deployment
from agents.querying import callable_queries
from agents.settings import Settings
from infra.fronts import FRONT_FILES, ROOT
from policies.access import shipped_gate
from policies.access.projection import gateway_schema, project
from policies.audit.logcopy import line
from policies.controls.declared import load_declared
from tests.infra.conftest import read, synthesize_other

FUNCTION, ROLE_POLICY, ALARM = "AWS::Lambda::Function", "AWS::IAM::Policy", "AWS::CloudWatch::Alarm"
OURS = ("Oversight", "Gateway", "Channels")


def of(resources, kind):
    return {name: one["Properties"] for name, one in resources.items() if one["Type"] == kind}


def functions(stacks):
    """Every function of ours by its name without the environment's prefix."""
    found = {}
    for stack in OURS:
        for one in of(stacks[stack], FUNCTION).values():
            if one.get("FunctionName", "").startswith("RegentExample"):
                found[one["FunctionName"].removeprefix("RegentExample")] = one
    return found


def allowed(stacks, function):
    """The statements of a function's role."""
    for stack in OURS:
        roles = {
            name for name, one in of(stacks[stack], "AWS::IAM::Role").items()
            if one.get("RoleName") == f"RegentExample{function}"
        }  # fmt: skip
        policies = of(stacks[stack], ROLE_POLICY).values()
        found = [p for p in policies if any(role.get("Ref") in roles for role in p["Roles"])]
        if found:
            return [statement for policy in found for statement in policy["PolicyDocument"]["Statement"]]
    raise AssertionError(f"{function} has no role")


def actions(stacks, function):
    listed = (s["Action"] if isinstance(s["Action"], list) else [s["Action"]] for s in allowed(stacks, function))
    return {action for some in listed for action in some}


def test_every_function_has_code_that_is_there(stacks):
    found = functions(stacks)
    assert {"Verify", "Watch", "Queries", "GatewayPassing", "WebhookFront", "WebhookWorker"} <= set(found)
    for name, one in found.items():
        module, _, attribute = one["Handler"].rpartition(".")
        assert callable(getattr(importlib.import_module(module), attribute)), name
        assert one["Architectures"] == ["arm64"] and one["KmsKeyArn"] and one["ReservedConcurrentExecutions"]


@pytest.mark.parametrize("name", ["Verify", "Watch", "Queries"])
def test_what_answers_gets_settings_that_it_accepts_and_that_fit_together(stacks, name, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    arn = "arn:aws:bedrock:eu-west-1:111111111111:guardrail/abc123"
    for key, value in functions(stacks)[name]["Environment"]["Variables"].items():
        parts = value["Fn::Join"][1] if isinstance(value, dict) and "Fn::Join" in value else [value]
        text = "".join(part if isinstance(part, str) else "inserted" for part in parts)
        plain = {
            "REGENT_GUARDRAIL": arn, "REGENT_GUARDRAIL_VERSION": "1", "REGENT_PRINCIPALS_OBJECT": "s3://assets/people",
        }.get(key, text)  # fmt: skip
        monkeypatch.setenv(key, plain)
    settings = Settings()
    assert (settings.estate, settings.state_table, settings.switch_parameter) == (
        "aws",
        "RegentExampleState",
        "/regent/example/stop",
    )
    where = deployment(settings)
    assert where.bucket and where.keys and where.retain_days == 2557
    assert where.acknowledge == ("disk" if name == "Watch" else "bucket")
    assert settings.identity.oidc and settings.identity.oidc.issuer == "https://login.example.com"


def test_every_declared_alarm_is_there_and_tells_somebody(stacks):
    alarms = {one["AlarmName"]: one for stack in OURS for one in of(stacks[stack], ALARM).values()}
    assert {f"regent-{name}" for name in load_declared().alarms} <= set(alarms)
    assert all(one["AlarmActions"] and one["ActionsEnabled"] for one in alarms.values())
    # what nobody measures must not look like what is well
    for name in ("ledger-not-advancing", "verification-failed", "own-cost"):
        assert alarms[f"regent-{name}"]["TreatMissingData"] == "breaching"


def test_the_alarms_metrics_are_what_the_rounds_say(stacks, capsys):
    from agents.rounds.saying import say

    say({"LedgersFailed": 0.0, "OwnCostUsd": 1.5})
    told = json.loads(capsys.readouterr().out)
    named = {one["Name"] for one in told["_aws"]["CloudWatchMetrics"][0]["Metrics"]}
    alarms = {one["AlarmName"]: one for one in of(stacks["Oversight"], ALARM).values()}
    for name in ("verification-failed", "own-cost"):
        alarm = alarms[f"regent-{name}"]
        assert alarm["Namespace"] == told["_aws"]["CloudWatchMetrics"][0]["Namespace"]
        assert alarm["MetricName"] in named and "Dimensions" not in alarm


def test_the_filters_find_what_the_ledgers_log_copy_writes(stacks):
    filters = {
        one["MetricTransformations"][0]["MetricName"]: one["FilterPattern"]
        for one in of(stacks["Oversight"], "AWS::Logs::MetricFilter").values()
    }
    assert filters == {"Records": "{ $.index >= 0 }", "Denials": '{ $.decision = "deny" }'}
    record = {
        "index": 7, "type": "gate.decided", "question": "q", "session": "s", "principal": "p", "actor": "query:spend",
        "parent": 1, "time": time.time_ns(), "body": {"decision": "deny", "input": {"person": "Eva"}},
    }  # fmt: skip
    said = json.loads(line(b"r" + json.dumps(record).encode())["message"])
    assert (said["index"], said["decision"]) == (7, "deny") and "Eva" not in json.dumps(said)


def test_the_switch_begins_without_stops_and_state_outlives_the_stack(stacks):
    resources = stacks["Oversight"]
    [switch] = of(resources, "AWS::SSM::Parameter").values()
    assert (switch["Type"], switch["Value"]) == ("String", "[]")
    [table] = of(resources, "AWS::DynamoDB::Table").values()
    assert [key["AttributeName"] for key in table["KeySchema"]] == ["pk", "sk"]
    assert table["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
    kept = [one for one in resources.values() if one["Type"] in ("AWS::SSM::Parameter", "AWS::DynamoDB::Table")]
    assert {one["DeletionPolicy"] for one in kept} == {"Retain"}
    [keys] = [
        one
        for one in of(resources, "AWS::S3::Bucket").values()
        if {"Key": "regent:purpose", "Value": "keys"} in one["Tags"]
    ]
    assert "VersioningConfiguration" not in keys, "what is deleted there must be gone"
    assert keys["LoggingConfiguration"], "who read or erased a key is on record"


def test_rounds_are_started_by_a_schedule_and_a_missed_one_is_noticed(stacks):
    rules = of(stacks["Oversight"], "AWS::Events::Rule").values()
    assert {rule["ScheduleExpression"] for rule in rules} == {"rate(12 hours)", "rate(2 hours)"}
    assert all(rule["Targets"][0]["DeadLetterConfig"] and rule["State"] == "ENABLED" for rule in rules)
    assert {
        one["ReservedConcurrentExecutions"] for n, one in functions(stacks).items() if n in ("Verify", "Watch")
    } == {1}, "a watch that runs twice would write one ledger twice"


def test_the_verifier_can_write_nothing_but_what_it_remembers(stacks):
    writes = {one for one in actions(stacks, "Verify") if not one.split(":")[1].startswith(("Get", "List", "Query"))}
    assert writes == {"logs:CreateLogStream", "logs:PutLogEvents", "dynamodb:PutItem", "kms:Decrypt"}


def test_who_answers_may_read_who_people_are_and_not_write_what_was_verified(stacks):
    for name in ("Queries", "Watch"):
        assert functions(stacks)[name]["Environment"]["Variables"]["REGENT_PRINCIPALS_OBJECT"]
        [deny] = [one for one in allowed(stacks, name) if one["Effect"] == "Deny"]
        assert deny["Condition"] == {"ForAnyValue:StringEquals": {"dynamodb:LeadingKeys": ["verified"]}}
        people = [one for one in allowed(stacks, name) if one.get("Sid") == "KnowPeople"]
        assert [one["Action"] for one in people] == ["s3:GetObject"]


def test_the_gateways_tools_are_the_queries_that_can_be_called_by_themselves(stacks):
    from infra.constructs.tools import gateway_queries

    [target] = of(stacks["Gateway"], "AWS::BedrockAgentCore::GatewayTarget").values()
    tools = target["TargetConfiguration"]["Mcp"]["Lambda"]["ToolSchema"]["InlinePayload"]
    known = callable_queries()
    assert [tool["Name"] for tool in tools] == sorted(known) == [one.name for one in gateway_queries()]
    for tool in tools:
        schema = known[tool["Name"]].schema()
        assert set(tool["InputSchema"].get("Properties", {})) == set(schema.get("properties", {}))
        assert tool["InputSchema"].get("Required", []) == schema.get("required", [])


def test_the_gateways_policies_are_the_projection_and_valid_against_its_tools(stacks):
    import cedarpy

    from infra.constructs.tools import gateway_queries

    policies = of(stacks["Gateway"], "AWS::BedrockAgentCore::Policy").values()
    texts = [
        "".join(p if isinstance(p, str) else "ARN" for p in one["Definition"]["Cedar"]["Statement"]["Fn::Join"][1])
        for one in policies
    ]
    assert "\n\n".join(texts) == project(shipped_gate().rules, gateway_queries(), gateway="ARN").text
    checked = cedarpy.validate_policies("\n".join(texts), gateway_schema(gateway_queries()))
    assert checked.validation_passed, checked.errors


def test_the_gateway_lets_in_nobody_without_a_token_and_hands_the_target_nothing_else(stacks):
    [gateway] = of(stacks["Gateway"], "AWS::BedrockAgentCore::Gateway").values()
    assert gateway["AuthorizerConfiguration"]["CustomJWTAuthorizer"]["AllowedAudience"] == ["regent"]
    [interceptor] = gateway["InterceptorConfigurations"]
    assert interceptor["InterceptionPoints"] == ["REQUEST"]
    assert interceptor["InputConfiguration"] == {"PassRequestHeaders": True}
    assert actions(stacks, "GatewayPassing") == {"logs:CreateLogStream", "logs:PutLogEvents"}


@pytest.mark.parametrize("stack", OURS)
def test_no_statement_allows_more_than_named_actions_on_named_things(stacks, stack):
    for name, policy in of(stacks[stack], ROLE_POLICY).items():
        for statement in policy["PolicyDocument"]["Statement"]:
            listed = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
            assert not [action for action in listed if action.endswith("*")], name
            if not set(listed) <= {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}:
                assert statement["Resource"] != "*", (name, listed)


def test_a_front_may_take_queue_and_read_its_secret_for_its_own_channel_only(stacks):
    assert actions(stacks, "WebhookFront") == {
        "logs:CreateLogStream", "logs:PutLogEvents", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem",
        "sqs:SendMessage", "secretsmanager:GetSecretValue", "kms:Decrypt", "kms:GenerateDataKey",
    }  # fmt: skip
    for name in ("WebhookFront", "WebhookWorker"):
        [state] = [one for one in allowed(stacks, name) if one.get("Sid") == "State"]
        assert state["Condition"] == {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["delivery#webhook#*"]}}


def test_a_worker_says_who_asked_and_asks_one_runtime_and_nothing_of_aws_accounts(stacks):
    found = actions(stacks, "WebhookWorker")
    assert {"kms:Sign", "bedrock-agentcore:InvokeAgentRuntime"} <= found
    assert not [one for one in found if one.startswith(("sts:", "bedrock:", "s3:"))]
    assert "bedrock-agentcore:InvokeAgentRuntimeForUser" not in found


def test_functions_get_the_variables_that_their_code_reads(stacks, other_stacks):
    made = functions(stacks) | functions(other_stacks)
    for name, modules in {
        "WebhookFront": [lambda_front],
        "WebhookWorker": [lambda_worker, deployed_port],
        "SlackDelivery": [lambda_deliver, deployed_port],
        "TeamsDelivery": [lambda_deliver, deployed_port],
        "WebhookDelivery": [lambda_deliver, deployed_port],
        "Digests": [lambda_digest, deployed_port],
    }.items():
        given = set(made[name]["Environment"]["Variables"])
        code = "".join(Path(one.__file__).read_text().partition('"""')[2].partition('"""')[2] for one in modules)
        read = set(re.findall(r'"(REGENT_[A-Z_]+)"', code.replace("'", '"')))
        assert read and {"REGENT_STATE_TABLE", "REGENT_STATE_REGION"} <= given
        assert read <= given, read - given


def test_what_is_brought_unasked_is_looked_for_every_minute_and_may_do_no_more_than_it_needs(other_stacks):
    channels = other_stacks["Channels"]
    rules = {json.dumps(one["Targets"]): one for one in of(channels, "AWS::Events::Rule").values()}
    for function, rate in (("Digests", "5 minutes"), ("SlackDelivery", "1 minute"), ("TeamsDelivery", "1 minute")):
        [rule] = [one for targets, one in rules.items() if f'"{function}' in targets]
        assert (rule["ScheduleExpression"], rule["State"]) == (f"rate({rate})", "ENABLED")
        made = functions({"Channels": channels, "Oversight": {}, "Gateway": {}})[function]
        assert made["ReservedConcurrentExecutions"] == 1
    nothing = {"Oversight": {}, "Gateway": {}}
    digests = actions({"Channels": channels, **nothing}, "Digests")
    assert digests == {
        "logs:CreateLogStream", "logs:PutLogEvents", "dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:Query",
        "kms:Sign", "kms:Decrypt", "kms:GenerateDataKey", "bedrock-agentcore:InvokeAgentRuntime",
    }, "no channel's secret: it sends nothing"  # fmt: skip
    for function, also in (("SlackDelivery", ["delivery#slack#*", "outbox"]), ("Digests", ["outbox"])):
        [state] = [s for s in allowed({"Channels": channels, **nothing}, function) if s.get("Sid") == "State"]
        assert state["Condition"] == {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": also}}
    alarms = {one["AlarmName"] for one in of(channels, ALARM).values()}
    assert {"regent-slack-delivery", "regent-teams-delivery", "regent-webhook-delivery", "regent-digests"} <= alarms


def test_a_digest_gets_the_settings_that_were_declared(other_stacks, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    made = functions({"Channels": other_stacks["Channels"], "Oversight": {}, "Gateway": {}})["Digests"]
    monkeypatch.setenv("REGENT_DIGESTS", made["Environment"]["Variables"]["REGENT_DIGESTS"])
    [digest] = Settings().digests
    assert digest.name == "week" and digest.to == ("slack:C0124", "teams:19:a", "webhook:portal")


def test_a_delivery_stays_hidden_for_longer_than_a_worker_may_run_and_is_put_aside_in_the_end(stacks):
    [(name, queue)] = [(n, q) for n, q in of(stacks["Channels"], "AWS::SQS::Queue").items() if "RedrivePolicy" in q]
    worker = functions(stacks)["WebhookWorker"]
    assert queue["FifoQueue"] is True and queue["RedrivePolicy"]["maxReceiveCount"] == MOST_RECEIVES
    assert transports.MOST_SECONDS < worker["Timeout"] < LEASE_SECONDS < queue["VisibilityTimeout"]
    [source] = of(stacks["Channels"], "AWS::Lambda::EventSourceMapping").values()
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"] and name in json.dumps(source)


@pytest.mark.parametrize("stack", ["Channels", "Gateway"])
def test_the_firewall_lets_through_known_paths_and_nothing_else(stacks, stack):
    [acl] = of(stacks[stack], "AWS::WAFv2::WebACL").values()
    assert acl["DefaultAction"] == {"Block": {}}
    allowing = [rule for rule in acl["Rules"] if rule.get("Action") == {"Allow": {}}]
    assert len(allowing) == 1 and allowing[0]["Priority"] == max(rule["Priority"] for rule in acl["Rules"])
    matches = allowing[0]["Statement"]["OrStatement"]["Statements"]
    paths = {one["ByteMatchStatement"]["SearchString"] for one in matches}
    assert (
        paths
        == {
            "Channels": {"/v1/webhook", "/v1/webhook/answers/"},
            "Gateway": {"/mcp", "/.well-known/"},
        }[stack]
    )
    assert of(stacks[stack], "AWS::WAFv2::WebACLAssociation") and of(stacks[stack], "AWS::WAFv2::LoggingConfiguration")


def test_api_gateway_gets_a_role_for_its_logs_that_may_already_write_them(stacks):
    resources = stacks["Channels"]
    (account,) = [one for one in resources.values() if one["Type"] == "AWS::ApiGateway::Account"]
    role = account["Properties"]["CloudWatchRoleArn"]["Fn::GetAtt"][0]
    (policy,) = [name for name, one in of(resources, ROLE_POLICY).items() if one["Roles"] == [{"Ref": role}]]
    assert policy in account["DependsOn"], "API Gateway refuses a role that may not write logs yet"


def test_a_new_secret_lets_nobody_in(stacks):
    from agents.channels.webhook import clients

    [secret] = of(stacks["Channels"], "AWS::SecretsManager::Secret").values()
    assert clients(json.loads(secret["SecretString"])) == {}


@pytest.mark.parametrize("channel", ["slack", "teams", "webhook"])
def test_the_modules_of_every_channel_have_what_the_functions_ask_for(channel):
    from infra.constructs.channel import CHANNELS

    channel = CHANNELS[channel]
    for module, wanted in ((channel.front, "gatekeeper"), (channel.worker, "adapter")):
        file = ROOT / "agents" / "channels" / f"{module.replace('.', '/')}.py"
        # read and not imported: the SDK of a chat takes seconds
        [found] = [one for one in ast.parse(file.read_text()).body if getattr(one, "name", "") == wanted]
        assert isinstance(found, ast.FunctionDef)
        assert [one.arg for one in found.args.args] == {
            "gatekeeper": ["secret", "answers"],
            "adapter": ["port", "secret", "answers"],
        }[wanted]
    if channel.bare:
        assert f"agents/channels/{channel.front.replace('.', '/')}.py" in FRONT_FILES


def test_every_channel_has_a_front_a_queue_and_a_worker_that_reach_nothing_of_another(other_stacks):
    from infra.constructs.channel import CHANNELS

    every_channel = other_stacks["Channels"]
    made = {one["FunctionName"].removeprefix("RegentExample"): one for one in of(every_channel, FUNCTION).values()}
    assert CHANNELS.keys() == {"slack", "teams", "webhook"}  # of which each has its test above
    for name, channel in CHANNELS.items():
        title, others = name.capitalize(), set(CHANNELS) - {name}
        wanted = {f"{title}Front", f"{title}Worker", f"{title}Delivery"}
        assert {one for one in made if one.startswith(title)} == wanted
        for function in wanted:
            role = next(
                n
                for n, one in of(every_channel, "AWS::IAM::Role").items()
                if one.get("RoleName") == f"RegentExample{function}"
            )
            [policy] = [p for p in of(every_channel, ROLE_POLICY).values() if {"Ref": role} in p["Roles"]]
            text = json.dumps(policy)
            assert f"delivery#{name}#*" in text and (f"{title}Secret" in text or not channel.front_secret)
            assert not [
                other for other in others if f"delivery#{other}#" in text or f"{other.capitalize()}Secret" in text
            ]
        assert made[f"{title}Front"]["Environment"]["Variables"]["REGENT_CHANNEL"] == channel.front
        assert made[f"{title}Worker"]["Environment"]["Variables"]["REGENT_CHANNEL_WORKER"] == channel.worker
    queues = [one for one in of(every_channel, "AWS::SQS::Queue").values() if "RedrivePolicy" in one]
    assert len(queues) == len(CHANNELS)
    [acl] = of(every_channel, "AWS::WAFv2::WebACL").values()
    allowing = json.dumps([rule for rule in acl["Rules"] if rule.get("Action") == {"Allow": {}}])
    assert all(path.partition("{")[0] in allowing for one in CHANNELS.values() for _, path in one.routes)


@pytest.mark.slow
def test_with_no_channels_there_is_no_door_to_guard(tmp_path):
    done = synthesize_other(tmp_path, "closed")
    assert done.returncode == 0, done.stderr[-2000:]
    stacks = {name.removeprefix("RegentExample") for name in read(tmp_path)}
    assert "Channels" not in stacks
    assert {"Agent", "Gateway", "Oversight"} <= stacks
