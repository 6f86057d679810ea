"""The rules over a whole set of templates: silent on the clean set, and each defect is caught where it is."""

import json
import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from policies.controls import checks
from policies.controls.check import Check
from policies.controls.declared import load_declared
from policies.controls.evaluate import judge
from policies.controls.evidence import Item
from policies.controls.proof import AS_OF

TEMPLATES = Path(__file__).with_name("templates")
DECLARED = load_declared()
RULES = {name: one for name, one in checks.load().items() if next(iter(one.needs.values())).kind == "template"}
ABSENT = object()


def clean() -> dict[str, dict[str, Any]]:
    return {file.stem: json.loads(file.read_text()) for file in sorted(TEMPLATES.glob("*.json"))}


def found(one: Check, templates: dict[str, dict[str, Any]]) -> tuple[str, set[str]]:
    items = [Item(name=name, data=data) for name, data in templates.items()]
    verdict, findings, _, problems = judge(one, {"stacks": items}, DECLARED, AS_OF)
    assert not problems
    return verdict, {f"{finding.reason} {finding.subject}" for finding in findings}


@pytest.mark.parametrize("id", sorted(RULES))
def test_the_clean_templates_pass_and_have_a_subject_for_every_rule(id):
    assert found(RULES[id], clean()) == ("pass", set())


@pytest.mark.parametrize("id", sorted(RULES))
def test_templates_that_have_nothing_of_the_kind_are_no_pass(id):
    nothing = {"other": {"Resources": {"Page": {"Type": "AWS::CloudWatch::Dashboard", "Properties": {}}}}}
    assert found(RULES[id], nothing)[0] == "no-subject"


@pytest.mark.parametrize(
    ("stack", "resource", "id"),
    [("audit", "Evidence", "template-evidence-lock"), ("member", "Reader", "template-reader-role")],
)
def test_taking_the_tag_off_does_not_make_a_rule_pass(stack, resource, id):
    templates = clean()
    templates[f"regent-{stack}"]["Resources"][resource]["Properties"]["Tags"] = []
    assert found(RULES[id], templates)[0] == "no-subject"


