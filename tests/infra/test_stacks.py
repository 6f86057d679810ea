"""The templates: what matters in each, asserted on the synthesized JSON."""

import json

import pytest

from tools.catalogue import queries
from tools.iam import actions


def of(resources, kind):
    return [one["Properties"] for one in resources.values() if one["Type"] == kind]


def test_the_ledgers_bucket_is_locked_in_compliance_mode_for_seven_years(stacks):
    [bucket] = [b for b in of(stacks["Audit"], "AWS::S3::Bucket") if b.get("ObjectLockEnabled")]
    rule = bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
    assert rule == {"Mode": "COMPLIANCE", "Days": 2557}
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    [encryption] = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert encryption["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"


def test_an_object_can_only_be_new_and_only_come_over_tls(stacks):
    statements = [
        statement
        for policy in of(stacks["Audit"], "AWS::S3::BucketPolicy")
        for statement in policy["PolicyDocument"]["Statement"]
    ]
    [only_new] = [s for s in statements if s.get("Sid") == "OnlyNewObjects"]
    assert only_new["Effect"] == "Deny" and only_new["Condition"]["Null"] == {"s3:if-none-match": "true"}
    assert any(s["Condition"].get("Bool", {}).get("aws:SecureTransport") == "false" for s in statements)


def test_the_checkpoint_key_signs_and_does_nothing_else(stacks):
    [key] = [k for k in of(stacks["Audit"], "AWS::KMS::Key") if k.get("KeyUsage") == "SIGN_VERIFY"]
    assert key["KeySpec"] == "ECC_NIST_P256"
    [data] = [k for k in of(stacks["Audit"], "AWS::KMS::Key") if k.get("KeyUsage") != "SIGN_VERIFY"]
    assert data["EnableKeyRotation"] is True


def test_nothing_that_holds_evidence_goes_with_its_stack(stacks):
    for resource in stacks["Audit"].values():
        if resource["Type"] in ("AWS::S3::Bucket", "AWS::KMS::Key", "AWS::Logs::LogGroup"):
            assert resource["DeletionPolicy"] == "Retain", resource["Type"]


def test_long_invocations_go_to_a_bucket_that_bedrock_may_write_to_for_this_account_alone(stacks):
    resources = stacks["Account"]
    [(name, bucket)] = [
        (n, one) for n, one in resources.items() if n.startswith("LongInvocations") and "Policy" not in n
    ]
    said = bucket["Properties"]
    [rule] = said["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    [key] = [n for n, one in resources.items() if one["Type"] == "AWS::KMS::Key"]
    assert rule["ServerSideEncryptionByDefault"] == {
        "SSEAlgorithm": "aws:kms",
        "KMSMasterKeyID": {"Fn::GetAtt": [key, "Arn"]},
    }
    [group] = [g for g in of(resources, "AWS::Logs::LogGroup") if g.get("LogGroupName", "").endswith("invocations")]
    [ages] = said["LifecycleConfiguration"]["Rules"]
    assert ages["ExpirationInDays"] == group["RetentionInDays"], "what people asked is kept as long here as there"
    assert not said.get("ObjectLockEnabled"), "what people asked stands here in clear, and must be able to go"
    [setting] = [one for one in of(resources, "Custom::RegentSetting") if one["Setting"] == "invocation-logging"]
    assert setting["Bucket"] == {"Ref": name}

    policies = [
        (resource, statement)
        for resource, part in (("AWS::S3::BucketPolicy", "PolicyDocument"), ("AWS::KMS::Key", "KeyPolicy"))
        for one in of(resources, resource)
        for statement in one[part]["Statement"]
        if statement["Principal"] == {"Service": "bedrock.amazonaws.com"}
    ]
    assert {kind: statement["Action"] for kind, statement in policies} == {
        "AWS::S3::BucketPolicy": "s3:PutObject",
        "AWS::KMS::Key": "kms:GenerateDataKey",
    }
    for _, statement in policies:
        conditions = statement["Condition"]
        assert conditions["StringEquals"] == {"aws:SourceAccount": "111111111111"}
        assert conditions["ArnLike"] == {"aws:SourceArn": "arn:aws:bedrock:eu-west-1:111111111111:*"}
    [path] = [json.dumps(statement["Resource"]) for kind, statement in policies if "S3" in kind]
    assert "/AWSLogs/111111111111/BedrockModelInvocationLogs/*" in path


def test_the_trail_covers_the_ledger_and_can_be_validated(stacks):
    [trail] = of(stacks["Audit"], "AWS::CloudTrail::Trail")
    assert trail["EnableLogFileValidation"] is True and trail["IsMultiRegionTrail"] is True and trail["IsLogging"]
    assert "EventSelectors" not in trail, "CloudTrail takes one kind of selectors"
    recorded = {
        field["Equals"][0]
        for selector in trail["AdvancedEventSelectors"]
        for field in selector["FieldSelectors"]
        if field["Field"] in ("resources.type", "eventCategory")
    }
    agent = {f"AWS::BedrockAgentCore::{kind}" for kind in ("Runtime", "RuntimeEndpoint", "Gateway")}
    assert recorded == {"Management", "Data", "AWS::S3::Object"} | agent


@pytest.mark.parametrize("stack", ["Payer", "Member"])
def test_the_reader_role_may_do_exactly_what_queries_declare(stacks, stack):
    allowed, kept = set(), set()
    for policy in of(stacks[stack], "AWS::IAM::ManagedPolicy"):
        for statement in policy["PolicyDocument"]["Statement"]:
            if statement["Effect"] == "Allow":
                allowed |= set(statement["Action"])
            elif statement["Sid"] == "NothingElse":
                kept |= set(statement["NotAction"])
    declared = {action for query in queries().values() for o in query.operations for action in actions(o)}
    names = "Accounts TagsForResource Roots OrganizationalUnitsForParent AccountsForParent"
    directory = {f"organizations:List{name}" for name in names.split()}
    assert allowed == kept
    assert allowed <= declared | directory
    if stack == "Payer":
        assert allowed == declared | directory


def test_only_global_services_may_be_asked_outside_the_regions(stacks):
    from infra.stacks.member import GLOBAL_SERVICES

    [bounds] = [
        statement
        for policy in of(stacks["Payer"], "AWS::IAM::ManagedPolicy")
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Sid"] == "NowhereElse"
    ]
    assert bounds["Effect"] == "Deny"
    assert bounds["NotAction"] == sorted(f"{service}:*" for service in GLOBAL_SERVICES)
    assert bounds["Condition"] == {"StringNotEquals": {"aws:RequestedRegion": ["eu-central-1", "eu-west-1"]}}


def test_the_role_is_assumed_by_the_three_that_ask_alone_with_the_external_id(stacks):
    [role] = of(stacks["Member"], "AWS::IAM::Role")
    assume = [s for s in role["AssumeRolePolicyDocument"]["Statement"] if s["Action"] == "sts:AssumeRole"]
    assert len(assume) == 1 and "111111111111:root" in json.dumps(assume[0]["Principal"])
    asking = [f"arn:aws:iam::111111111111:role/RegentExample{name}" for name in ("Runtime", "Queries", "Watch")]
    assert assume[0]["Condition"]["ArnEquals"] == {"aws:PrincipalArn": asking}
    assert assume[0]["Condition"]["StringEquals"] == {
        "sts:ExternalId": "regent-example-111111111111",
        "aws:PrincipalOrgID": "o-exampleorgid",
    }


def test_the_guardrail_is_used_in_a_published_version_and_is_encrypted(stacks):
    from policies.guardrails.definition import load

    [guardrail] = of(stacks["Guardrails"], "AWS::Bedrock::Guardrail")
    [version] = of(stacks["Guardrails"], "AWS::Bedrock::GuardrailVersion")
    assert guardrail["KmsKeyArn"]
    assert load().version in version["Description"]
    assert {topic["Name"] for topic in guardrail["TopicPolicyConfig"]["TopicsConfig"]} == {
        t.name for t in load().topics
    }


def test_the_guardrail_is_not_enforced_in_the_whole_account_unless_asked(stacks):
    assert not of(stacks["Guardrails"], "AWS::Bedrock::EnforcedGuardrailConfiguration")


def test_no_check_of_controls_finds_fault_with_what_is_synthesized(assembly):
    from datetime import UTC, datetime

    from policies.controls import checks
    from policies.controls.collect.template import look
    from policies.controls.declared import load_declared
    from policies.controls.evaluate import judge

    seen = look(assembly)
    assert seen.problems == [] and len(seen.items) == seen.population >= 4
    rules = [one for one in checks.load().values() if {need.kind for need in one.needs.values()} == {"template"}]
    now, declared = datetime.now(UTC), load_declared()
    found = {one.id: judge(one, {"stacks": seen.items}, declared, now) for one in rules}
    assert [verdict for verdict in found.values() if verdict[0] in ("fail", "error")] == []
    assert {"template-evidence-lock", "template-reader-role", "template-trail"} <= {
        name for name, verdict in found.items() if verdict[0] == "pass"
    }
