"""The defects, by name: each changes one thing in the synthesized app, as a careless or hostile commit would."""

from __future__ import annotations

import json
from typing import Any

S3, KEY, LOGS, TRAIL = "AWS::S3::Bucket", "AWS::KMS::Key", "AWS::Logs::LogGroup", "AWS::CloudTrail::Trail"
BUCKET_POLICY, ROLE, POLICY, MANAGED = (
    "AWS::S3::BucketPolicy",
    "AWS::IAM::Role",
    "AWS::IAM::Policy",
    "AWS::IAM::ManagedPolicy",
)
GUARDRAIL, VERSION = "AWS::Bedrock::Guardrail", "AWS::Bedrock::GuardrailVersion"
ALARM, PARAMETER, TABLE = "AWS::CloudWatch::Alarm", "AWS::SSM::Parameter", "AWS::DynamoDB::Table"
ROUND, FUNCTION, PERMISSION = "AWS::Events::Rule", "AWS::Lambda::Function", "AWS::Lambda::Permission"
QUEUE, QUEUE_POLICY, TOPIC, SECRET = (
    "AWS::SQS::Queue",
    "AWS::SQS::QueuePolicy",
    "AWS::SNS::Topic",
    "AWS::SecretsManager::Secret",
)
RUNTIME, ENDPOINT = "AWS::BedrockAgentCore::Runtime", "AWS::BedrockAgentCore::RuntimeEndpoint"
MEMORY, EVALUATION = "AWS::BedrockAgentCore::Memory", "AWS::BedrockAgentCore::OnlineEvaluationConfig"
GATEWAY, CEDAR = "AWS::BedrockAgentCore::Gateway", "AWS::BedrockAgentCore::Policy"
ACL, ASSOCIATION, STAGE = "AWS::WAFv2::WebACL", "AWS::WAFv2::WebACLAssociation", "AWS::ApiGateway::Stage"
GROUP, SUBNET, DOOR = "AWS::EC2::SecurityGroup", "AWS::EC2::Subnet", "AWS::EC2::VPCEndpoint"


def _locked(one: dict[str, Any]) -> bool:
    return "ObjectLockConfiguration" in one


def _named(start: str) -> Any:
    return lambda one: str(one.get("AlarmName", one.get("Name", ""))).startswith(start)


def _answers(one: dict[str, Any]) -> bool:
    variables = one.get("EnvironmentVariables") or one.get("Environment", {}).get("Variables", {})
    return "REGENT_ESTATE" in variables


def _jwt(one: dict[str, Any]) -> bool:
    return "AuthorizerConfiguration" in one


def _reader(one: dict[str, Any]) -> bool:
    return one.get("RoleName") == "RegentReader"


def _denies(one: dict[str, Any]) -> bool:
    return any(s.get("Effect") == "Deny" and "NotAction" in s for s in one["PolicyDocument"]["Statement"])


def _service(name: str) -> Any:
    return lambda one: f"{name}.amazonaws.com" in json.dumps(one["AssumeRolePolicyDocument"])


def _starts(module: str) -> Any:
    return lambda one: str(one.get("Handler")).startswith(module)


def _allow_too(action: str) -> Any:
    """One more right for the first role with a policy of its own."""

    def change(app: Any) -> None:
        statement = {
            "Effect": "Allow",
            "Action": action,
            "Resource": "arn:aws:iam::111111111111:role/RegentExampleRuntime",
        }
        app.one(POLICY)["Properties"]["PolicyDocument"]["Statement"].append(statement)

    return change


def _no_organisation(app: Any) -> None:
    for statement in app.one(ROLE, _reader)["Properties"]["AssumeRolePolicyDocument"]["Statement"]:
        for conditions in statement["Condition"].values():
            conditions.pop("aws:PrincipalOrgID", None)


def _put(kind: str, path: str, value: Any, which: Any = lambda one: True) -> Any:
    """Set `path` of one resource's properties; a path that begins with `!` is of the resource itself."""

    def change(app: Any) -> None:
        at, last = _at(app.one(kind, which), path)
        at[last] = value

    return change


def _drop(kind: str, path: str, which: Any = lambda one: True) -> Any:
    def change(app: Any) -> None:
        at, last = _at(app.one(kind, which), path)
        del at[last]

    return change


def _gone(kind: str, which: Any = lambda one: True) -> Any:
    return lambda app: app.remove(kind, which)


def _at(resource: dict[str, Any], path: str) -> tuple[Any, Any]:
    at: Any = resource if path.startswith("!") else resource["Properties"]
    *steps, last = path.lstrip("!").split(".")
    for step in steps:
        at = at[int(step)] if isinstance(at, list) else at[step]
    return at, int(last) if isinstance(at, list) else last


