"""The agent stack: whom each runtime believes, what it may do, and whether it would start with what it is given."""

import re

import pytest
from a2a.utils.constants import VERSION_HEADER
from botocore.session import get_session

from agents.channels.protocols.paths import MODES
from agents.ledgers import deployment
from agents.opening import open_guard_for
from agents.settings import load_settings
from infra.config import load_environment
from policies.access.identity import ENVELOPE_HEADER, TOKEN_HEADER
from policies.guardrails.bedrock import BedrockGuard
from tests.infra.resolving import resolved
from tools.inference import known
from tools.passage import by_lambda


def of(resources, kind):
    return {name: one["Properties"] for name, one in resources.items() if one["Type"] == kind}


@pytest.fixture(scope="session")
def runtimes(stacks):
    found = of(stacks["Agent"], "AWS::BedrockAgentCore::Runtime").values()
    return {one["AgentRuntimeName"].removeprefix("RegentExample").lower(): one for one in found}


@pytest.fixture(scope="session")
def own_protocols(other_stacks):
    """The runtimes of an environment that names every protocol."""
    found = of(other_stacks["Agent"], "AWS::BedrockAgentCore::Runtime").values()
    return {one["AgentRuntimeName"].removeprefix("RegentExample").lower(): one for one in found}


@pytest.fixture(scope="session")
def runtime_statements(stacks):
    """Everything that the execution role is allowed, whichever policy says it."""
    [(role, properties)] = [
        (name, one) for name, one in of(stacks["Agent"], "AWS::IAM::Role").items() if one.get("RoleName") == RUNTIME
    ]
    assert not properties.get("ManagedPolicyArns") and not properties.get("Policies")
    return [
        statement
        for policy in of(stacks["Agent"], "AWS::IAM::Policy").values()
        if {"Ref": role} in policy["Roles"]
        for statement in policy["PolicyDocument"]["Statement"]
    ]


RUNTIME = "RegentExampleRuntime"
ENTRY = {"http": "/invocations", "mcp": "/mcp", "a2a": "/", "agui": "/invocations"}


def actions(statements):
    return {a for s in statements for a in ([s["Action"]] if isinstance(s["Action"], str) else s["Action"])}


def test_people_are_believed_by_token_and_workers_by_iam_and_envelope(runtimes):
    environment = load_environment("example")
    assert set(runtimes) == {"people", "workers"}
    jwt = runtimes["people"]["AuthorizerConfiguration"]["CustomJWTAuthorizer"]
    assert jwt == {"DiscoveryUrl": environment.identity.discovery_url, "AllowedAudience": ["regent"]}
    assert "AuthorizerConfiguration" not in runtimes["workers"], "without one, AgentCore asks for SigV4"
    allowed = {name: one["RequestHeaderConfiguration"]["RequestHeaderAllowlist"] for name, one in runtimes.items()}
    assert allowed == {"people": [TOKEN_HEADER], "workers": [ENVELOPE_HEADER]}


def test_a_runtime_of_each_protocol_differs_from_the_people_s_in_nothing_else(own_protocols):
    assert set(own_protocols) == {"people", "workers", "mcp", "a2a", "agui"}
    people = own_protocols["people"]
    named = {"AgentRuntimeName", "Description", "ProtocolConfiguration", "EnvironmentVariables"}
    for name in ("mcp", "a2a", "agui"):
        one = own_protocols[name]
        assert one["ProtocolConfiguration"] == name.upper()
        for part in people.keys() - named - {"RequestHeaderConfiguration"}:
            assert one[part] == people[part], f"{name}: {part}"
        given, theirs = dict(one["EnvironmentVariables"]), dict(people["EnvironmentVariables"])
        assert (given.pop("REGENT_SERVE_PROTOCOL"), theirs.pop("REGENT_SERVE_PROTOCOL")) == (name, "http")
        assert given.pop("REGENT_TRACE_SERVICE") != theirs.pop("REGENT_TRACE_SERVICE")
        assert given == theirs, "the same governance"
    headers = {n: one["RequestHeaderConfiguration"]["RequestHeaderAllowlist"] for n, one in own_protocols.items()}
    assert headers["mcp"] == headers["agui"] == [TOKEN_HEADER]
    assert headers["a2a"] == [TOKEN_HEADER, VERSION_HEADER], "without its version A2A would take it for an old one"


