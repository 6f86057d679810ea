"""Evidence in an account of its own, and the reader role by StackSet: what only another environment has."""

import json

ARCHIVE = "333333333333"


def of(resources, kind):
    return [one["Properties"] for one in resources.values() if one["Type"] == kind]


def statements(resources, kind="AWS::S3::BucketPolicy"):
    return [s for policy in of(resources, kind) for s in policy["PolicyDocument"]["Statement"]]


def test_a_writer_may_put_new_objects_and_compare_them_and_nothing_else(other_stacks):
    from infra.constructs.archive import READERS, WRITERS

    home = [s for s in statements(other_stacks["Audit"]) if "111111111111" in json.dumps(s.get("Principal"))]
    by_sid = {s["Sid"]: s for s in home}
    assert set(by_sid) == {"WritersPut", "WritersCompare", "VerifiersRead", "VerifiersList"}
    assert set(by_sid["WritersPut"]["Action"]) == {"s3:PutObject", "s3:PutObjectRetention"}
    for sid, names in (("WritersPut", WRITERS), ("VerifiersList", READERS)):
        named = by_sid[sid]["Condition"]["ArnEquals"]["aws:PrincipalArn"]
        assert sorted(named) == sorted(f"arn:aws:iam::111111111111:role/RegentExample{name}" for name in names)
    assert "RegentExampleRuntime" not in json.dumps(by_sid["VerifiersList"]), "a writer does not list evidence"


def test_nobody_hides_or_deletes_an_object_whoever_asks(stacks, other_stacks):
    for resources in (stacks["Audit"], other_stacks["Audit"]):
        denied = {s["Sid"]: s for s in statements(resources) if s["Effect"] == "Deny" and s.get("Sid")}
        assert set(denied["NobodyDeletes"]["Action"]) == {
            "s3:DeleteObject",
            "s3:DeleteObjectVersion",
            "s3:BypassGovernanceRetention",
        }
        assert denied["NobodyDeletes"]["Principal"] == {"AWS": "*"} and "Condition" not in denied["NobodyDeletes"]


def test_the_runtime_finds_bucket_and_keys_of_the_other_account_by_name(other_stacks):
    for runtime in of(other_stacks["Agent"], "AWS::BedrockAgentCore::Runtime"):
        given = runtime["EnvironmentVariables"]
        assert given["REGENT_LEDGER_BUCKET"] == f"s3://regent-example-evidence-{ARCHIVE}-eu-west-1/ledger"
        assert given["REGENT_LEDGER_KEY"] == f"arn:aws:kms:eu-west-1:{ARCHIVE}:alias/regent-example-checkpoints"
    [bucket] = [b for b in of(other_stacks["Audit"], "AWS::S3::Bucket") if b.get("ObjectLockEnabled")]
    assert bucket["BucketName"] == f"regent-example-evidence-{ARCHIVE}-eu-west-1"
    aliases = {a["AliasName"] for a in of(other_stacks["Audit"], "AWS::KMS::Alias")}
    assert aliases == {"alias/regent-example-data", "alias/regent-example-checkpoints"}


def test_a_key_of_the_other_account_is_allowed_by_its_alias_and_no_other_key_is(other_stacks):
    keys = [
        s
        for s in statements(other_stacks["Agent"], "AWS::IAM::Policy")
        if f":{ARCHIVE}:key/" in json.dumps(s["Resource"])
    ]
    assert len(keys) == 2
    for statement in keys:
        [alias] = statement["Condition"]["ForAnyValue:StringEquals"].values()
        assert alias.startswith("alias/regent-example-")


def test_the_signing_key_lets_home_sign_and_not_more(other_stacks):
    [key] = [k for k in of(other_stacks["Audit"], "AWS::KMS::Key") if k.get("KeyUsage") == "SIGN_VERIFY"]
    [used] = [s for s in key["KeyPolicy"]["Statement"] if s.get("Sid") == "UsedFromHome"]
    assert set(used["Action"]) == {"kms:Sign", "kms:GetPublicKey", "kms:DescribeKey"}
    assert used["Condition"]["ArnEquals"]


def test_each_account_has_a_trail(stacks, other_stacks):
    assert not of(stacks["Account"], "AWS::CloudTrail::Trail"), "one account, one trail"
    for stack in ("Account", "Audit"):
        [trail] = of(other_stacks[stack], "AWS::CloudTrail::Trail")
        assert trail["EnableLogFileValidation"] is True
    assert f"regent-example-evidence-{ARCHIVE}" in json.dumps(of(other_stacks["Account"], "AWS::CloudTrail::Trail"))


def test_the_stack_set_rolls_out_the_very_reader_role_to_all_but_the_two_that_have_stacks(stacks, other_stacks):
    [made] = of(other_stacks["Members"], "AWS::CloudFormation::StackSet")
    assert made["PermissionModel"] == "SERVICE_MANAGED" and made["CallAs"] == "DELEGATED_ADMIN"
    assert made["AutoDeployment"] == {"Enabled": True, "RetainStacksOnAccountRemoval": False}
    [group] = made["StackInstancesGroup"]
    assert group["DeploymentTargets"] == {
        "OrganizationalUnitIds": ["ou-abcd-11111111"],
        "AccountFilterType": "DIFFERENCE",
        "Accounts": ["111111111111", "222222222222"],
    }
    rolled = json.loads(made["TemplateBody"])["Resources"]

    def allowed(resources):
        return sorted(json.dumps(s, sort_keys=True) for s in statements(resources, "AWS::IAM::ManagedPolicy"))

    assert allowed(rolled) == allowed(stacks["Member"])
    [role] = of(rolled, "AWS::IAM::Role")
    assert role["RoleName"] == "RegentReader" and {"Key": "regent:purpose", "Value": "reader"} in role["Tags"]


def test_without_being_asked_there_is_no_stack_set(stacks):
    assert "Members" not in stacks
