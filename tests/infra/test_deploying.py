"""The deploy role's policy: made from the templates, complete for their types, small enough for IAM, and bounded."""

import json

import pytest

from infra.deploying import MOST_CHARACTERS, DeployingError, policies, read
from infra.deploying_actions import ACTIONS, NEVER


@pytest.fixture(scope="module")
def documents(templates):
    return policies(templates, "eu-west-1")


def allowed(documents):
    return {
        action: statement
        for document in documents
        for statement in document["Statement"]
        if statement["Effect"] == "Allow"
        for action in statement["Action"]
    }


def test_every_type_of_the_templates_can_be_made_changed_and_read(documents, templates):
    kinds = {one["Type"] for template in templates.values() for one in template["Resources"].values()}
    held = allowed(documents)
    assert {action for kind in kinds for action in ACTIONS[kind]} <= set(held)
    assert {"iam:CreateRole", "kms:CreateKey", "s3:PutBucketObjectLockConfiguration"} <= set(held)


def test_a_type_that_nobody_thought_about_is_an_error(templates):
    more = {**templates, "New": {"Resources": {"Bastion": {"Type": "AWS::EC2::Instance"}}}}
    with pytest.raises(DeployingError, match="AWS::EC2::Instance"):
        policies(more, "eu-west-1")


def test_iam_takes_each_document(documents):
    assert all(len(json.dumps(one, separators=(",", ":"))) <= MOST_CHARACTERS for one in documents)


def test_no_action_has_a_wildcard_and_none_is_denied_besides(documents):
    held = allowed(documents)
    assert not [action for action in held if "*" in action]
    assert not set(held) & NEVER
    denied = {a for s in documents[0]["Statement"] if s["Effect"] == "Deny" for a in s["Action"]}
    assert {"kms:ScheduleKeyDeletion", "s3:BypassGovernanceRetention", "iam:CreateUser"} <= denied


def test_roles_are_regents_own_and_other_calls_stay_in_the_region(documents):
    for action, statement in allowed(documents).items():
        service = action.split(":")[0]
        if service == "iam":
            assert all(resource.split("/")[-1] == "Regent*" for resource in statement["Resource"]), action
        elif service not in ("organizations", "route53"):
            assert statement["Condition"] == {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}, action


def test_a_member_account_needs_roles_only(assembly):
    documents = policies(*read(assembly, "Payer"))
    assert {action.split(":")[0] for action in allowed(documents)} == {"iam", "ssm", "s3"}


def test_without_an_assembly_it_says_what_to_do(tmp_path):
    with pytest.raises(DeployingError, match=r"python -m infra\.app"):
        read(tmp_path)