@pytest.mark.parametrize("name", ["people", "mcp", "a2a", "agui"])
def test_a_runtime_serves_where_agentcore_asks_it(own_protocols, name, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for variable, value in resolved(own_protocols[name]["EnvironmentVariables"]).items():
        monkeypatch.setenv(variable, value)
    settings = load_settings()
    model = get_session().get_service_model("bedrock-agentcore-control")
    told = model.shape_for("ProtocolConfiguration").members
    assert own_protocols[name]["ProtocolConfiguration"] in told["serverProtocol"].enum
    # AgentCore's own model says what is the port, and the path, of each protocol
    for what, served in (("port", str(MODES[settings.serve_protocol].port)), ("path", ENTRY[settings.serve_protocol])):
        said = re.sub("<[^>]+>", "", told[what].documentation)
        [default] = re.findall(rf"(\S+) for [^.,]*\b{own_protocols[name]['ProtocolConfiguration']}\b", said)
        assert default == served and settings.serve_port is None
        assert what == "port" or served in MODES[settings.serve_protocol].paths


def test_both_runtimes_run_the_same_code_with_the_same_role_and_limits(runtimes):
    people, workers = runtimes["people"], runtimes["workers"]
    for part in ("AgentRuntimeArtifact", "RoleArn", "NetworkConfiguration", "LifecycleConfiguration"):
        assert people[part] == workers[part], part
    code = people["AgentRuntimeArtifact"]["CodeConfiguration"]
    assert (code["Runtime"], code["EntryPoint"]) == ("PYTHON_3_11", ["main.py"])
    assert people["NetworkConfiguration"]["NetworkMode"] == "VPC"
    assert people["LifecycleConfiguration"] == {"IdleRuntimeSessionTimeout": 3600, "MaxLifetime": 14400}


@pytest.mark.parametrize("name", ["people", "workers"])
def test_a_runtime_starts_with_exactly_the_environment_it_is_given(runtimes, name, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)  # no regent.yaml of ours
    given = resolved(runtimes[name]["EnvironmentVariables"])
    for variable, value in given.items():
        monkeypatch.setenv(variable, value)
    settings = load_settings()
    assert settings.estate == "aws" and settings.serve_host == "0.0.0.0"
    assert settings.identity.verifies
    assert (settings.identity.oidc is not None, settings.identity.envelopes is not None) == (
        name == "people",
        name == "workers",
    )
    where = deployment(settings)
    assert where.acknowledge == "bucket", "the disk goes with the session"
    assert where.retain_days == 2557 and where.key and where.wrap_key and where.bucket and where.keys
    assert settings.state_table and settings.switch_parameter and settings.ledger_log_group
    assert settings.guardrail_version.isdigit()
    assert isinstance(open_guard_for(settings.estate, settings.model, settings), BedrockGuard)
    assert {name for name in given if not name.startswith("REGENT_")} == {"AWS_DEFAULT_REGION"}
    assert given["AWS_DEFAULT_REGION"] == "eu-west-1", "clients that name no region would have none"
    assert settings.trace_region == "eu-west-1" and settings.trace_words is False
    assert by_lambda(settings.passage).takes("https://ce.us-east-1.amazonaws.com/")
    assert settings.regions[0] == "eu-west-1", "sts and the rest are asked in the first region, which has the endpoints"
    if name == "people":
        assert settings.identity.claims.roles["regent-managers"] == "manager"


@pytest.mark.parametrize("name", ["people", "workers"])
def test_the_environment_fits_what_agentcore_takes(runtimes, name):
    given = resolved(runtimes[name]["EnvironmentVariables"])
    assert len(given) <= 50 and max(map(len, given.values())) <= 2048


def test_the_runtime_may_do_nothing_by_wildcard_and_pass_on_no_role(runtime_statements):
    allowed = actions(runtime_statements)
    assert not [action for action in allowed if "*" in action]
    assert [s["Sid"] for s in runtime_statements if s["Effect"] != "Allow"] == ["NotWhatWasVerified"]
    assert not [s for s in runtime_statements if "NotAction" in s or "NotResource" in s]
    everything = [s["Sid"] for s in runtime_statements if s["Resource"] == "*"]
    assert everything == ["Trace"], "X-Ray alone knows no resources"
    assert not {a for a in allowed if a.startswith("iam:")}
    assert "logs:CreateLogGroup" not in allowed, "a group that it made would have no key and no end"


def test_the_runtime_calls_the_one_model_in_the_declared_regions_through_its_profile(runtime_statements):
    environment = load_environment("example")
    called = [s for s in runtime_statements if "bedrock:InvokeModel" in s["Action"]]
    behind = {s["Sid"]: s for s in called}["ModelBehindProfile"]
    [profile] = behind["Condition"]["StringEquals"].values()
    assert profile.endswith(f":inference-profile/{environment.model}")
    regions = {arn.split(":")[3] for arn in behind["Resource"]}
    assert regions == set(environment.model_regions)
    assert known(environment.model) <= regions, "what Bedrock sends to a region that is left out, IAM would refuse"


def test_the_guardrail_may_assess_where_prompts_may_be_and_nowhere_else(runtime_statements):
    """AWS asks for `bedrock:ApplyGuardrail` on the guardrail's profile in each region that it may assess in."""
    environment = load_environment("example")
    [guard] = [s for s in runtime_statements if s["Action"] == "bedrock:ApplyGuardrail"]
    profiles = [one for one in guard["Resource"] if isinstance(one, str) and ":guardrail-profile/" in one]
    assert {one.rpartition("/")[2] for one in profiles} == {"eu.guardrail.v1:0"}
    assert {one.split(":")[3] for one in profiles} == set(environment.model_regions)
    assert {one.split(":")[4] for one in profiles} == {environment.account}
    assert len(guard["Resource"]) == len(profiles) + 1, "and the one guardrail"


def test_the_passage_that_is_named_is_the_one_that_is_deployed(stacks, runtimes):
    functions = of(stacks["Network"], "AWS::Lambda::Function").values()
    names = {one["FunctionName"] for one in functions}
    for runtime in runtimes.values():
        assert runtime["EnvironmentVariables"]["REGENT_PASSAGE"].rpartition(":")[2] in names


def test_the_vpc_lets_through_whatever_the_runtime_is_allowed(runtime_statements):
    """An action that the role has and no endpoint lets through would fail only in AWS."""
    from infra.constructs.reach import OWN, services

    reachable = {action for service in services() if service.private for action in service.actions}
    own = {action for actions_ in OWN.values() for action in actions_}
    assert actions([s for s in runtime_statements if s["Effect"] == "Allow"]) - reachable == set()
    assert own <= reachable


def test_each_stage_has_an_endpoint_on_the_version_with_the_newer_metadata_service(stacks, runtimes):
    resources = stacks["Agent"]
    endpoints = of(resources, "AWS::BedrockAgentCore::RuntimeEndpoint").values()
    settings = {n: p for n, p in of(resources, "Custom::RegentSetting").items() if p["Setting"] == "runtime-metadata"}
    assert len(endpoints) == len(runtimes) and len(settings) == len(runtimes)
    pinned = {endpoint["AgentRuntimeVersion"]["Fn::GetAtt"][0] for endpoint in endpoints}
    assert pinned == set(settings)
    for endpoint in endpoints:
        setting = settings[endpoint["AgentRuntimeVersion"]["Fn::GetAtt"][0]]
        assert setting["RuntimeId"] == endpoint["AgentRuntimeId"], "an endpoint on another runtime's version"
        assert setting["After"]["Fn::GetAtt"][1] == "AgentRuntimeVersion", "a new version has forgotten it"


def test_a_stage_can_be_held_on_an_older_version(other_stacks):
    endpoints = of(other_stacks["Agent"], "AWS::BedrockAgentCore::RuntimeEndpoint").values()
    pinned = [(one["Name"], one["AgentRuntimeVersion"]) for one in endpoints]
    assert sorted(version for stage, version in pinned if stage == "live" and isinstance(version, str)) == [*"345"]
    assert len([1 for stage, version in pinned if stage == "next" and "Fn::GetAtt" in version]) == 5


def test_memory_is_encrypted_with_our_key_and_forgets(stacks):
    [memory] = of(stacks["Agent"], "AWS::BedrockAgentCore::Memory").values()
    assert memory["EventExpiryDuration"] == 30 and memory["EncryptionKeyArn"]["Fn::GetAtt"]
    assert not memory.get("MemoryStrategies"), "nothing is learned about persons"


def test_judges_read_in_declared_regions_only_and_write_to_our_log(stacks, runtimes):
    [config] = of(stacks["Agent"], "AWS::BedrockAgentCore::OnlineEvaluationConfig").values()
    assert config["ExecutionStatus"] == "ENABLED"
    read = config["DataSourceConfig"]["CloudWatchLogs"]
    assert read["ServiceNames"] == [runtimes["people"]["EnvironmentVariables"]["REGENT_TRACE_SERVICE"]]
    assert "aws/spans" in read["LogGroupNames"], "where CloudWatch puts spans that come by OTLP"
    role = config["EvaluationExecutionRoleArn"]["Fn::GetAtt"][0]
    allowed = [
        s
        for policy in of(stacks["Agent"], "AWS::IAM::Policy").values()
        if {"Ref": role} in policy["Roles"]
        for s in policy["PolicyDocument"]["Statement"]
    ]
    assert not {a for a in actions(allowed) if a.startswith("bedrock:")}, "no model of any region is handed to judges"
    assert [s["Sid"] for s in allowed if s["Resource"] == "*"] == ["FindLogs"]