DEFECTS = [
    ("audit", "Evidence.Properties.ObjectLockEnabled", False, "template-evidence-lock", "not-locked"),
    ("audit", "Evidence.Properties.ObjectLockConfiguration", ABSENT, "template-evidence-lock", "not-locked"),
    (
        "audit",
        "Evidence.Properties.ObjectLockConfiguration.Rule.DefaultRetention.Mode",
        "GOVERNANCE",
        "template-evidence-lock",
        "can-be-lifted",
    ),
    (
        "audit",
        "Evidence.Properties.ObjectLockConfiguration.Rule.DefaultRetention.Days",
        365,
        "template-evidence-lock",
        "too-short",
    ),
    ("audit", "AccessLogs.Properties.BucketEncryption", ABSENT, "template-buckets-private", "not-encrypted"),
    (
        "audit",
        "AccessLogs.Properties.PublicAccessBlockConfiguration.RestrictPublicBuckets",
        False,
        "template-buckets-private",
        "not-blocked",
    ),
    ("audit", "Diagnostics.Properties.RetentionInDays", ABSENT, "template-log-groups", "kept-for-ever"),
    ("audit", "Invocations.Properties.RetentionInDays", 30, "template-log-groups", "out-of-bounds"),
    ("audit", "Invocations.Properties.KmsKeyId", ABSENT, "template-log-groups", "no-own-key"),
    ("audit", "Trail.Properties.EnableLogFileValidation", ABSENT, "template-trail", "not-signed"),
    ("audit", "Trail.Properties.AdvancedEventSelectors.2", ABSENT, "template-trail", "no-data-events"),
    ("audit", "DataKey.Properties.EnableKeyRotation", False, "template-keys", "never-rotated"),
    ("audit", "DataKey.DeletionPolicy", "Delete", "template-keys", "goes-with-the-stack"),
    ("audit", "CheckpointKey.Properties.KeySpec", "RSA_2048", "template-keys", "cannot-be-verified"),
    (
        "audit",
        "DataKey.Properties.KeyPolicy.Statement.0.Principal",
        {"AWS": "*"},
        "template-keys",
        "open-to-all",
    ),
    ("guardrails", "GuardrailVersion", ABSENT, "template-guardrail", "draft-only"),
    ("guardrails", "Guardrail.Properties.TopicPolicyConfig", ABSENT, "template-guardrail", "topics-pass"),
    ("agent", "People.Properties.NetworkConfiguration.NetworkMode", "PUBLIC", "template-runtime", "public"),
    (
        "agent",
        "People.Properties.AuthorizerConfiguration.CustomJWTAuthorizer.AllowedAudience",
        ABSENT,
        "template-runtime",
        "any-audience",
    ),
    ("agent", "Channels.Properties.AgentRuntimeName", "regent-channels", "template-runtime", "bad-name"),
    (
        "agent",
        "Channels.Properties.EnvironmentVariables.REGENT_GUARDRAIL_VERSION",
        "DRAFT",
        "template-runtime-guarded",
        "draft",
    ),
    ("agent", "ChannelsProd", ABSENT, "template-runtime-pinned", "not-pinned"),
    (
        "agent",
        "People.Properties.EnvironmentVariables.REGENT_MODEL",
        "bedrock:global.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "template-models-resident",
        "leaves",
    ),
    ("agent", "Memory.Properties.EventExpiryDuration", 365, "template-memory", "remembers-too-long"),
    ("agent", "Memory.Properties.EncryptionKeyArn", ABSENT, "template-memory", "no-own-key"),
    ("agent", "Evaluation.Properties.ExecutionStatus", "DISABLED", "template-evaluation", "off"),
    ("agent", "WorkerPolicy.Properties.PolicyDocument.Statement.0.Action", ["s3:*"], "template-roles", "all-actions"),
    ("agent", "Group.Properties.SecurityGroupIngress.0.CidrIp", "0.0.0.0/0", "template-entrances", "open-to-all"),
    (
        "gateway",
        "Gateway.Properties.PolicyEngineConfiguration.Mode",
        "LOG_ONLY",
        "template-gateway-enforces",
        "log-only",
    ),
    ("gateway", "Gateway.Properties.WafConfiguration.FailureMode", "FAIL_OPEN", "template-gateway", "fails-open"),
    ("gateway", "AclOnGateway", ABSENT, "template-gateway", "fails-open"),
    ("gateway", "Gateway.Properties.AuthorizerType", "NONE", "template-gateway", "anybody"),
    ("gateway", "Managers.Properties.EnforcementMode", "LOG_ONLY", "template-gateway-policies", "log-only"),
    (
        "gateway",
        "Managers.Properties.Definition.Cedar.Statement",
        "permit(principal, action resource);",
        "template-gateway-policies",
        "no-cedar",
    ),
    (
        "gateway",
        "Managers.Properties.Definition.Cedar.Statement",
        "permit(principal, action, resource);",
        "template-gateway-policies",
        "wide-open",
    ),
    ("gateway", "Acl.Properties.Rules.0.OverrideAction", {"Count": {}}, "template-firewall", "only-counts"),
    ("oversight", "Questions.Properties.RedrivePolicy", ABSENT, "template-queues", "no-dead-letters"),
    ("oversight", "NotAdvancing.Properties.AlarmActions", [], "template-alarms", "tells-nobody"),
    ("oversight", "Approvals.Properties.PointInTimeRecoverySpecification", ABSENT, "template-tables", "no-restore"),
    ("oversight", "FrontUrl.Properties.AuthType", "NONE", "template-entrances", "open-to-all"),
    (
        "member",
        "Reader.Properties.AssumeRolePolicyDocument.Statement.0.Condition",
        ABSENT,
        "template-reader-role",
        "no-external-id",
    ),
    ("member", "Reader.Properties.Policies.0.PolicyDocument.Statement.1", ABSENT, "template-reader-role", "no-denial"),
    (
        "audit",
        "EvidencePolicy.Properties.PolicyDocument.Statement.1",
        ABSENT,
        "template-evidence-new",
        "may-be-replaced",
    ),
    ("audit", "AccessLogsPolicy", ABSENT, "template-tls", "no-tls"),
    ("audit", "Evidence.DeletionPolicy", "Delete", "template-kept", "goes-with-the-stack"),
    ("oversight", "Approvals.UpdateReplacePolicy", ABSENT, "template-kept", "goes-with-an-update"),
    ("oversight", "Topic.Properties.KmsMasterKeyId", ABSENT, "template-topics", "no-own-key"),
    ("oversight", "Secret.Properties.SecretString", "hunter2", "template-secrets", "told"),
    ("oversight", "Front.Properties.LoggingConfig", ABSENT, "template-functions", "no-own-log"),
    ("oversight", "MayInvoke.Properties.SourceArn", ABSENT, "template-entrances", "anybody-invokes"),
    ("oversight", "StageAcl", ABSENT, "template-doors", "no-firewall"),
    ("agent", "Door.Properties.PolicyDocument", ABSENT, "template-networks", "any-pass"),
    ("agent", "Inside.Properties.MapPublicIpOnLaunch", True, "template-networks", "has-internet"),
    ("agent", "WorkerPolicy.Properties.PolicyDocument.Statement.0.Resource", "*", "template-roles", "changes-anything"),
    ("gateway", "Target.Properties.Name", "costs", "template-gateway-cedar", "fits-no-tool"),
]


@pytest.mark.parametrize(("stack", "path", "value", "id", "reason"), DEFECTS)
def test_a_defect_in_a_template_is_caught_where_it_is_and_nowhere_else(stack, path, value, id, reason):
    templates = deepcopy(clean())
    at: Any = templates[f"regent-{stack}"]["Resources"]
    *steps, last = path.split(".")
    for step in steps:
        at = at[int(step)] if isinstance(at, list) else at[step]
    key = int(last) if isinstance(at, list) else last
    if value is ABSENT:
        del at[key]
    else:
        assert at[key] != value
        at[key] = value
    verdict, findings = found(RULES[id], templates)
    assert verdict == "fail"
    assert {one.split()[0] for one in findings} == {reason}
    assert all(one.split()[1].startswith(f"regent-{stack}/") for one in findings)


@pytest.mark.slow
def test_the_templates_name_properties_that_cloudformation_knows():
    """Against the L1 classes of the CDK: a rule that reads a property that does not exist would never find a fault."""
    import inspect

    import aws_cdk

    modules = {
        "Logs": "aws_logs",
        "CloudTrail": "aws_cloudtrail",
        "CloudWatch": "aws_cloudwatch",
        "SecretsManager": "aws_secretsmanager",
    }
    checked = 0
    for template in clean().values():
        for name, resource in template["Resources"].items():
            _, service, kind = resource["Type"].split("::")
            module = getattr(aws_cdk, modules.get(service, f"aws_{service.lower()}"))
            known = set(inspect.signature(getattr(module, f"Cfn{kind}").__init__).parameters)
            for said in resource["Properties"]:
                assert _snake(said) in known or f"{_snake(said)}_" in known, f"{name}: {resource['Type']} has no {said}"
                checked += 1
    assert checked > 100


def _snake(name: str) -> str:
    name = name.replace("JWT", "Jwt").replace("ACL", "Acl").replace("SSE", "Sse").replace("KMS", "Kms")
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