def _without(kind: str, path: str, goes: Any, which: Any = lambda one: True) -> Any:
    """Take those out of a list of properties for which `goes` says so."""

    def change(app: Any) -> None:
        at, last = _at(app.one(kind, which), path)
        left = [one for one in at[last] if not goes(one)]
        assert len(left) < len(at[last]), f"nothing to take from {path}"
        at[last] = left

    return change


def _variable(name: str, value: str | None) -> Any:
    """Set a setting of what answers, or take it away."""

    def change(app: Any) -> None:
        try:
            one = app.one(RUNTIME, _answers)["Properties"]["EnvironmentVariables"]
        except LookupError:
            one = app.one(FUNCTION, _answers)["Properties"]["Environment"]["Variables"]
        if value is None:
            del one[name]
        else:
            one[name] = value

    return change


def _statement(change_one: Any, which: Any = lambda one: True, kind: str = POLICY) -> Any:
    def change(app: Any) -> None:
        document = app.one(kind, which)["Properties"]["PolicyDocument"]
        statements = document["Statement"]
        change_one(statements[0] if isinstance(statements, list) else statements)

    return change


def _cedar(text: str) -> Any:
    return _put(CEDAR, "Definition.Cedar.Statement", text)


def _add(stack_of: str, kind: str, properties: dict[str, Any]) -> Any:
    def change(app: Any) -> None:
        app.one(stack_of)
        app.stack(app.where.partition("/")[0])["Resources"]["Added"] = {"Type": kind, "Properties": properties}

    return change


def _any_action(statement: dict[str, Any]) -> None:
    statement["Action"] = "*"


def _any_of_s3(statement: dict[str, Any]) -> None:
    statement["Action"] = ["s3:*"]


def _pass_any_role(statement: dict[str, Any]) -> None:
    statement.update(Action="iam:PassRole", Resource="*")
    statement.pop("Condition", None)


def _delete_anything(statement: dict[str, Any]) -> None:
    statement.update(Action="s3:DeleteObject", Resource="*")
    statement.pop("Condition", None)


def _plain_http(statement: dict[str, Any]) -> bool:
    return "aws:SecureTransport" in json.dumps(statement)


def _no_export(app: Any) -> None:
    outputs = app.stack("Guardrails")["Outputs"]
    del outputs[next(name for name, one in outputs.items() if "Export" in one)]


