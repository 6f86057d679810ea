"""What the sample estate does not hold by itself: other ways to be public or an administrator, and near-misses."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from tests.tools.security.conftest import values
from tools.estate.services import ec2, iam, s3

_FULL = quote(json.dumps({"Statement": {"Effect": "Allow", "Action": "*", "Resource": ["*"]}}))
_BOUND = quote(
    json.dumps(
        {
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": "*",
                    "Resource": "*",
                    "Condition": {"Bool": {"aws:ViaAWSService": "true"}},
                },
                {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::one-bucket/*"},
                {"Effect": "Deny", "Action": "*", "Resource": "*"},
            ]
        }
    )
)


def _changed(
    monkeypatch: pytest.MonkeyPatch, module: Any, operation: str, change: Callable[[Any, dict[str, Any]], None]
) -> None:
    """Let an operation of the sample estate answer with `change` made to its result."""
    before = module.OPERATIONS[operation]

    def answer(request: Any) -> dict[str, Any]:
        result: dict[str, Any] = before(request)
        change(request, result)
        return result

    monkeypatch.setitem(module.OPERATIONS, operation, answer)


def _administrators(ask: Any, named: Any) -> int:
    result = ask("identity_hygiene", check="over_privileged", accounts="venue-utrecht")
    count: int = named(result, "users with administrator rights and an active login").value
    return count


def test_administrators_by_inline_own_or_group_policy(ask: Any, named: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _administrators(ask, named) == 0
    own = "arn:aws:iam::210000001123:policy/everything"

    def change(_: Any, result: dict[str, Any]) -> None:
        users = {user["UserName"]: user for user in result["UserDetailList"]}
        users["j.devries"]["UserPolicyList"] = [{"PolicyName": "all", "PolicyDocument": _FULL}]
        users["a.hoekstra"]["AttachedManagedPolicies"] = [{"PolicyName": "everything", "PolicyArn": own}]
        version = {"VersionId": "v2", "IsDefaultVersion": True, "Document": _FULL}
        result["Policies"] = [{"PolicyName": "everything", "Arn": own, "PolicyVersionList": [version]}]
        group = {"GroupName": "cctv", "GroupPolicyList": [{"PolicyName": "all", "PolicyDocument": _FULL}]}
        result["GroupDetailList"] = [group]
        users["svc-cctv"]["GroupList"] = ["cctv"]

    _changed(monkeypatch, iam, "GetAccountAuthorizationDetails", change)
    assert _administrators(ask, named) == 3


def test_a_policy_with_a_condition_or_one_resource_is_no_administrator(
    ask: Any, named: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def change(_: Any, result: dict[str, Any]) -> None:
        for user in result["UserDetailList"]:
            user["UserPolicyList"] = [{"PolicyName": "bound", "PolicyDocument": _BOUND}]

    _changed(monkeypatch, iam, "GetAccountAuthorizationDetails", change)
    assert _administrators(ask, named) == 0


def _grant_everyone(request: Any, result: dict[str, Any]) -> None:
    if request.params["Bucket"] == "lantern-data-lab-scratch":
        uri = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
        result["Grants"] = [*result["Grants"], {"Grantee": {"Type": "Group", "URI": uri}, "Permission": "READ"}]


@pytest.mark.parametrize("ignored", [False, True])
def test_a_public_access_list_counts_unless_the_bucket_ignores_it(
    ask: Any, named: Any, monkeypatch: pytest.MonkeyPatch, ignored: bool
) -> None:
    _changed(monkeypatch, s3, "GetBucketAcl", _grant_everyone)
    flags = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), False)
    block = {"PublicAccessBlockConfiguration": flags | {"IgnorePublicAcls": ignored}}
    monkeypatch.setitem(s3.OPERATIONS, "GetPublicAccessBlock", lambda request: block)
    result = ask("public_exposure", kind="buckets", accounts="data-lab")
    assert named(result, "public buckets").value == (0 if ignored else 1)
    if not ignored:
        assert values(result, 3) == ["anyone with an AWS account, by access control list"]


def test_a_public_policy_behind_a_restriction_is_not_public(
    ask: Any, named: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    flags = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy"), False)
    block = {"PublicAccessBlockConfiguration": flags | {"RestrictPublicBuckets": True}}
    monkeypatch.setitem(s3.OPERATIONS, "GetPublicAccessBlock", lambda request: block)
    assert named(ask("public_exposure", kind="buckets", accounts="venue-utrecht"), "public buckets").value == 0


def test_a_group_open_to_every_ipv6_address_is_open(ask: Any, named: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def change(request: Any, result: dict[str, Any]) -> None:
        if request.region == "eu-west-1":
            rule = {"IpProtocol": "udp", "FromPort": 500, "ToPort": 510, "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}
            result["SecurityGroups"][0]["IpPermissions"] = [rule]

    _changed(monkeypatch, ec2, "DescribeSecurityGroups", change)
    result = ask("public_exposure", kind="security_groups", accounts="payer,venue-utrecht")
    assert values(result, 3) == ["udp 500 to 510"]
