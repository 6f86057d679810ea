"""The reader role's policy: every declared operation is mapped, nothing but reads, within IAM's size."""

from __future__ import annotations

import re

import pytest

from tools import catalogue, iam
from tools.calls import Aws
from tools.errors import RegentError
from tools.facts import Facts
from tools.registry import Query


def _operation_names(services: set[str]) -> dict[str, set[str]]:
    """Operations that botocore knows, by service."""
    from botocore.session import Session

    session = Session()
    return {service: set(session.get_service_model(service).operation_names) for service in services}


def _with(name: str, *operations: str, reach: str = "accounts", domain: str = "ops") -> Query:
    """A declared query as a company's package would have it, without registering it."""

    def ask(aws: Aws) -> Facts:
        """Test."""
        return Facts("test")

    from tools.registry import _declare

    ask.__name__ = name
    return _declare(ask, domain, frozenset(operations), reach, False)  # type: ignore[arg-type]  # a Literal by name


def test_every_declared_operation_is_mapped() -> None:
    declared = {operation for one in catalogue.every_query().values() for operation in one.operations}
    assert declared
    assert declared <= iam.known_operations(), f"add to tools/iam_table.py: {sorted(declared - iam.known_operations())}"


def test_every_mapped_operation_exists_in_botocore() -> None:
    """A misspelled operation would never match a declaration, and its action would silently be missing."""
    mapped = [operation.split(":") for operation in sorted(iam.known_operations())]
    known = _operation_names({service for service, _ in mapped})
    unknown = [f"{service}:{name}" for service, name in mapped if name not in known[service]]
    assert unknown == []


def test_no_action_writes_or_hands_out_secrets() -> None:
    for operation in sorted(iam.known_operations()):
        for action in iam.actions(operation):
            assert iam.is_read(action), f"{operation} -> {action}"


@pytest.mark.parametrize(
    "action",
    [
        "s3:PutObject",
        "s3:GetObject",
        "secretsmanager:GetSecretValue",
        "ssm:GetParameters",
        "iam:CreateUser",
        "ec2:*",
        "ec2:Describe*",
        "*",
        "sts:AssumeRole",
        "kms:Decrypt",
        "lambda:InvokeFunction",
        "lambda:GetFunction",
        "logs:PutLogEvents",
        "ec2:Getaway",
        "dynamodb:BatchWriteItem",
    ],
)
def test_what_is_not_a_plain_read_is_told_apart(action: str) -> None:
    assert not iam.is_read(action)


@pytest.mark.parametrize(
    ("operation", "actions"),
    [
        ("s3:ListBuckets", ("s3:ListAllMyBuckets",)),
        ("s3:GetPublicAccessBlock", ("s3:GetBucketPublicAccessBlock",)),
        ("s3control:GetPublicAccessBlock", ("s3:GetAccountPublicAccessBlock",)),
        ("s3:GetBucketEncryption", ("s3:GetEncryptionConfiguration",)),
        ("resourcegroupstaggingapi:GetResources", ("tag:GetResources",)),
        ("budgets:DescribeBudgets", ("budgets:ViewBudget",)),
        ("accessanalyzer:ListFindingsV2", ("access-analyzer:ListFindingsV2",)),
        ("elbv2:DescribeLoadBalancers", ("elasticloadbalancing:DescribeLoadBalancers",)),
        ("service-quotas:ListServiceQuotas", ("servicequotas:ListServiceQuotas",)),
        ("ce:GetCostAndUsage", ("ce:GetCostAndUsage",)),
    ],
)
def test_names_that_differ_between_the_api_and_iam(operation: str, actions: tuple[str, ...]) -> None:
    assert iam.actions(operation) == actions


@pytest.mark.parametrize("operation", ["s3:ListObjectsV2", "ec2:TerminateInstances", "nosuch:GetThing", ""])
def test_an_unknown_operation_is_an_error_not_a_guess(operation: str) -> None:
    with pytest.raises(iam.UnmappedOperationError, match=r"iam_table"):
        iam.actions(operation)
    with pytest.raises(iam.UnmappedOperationError):
        iam.reader_policies([_with("unmapped", "s3:ListBuckets", "apprunner:ListServices")])