_OPEN_POLICY = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:*", "Resource": "*"}
_WORLD = [{"CidrIp": "0.0.0.0/0", "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "Description": "the world"}]

SEEDED: dict[str, Any] = {
    "the lock is removed": _drop(S3, "ObjectLockConfiguration", _locked),
    "the lock is switched off": _put(S3, "ObjectLockEnabled", False, _locked),
    "the lock can be lifted": _put(S3, "ObjectLockConfiguration.Rule.DefaultRetention.Mode", "GOVERNANCE", _locked),
    "the retention is shortened": _put(S3, "ObjectLockConfiguration.Rule.DefaultRetention.Days", 30, _locked),
    "evidence may be replaced": _without(
        BUCKET_POLICY,
        "PolicyDocument.Statement",
        lambda one: "s3:if-none-match" in json.dumps(one),
        lambda one: "s3:if-none-match" in json.dumps(one),
    ),
    "evidence is no longer tagged as such": _put(S3, "Tags", [], _locked),
    "evidence without encryption": _drop(S3, "BucketEncryption", _locked),
    "evidence goes with its stack": _put(S3, "!DeletionPolicy", "Delete", _locked),
    "a public bucket": _put(S3, "PublicAccessBlockConfiguration.BlockPublicPolicy", False),
    "a bucket over plain HTTP": _without(BUCKET_POLICY, "PolicyDocument.Statement", _plain_http),
    "a queue over plain HTTP": _without(QUEUE_POLICY, "PolicyDocument.Statement", _plain_http),
    "a trail without validation": _put(TRAIL, "EnableLogFileValidation", False),
    "a trail of one region": _put(TRAIL, "IsMultiRegionTrail", False),
    "a trail that does not record": _put(TRAIL, "IsLogging", False),
    "a trail without data events": _put(TRAIL, "AdvancedEventSelectors", []),
    "a trail without a key": _drop(TRAIL, "KMSKeyId"),
    "key rotation off": _put(KEY, "EnableKeyRotation", False, lambda one: one.get("EnableKeyRotation")),
    "checkpoints signed by what nobody verifies": _put(
        KEY, "KeySpec", "RSA_4096", lambda one: one.get("KeyUsage") == "SIGN_VERIFY"
    ),
    "a key goes with its stack": _put(KEY, "!DeletionPolicy", "Delete"),
    "a key for everybody": lambda app: app.one(KEY)["Properties"]["KeyPolicy"]["Statement"].append(_OPEN_POLICY),
    "a log that is kept for ever": _drop(LOGS, "RetentionInDays"),
    "a log that is kept for a week": _put(LOGS, "RetentionInDays", 7),
    "a log without a key": _drop(LOGS, "KmsKeyId"),
    "a guardrail that is a draft": _gone(VERSION),
    "prompt attacks pass": _put(
        GUARDRAIL,
        "ContentPolicyConfig.FiltersConfig",
        [{"Type": "PROMPT_ATTACK", "InputStrength": "LOW", "OutputStrength": "NONE"}],
    ),
    "no topic is denied": _drop(GUARDRAIL, "TopicPolicyConfig"),
    "persons pass": _drop(GUARDRAIL, "SensitiveInformationPolicyConfig"),
    "the external id is removed": _drop(ROLE, "AssumeRolePolicyDocument.Statement.0.Condition", _reader),
    "the denial of the rest is removed": _gone(MANAGED, _denies),
    "anybody takes on the reader role": _put(
        ROLE, "AssumeRolePolicyDocument.Statement.0.Principal", {"AWS": "*"}, _reader
    ),
    "a wildcard action": _statement(_any_action),
    "all of one service": _statement(_any_of_s3),
    "any role may be passed": _statement(_pass_any_role),
    "any object may be deleted": _statement(_delete_anything),
    "an alarm is removed": _gone(ALARM, _named("regent-denials")),
    "an alarm tells nobody": _put(ALARM, "AlarmActions", []),
    "an alarm is disarmed": _put(ALARM, "ActionsEnabled", False),
    "a silent ledger is well": _put(ALARM, "TreatMissingData", "notBreaching", _named("regent-ledger-not-advancing")),
    "the kill switch is removed": _gone(PARAMETER, _named("/regent/")),
    "another kill switch is read": _variable("REGENT_SWITCH_PARAMETER", "/regent/other/stop"),
    "answers from the sample estate": _variable("REGENT_ESTATE", "sample"),
    "answers by the offline model": _variable("REGENT_MODEL", "offline"),
    "a model beyond all bounds": _variable("REGENT_MODEL", "bedrock:global.anthropic.claude-sonnet-4-5-20250929-v1:0"),
    "an American model": _variable("REGENT_MODEL", "bedrock:us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
    "the model is asked in Virginia": _variable("REGENT_BEDROCK_REGION", "us-east-1"),
    "the guardrail's draft is used": _variable("REGENT_GUARDRAIL_VERSION", "DRAFT"),
    "the ledger goes nowhere": _variable("REGENT_LEDGER_BUCKET", None),
    "nothing is verified": _put(ROUND, "State", "DISABLED", lambda one: str(one.get("Name")).endswith("Verify")),
    "verified once a month": _put(
        ROUND, "ScheduleExpression", "rate(30 days)", lambda one: str(one.get("Name")).endswith("Verify")
    ),
    "a table that cannot be restored": _drop(TABLE, "PointInTimeRecoverySpecification"),
    "a table that may be deleted": _put(TABLE, "DeletionProtectionEnabled", False),
    "settings in the clear": _drop(FUNCTION, "KmsKeyArn", _answers),
    "a function's log by itself": _drop(FUNCTION, "LoggingConfig", lambda one: "LoggingConfig" in one),
    "a function without a bound": _drop(
        FUNCTION, "ReservedConcurrentExecutions", lambda one: "ReservedConcurrentExecutions" in one
    ),
    "anybody invokes a function": _put(PERMISSION, "Principal", "*"),
    "a topic without a key": _drop(TOPIC, "KmsMasterKeyId"),
    "no dead-letter queue": _drop(QUEUE, "RedrivePolicy", lambda one: "RedrivePolicy" in one),
    "a secret in the template": _put(SECRET, "SecretString", '{"clients": {"crm": "hunter2"}}'),
    "a secret without a key": _drop(SECRET, "KmsKeyId"),
    "requests are written to a log": _put(
        STAGE, "MethodSettings", [{"DataTraceEnabled": True, "HttpMethod": "*", "ResourcePath": "/*"}]
    ),
    "nobody knows who called": _drop(STAGE, "AccessLogSetting"),
    "the firewall is taken away": _gone(ASSOCIATION),
    "the firewall only counts": _put(
        ACL, "Rules.0.OverrideAction", {"Count": {}}, lambda one: "OverrideAction" in one["Rules"][0]
    ),
    "a public runtime": _put(RUNTIME, "NetworkConfiguration", {"NetworkMode": "PUBLIC"}),
    "a hyphenated runtime name": _put(RUNTIME, "AgentRuntimeName", "regent-people"),
    "a runtime for every token": _drop(RUNTIME, "AuthorizerConfiguration.CustomJWTAuthorizer.AllowedAudience", _jwt),
    "a session that never ends": _drop(RUNTIME, "LifecycleConfiguration"),
    "a runtime that is not pinned": _gone(ENDPOINT),
    "a memory without a key": _drop(MEMORY, "EncryptionKeyArn"),
    "a memory that never forgets": _put(MEMORY, "EventExpiryDuration", 365),
    "a memory without expiry": _drop(MEMORY, "EventExpiryDuration"),
    "evaluation off": _put(EVALUATION, "ExecutionStatus", "DISABLED"),
    "one session in a thousand is evaluated": _put(EVALUATION, "Rule.SamplingConfig.SamplingPercentage", 0.1),
    "a policy engine that only logs": _put(GATEWAY, "PolicyEngineConfiguration.Mode", "LOG_ONLY"),
    "no policy engine": _drop(GATEWAY, "PolicyEngineConfiguration"),
    "a gateway for anybody": _put(GATEWAY, "AuthorizerType", "NONE"),
    "a firewall that fails open": _put(GATEWAY, "WafConfiguration.FailureMode", "FAIL_OPEN"),
    "a gateway that tells too much": _put(GATEWAY, "ExceptionLevel", "DEBUG"),
    "a gateway without a key": _drop(GATEWAY, "KmsKeyArn"),
    "invalid Cedar": _cedar("permit(principal, action resource);"),
    "Cedar that permits everything": _cedar("permit(principal, action, resource);"),
    "Cedar for a tool that is not there": _cedar(
        'permit(principal, action == AgentCore::Action::"regent___delete_everything", resource);'
    ),
    "a policy that only logs": _put(CEDAR, "EnforcementMode", "LOG_ONLY"),
    "a policy that nobody validates": _put(CEDAR, "ValidationMode", "IGNORE_ALL_FINDINGS"),
    "a policy that AWS writes": _put(
        ROLE, "ManagedPolicyArns", ["arn:aws:iam::aws:policy/AdministratorAccess"], _service("lambda")
    ),
    "a role that writes policies": _allow_too("iam:PutRolePolicy"),
    "a role that makes roles": _allow_too("iam:Create*"),
    "a role for another account": _put(
        ROLE, "AssumeRolePolicyDocument.Statement.0.Principal", {"AWS": "arn:aws:iam::999999999999:root"}, _reader
    ),
    "a role for any account": _put(ROLE, "AssumeRolePolicyDocument.Statement.0.Principal", "*", _service("lambda")),
    "a service acts for others": _drop(
        ROLE, "AssumeRolePolicyDocument.Statement.0.Condition", _service("bedrock-agentcore")
    ),
    "a reader role for other organisations": _no_organisation,
    "another issuer is believed": _put(
        RUNTIME,
        "EnvironmentVariables.REGENT_IDENTITY__OIDC",
        '{"issuer": "https://evil.example", "audiences": ["regent"]}',
        _jwt,
    ),
    "another external id is sent": _put(RUNTIME, "EnvironmentVariables.REGENT_EXTERNAL_ID", "guessed"),
    "records on the session's disk": _put(RUNTIME, "EnvironmentVariables.REGENT_LEDGER_ACKNOWLEDGE", "disk"),
    "records without a lock": _put(RUNTIME, "EnvironmentVariables.REGENT_LEDGER_RETAIN_DAYS", "0"),
    "a handler that does not exist": _put(
        FUNCTION, "Handler", "agents.rounds.verifying.hander", _starts("agents.rounds.verifying")
    ),
    "another processor than the package's": _put(FUNCTION, "Architectures", ["x86_64"], _starts("agents.")),
    "an open security group": _put(GROUP, "SecurityGroupIngress", _WORLD),
    "a way to the internet": _add(SUBNET, "AWS::EC2::InternetGateway", {}),
    "public addresses": _put(SUBNET, "MapPublicIpOnLaunch", True),
    "an endpoint for anything": _drop(DOOR, "PolicyDocument"),
    "the wrong region": lambda app: app.place(region="us-east-1"),
    "whatever account is signed in": lambda app: app.place(account="unknown-account"),
    "a stack that may be deleted": lambda app: app.place(protected=False),
    "something is looked up in AWS": lambda app: app.look_up("availability-zones:account=111111111111"),
    "a finding is waved through": lambda app: app.place(
        acknowledged=(("Ledger", "Regent::template-keys/never-rotated"),)
    ),
    "a property that does not exist": _put(FUNCTION, "Timeoutt", 5),
    "a value that is refused": _put(QUEUE, "VisibilityTimeout", 99999999),
    "a reference to nothing": _put(LOGS, "KmsKeyId", {"Fn::GetAtt": ["Nothing", "Arn"]}),
    "an export is removed": _no_export,
}