def test_the_policy_allows_exactly_what_is_declared() -> None:
    declared = {operation for one in catalogue.queries().values() for operation in one.operations}
    expected = {action for operation in declared for action in iam.actions(operation)}
    expected |= {f"organizations:List{what}" for what in ("Accounts", "TagsForResource", "Roots", "AccountsForParent")}
    expected |= {"organizations:ListOrganizationalUnitsForParent"}
    documents = iam.reader_policies(catalogue.queries())
    allowed = {action for document in documents for s in document["Statement"] for action in s["Action"]}
    assert allowed == expected
    for document in documents:
        assert iam.size(document) <= 6144
        assert document["Version"] == "2012-10-17"
        for statement in document["Statement"]:
            assert statement["Effect"] == "Allow"
            assert re.fullmatch(r"[A-Za-z0-9]+", statement["Sid"])
    sids = [s["Sid"] for document in documents for s in document["Statement"]]
    assert len(sids) == len(set(sids))
    assert {"RegentOpsAccounts", "RegentAccountDirectory"} <= set(sids)


def test_queries_and_the_evidence_of_controls_fit_into_one_policy() -> None:
    allowed = {a for s in iam.reader_policy(catalogue.every_query())["Statement"] for a in s["Action"]}
    assert {"bedrock:GetModelInvocationLoggingConfiguration", "s3:GetBucketObjectLockConfiguration"} <= allowed
    assert all(iam.is_read(action) for action in allowed)


def test_a_member_account_gets_nothing_of_billing() -> None:
    documents = iam.reader_policies(catalogue.queries(), "member")
    allowed = {action for document in documents for s in document["Statement"] for action in s["Action"]}
    assert "cloudwatch:DescribeAlarms" in allowed
    assert not [a for a in allowed if a.startswith(("ce:", "budgets:", "cost-optimization-hub:", "organizations:"))]
    payer = iam.reader_policies(catalogue.queries(), "payer")
    assert "ce:GetCostAndUsage" in {a for document in payer for s in document["Statement"] for a in s["Action"]}


def test_too_much_for_one_policy_is_split_without_losing_an_action() -> None:
    everything = sorted(iam.known_operations())
    many = [_with(f"many_{number}", *everything, domain=f"domain-{number}") for number in range(3)]
    documents = iam.reader_policies(many)
    assert len(documents) > 1
    assert all(iam.size(document) <= 6144 for document in documents)
    allowed = {action for document in documents for s in document["Statement"] for action in s["Action"]}
    assert allowed == {action for operation in everything for action in iam.actions(operation)}
    sids = [s["Sid"] for document in documents for s in document["Statement"]]
    assert len(sids) == len(set(sids))
    with pytest.raises(RegentError, match="reader_policies"):
        iam.reader_policy(many)


def test_one_policy_where_it_fits() -> None:
    document = iam.reader_policy([_with("small", "s3:ListBuckets", reach="accounts")], "member")
    assert document == {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "RegentOpsAccounts", "Effect": "Allow", "Action": ["s3:ListAllMyBuckets"], "Resource": "*"}
        ],
    }


def test_queries_that_only_look_at_facts_need_no_permission() -> None:
    documents = iam.reader_policies([_with("derived", reach="facts", domain="shared")], "member")
    assert documents == ()


def test_a_company_can_map_its_own_operations_but_only_to_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(iam, "_ADDED", {})
    with pytest.raises(RegentError, match="only reads"):
        iam.declare_actions("apprunner:ListServices", ["apprunner:ListServices", "apprunner:DeleteService"])
    with pytest.raises(RegentError, match="no action"):
        iam.declare_actions("apprunner:ListServices", [])
    iam.declare_actions("apprunner:ListServices", ["apprunner:ListServices"])
    assert iam.actions("apprunner:ListServices") == ("apprunner:ListServices",)
    with pytest.raises(RegentError, match="already"):
        iam.declare_actions("s3:ListBuckets", ["s3:ListAllMyBuckets", "s3:GetBucketAcl"])
