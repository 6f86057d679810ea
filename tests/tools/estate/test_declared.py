"""Only what is declared answers, what is declared has data, and what one answer refers to another one has."""

from __future__ import annotations

import importlib
import pkgutil
import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from tests.tools.estate.conftest import Clients
from tools.estate import moto_seed, services, world
from tools.estate.credentials import caller_of, session_keys
from tools.estate.dispatch import Dispatcher, seeded
from tools.estate.errors import AwsError, PassOnError
from tools.estate.protocol import models
from tools.estate.protocol.wire import WireRequest
from tools.estate.request import EstateRequest

SERVICES = sorted(
    module.name.replace("_", "-")
    for module in pkgutil.iter_modules(services.__path__)
    if not module.name.startswith("_")
)
ONLINE = world.BY_NAME["online-prod"].id


def requests_of(service: str) -> Iterator[tuple[str, WireRequest]]:
    """A signed request for every operation of a service, without input."""
    model: Any = models.service_model(service)
    signs, protocol = model.signing_name, model.metadata["protocol"]
    keys = session_keys(ONLINE)
    signer = SigV4Auth(Credentials(keys.access_key, keys.secret_key, keys.session_token), signs, "eu-west-1")
    for operation in model.operation_names:
        method, path, query, body, headers = "POST", "/", "", b"", {"host": "127.0.0.1"}
        if protocol == "json":
            headers["x-amz-target"], body = f"{model.metadata['targetPrefix']}.{operation}", b"{}"
        elif protocol == "smithy-rpc-v2-cbor":
            headers["smithy-protocol"], path = "rpc-v2-cbor", f"/service/x/operation/{operation}"
        elif protocol in ("query", "ec2"):
            headers["content-type"] = "application/x-www-form-urlencoded"
            body = f"Action={operation}&Version={model.api_version}".encode()
        else:
            http = model.operation_model(operation).http
            method, uri = http["method"], re.sub(r"\{[^}]+\}", "abc-1", http["requestUri"])
            if service == "s3" and not uri.startswith("/"):
                uri = f"/abc-1{uri}"
            path, _, query = uri.partition("?")
            headers |= {"x-amz-account-id": ONLINE} if service == "s3control" else {}
        made = AWSRequest(method, f"http://127.0.0.1{path}?{query}", headers, body)
        signer.add_auth(made)
        yield operation, WireRequest(method, path, query, {k.lower(): v for k, v in made.headers.items()}, body)


@pytest.mark.parametrize("service", SERVICES)
def test_an_operation_that_is_not_declared_is_refused_by_name(service: str, tmp_path: Path) -> None:
    def passed_on(_: Any) -> Any:
        raise AssertionError("moto was asked")

    dispatcher = Dispatcher(tmp_path, world.NOW, threading.Event())
    refused = 0
    for operation, request in requests_of(service):
        scope = request.scope
        assert scope is not None
        found, named = models.named(scope, request)
        if named in seeded(found):
            # the operation itself, or one that has the same method and path and differs by a header only
            assert named == operation or service in ("s3", "s3control", "lambda"), (operation, named)
            continue
        response = dispatcher(request, "r", passed_on)
        assert response.status == 501, (operation, response.body)
        assert b"NotInSampleEstate" in response.body, operation
        assert f"{found}:{named} has no data in the sample estate".encode() in response.body, operation
        refused += 1
    assert refused or service in ("sts",)


def asked(service: str, operation: str, account: str, region: str, params: dict[str, Any]) -> dict[str, Any] | str:
    """What a handler answers, or the code of its error."""
    module = importlib.import_module(f"tools.estate.services.{service.replace('-', '_')}")
    keys = session_keys(account)
    request = EstateRequest(
        account, region, service, operation, params,
        now=world.NOW, home=None, caller=caller_of(keys.access_key, keys.session_token),
    )  # fmt: skip
    try:
        found: dict[str, Any] = module.OPERATIONS[operation](request)
    except AwsError as error:
        return error.code
    except PassOnError:
        return "moto"
    return found


def declared(*, needs_input: bool) -> list[tuple[str, str, Any]]:
    found = []
    for service in SERVICES:
        model: Any = models.service_model(service)
        for operation in importlib.import_module(f"tools.estate.services.{service.replace('-', '_')}").OPERATIONS:
            shape = model.operation_model(operation).input_shape
            if bool(shape is not None and shape.required_members) is needs_input:
                found.append((service, operation, shape))
    return found


def holds_something(answer: dict[str, Any] | str) -> bool:
    if isinstance(answer, str):
        return False
    return any(value not in ([], {}, None, "", False, 0) for value in answer.values())


NONE_OF_THEM = {
    "ec2:DescribeReservedInstances": "the company reserves databases only, as its bill says",
}
"""Declared operations that answer with nothing in every account, and why that is the truth."""
NEED_MORE = {
    "ecs:ListServices", "iam:GetUser", "iam:ListAccessKeys", "iam:GetLoginProfile", "logs:FilterLogEvents",
    "wafv2:GetWebACL", "ec2:DescribeImages", "ec2:DescribeSnapshots", "iam:GetAccountAuthorizationDetails",
    "health:DescribeAffectedEntitiesForOrganization", "cost-optimization-hub:ListRecommendations",
}  # fmt: skip
"""Operations that AWS, too, or the sample, refuses without an input that the model does not call required."""


def test_every_declared_operation_has_data_somewhere_or_is_known_to_have_none() -> None:
    nothing, refusing = [], []
    for service, operation, _ in declared(needs_input=False):
        answers = [
            asked(service, operation, account.id, region, {}) for account in world.ACCOUNTS for region in world.REGIONS
        ]
        if all(isinstance(answer, str) for answer in answers):
            refusing.append(f"{service}:{operation}")
        elif not any(holds_something(answer) for answer in answers):
            nothing.append(f"{service}:{operation}")
    assert nothing == list(NONE_OF_THEM)
    assert set(refusing) <= NEED_MORE, refusing


EMPTY_AS_AWS_HAS_IT = {
    "cloudwatch:DescribeAlarmsForMetric", "resourcegroupstaggingapi:GetTagValues", "ssm:DescribeInstancePatchStates",
    "ssm:DescribeInstancePatchStatesForPatchGroup", "inspector2:ListFindingAggregations",
}  # fmt: skip
"""What is asked about by name and has nothing to tell of a name that nobody has."""


def made_up(shape: Any, name: str = "") -> Any:
    kind = shape.type_name
    if kind == "structure":
        return {one: made_up(shape.members[one], one) for one in shape.required_members}
    if kind == "list":
        return [made_up(shape.member, name)]
    if kind == "timestamp":
        return world.NOW - timedelta(days=1 if "nd" in name else 2)
    plain: dict[str, Any] = {"integer": 10, "long": 10, "double": 1.0, "boolean": True, "map": {}}
    return plain.get(kind, shape.enum[0] if getattr(shape, "enum", None) else "no-such-thing")


def test_a_thing_that_does_not_exist_is_an_error_and_not_an_empty_answer() -> None:
    answered = {
        f"{service}:{operation}"
        for service, operation, shape in declared(needs_input=True)
        if not isinstance(asked(service, operation, ONLINE, "eu-west-1", made_up(shape)), str)
    }
    assert answered == EMPTY_AS_AWS_HAS_IT


def test_networks_images_and_profiles_of_what_runs_are_there(client: Clients) -> None:
    for account in world.ACCOUNTS:
        for region in world.REGIONS:
            ec2 = client("ec2", account=account.name, region=region)
            instances = [one for each in ec2.describe_instances()["Reservations"] for one in each["Instances"]]
            gateways = ec2.describe_nat_gateways()["NatGateways"]
            groups = ec2.describe_security_groups()["SecurityGroups"]
            vpcs = {one["VpcId"] for one in ec2.describe_vpcs()["Vpcs"]}
            subnets = {one["SubnetId"] for one in ec2.describe_subnets()["Subnets"]}
            assert {one["VpcId"] for one in (*instances, *gateways, *groups)} <= vpcs
            assert {one["SubnetId"] for one in (*instances, *gateways)} <= subnets
            assert {one["GroupId"] for each in instances for one in each["SecurityGroups"]} <= {
                one["GroupId"] for one in groups
            }
            if instances:
                assert vpcs, account.name
                images = ec2.describe_images(Owners=["self"])["Images"]
                assert {one["ImageId"] for one in instances} == {one["ImageId"] for one in images}
                profiles = client("iam", account=account.name).list_instance_profiles()["InstanceProfiles"]
                assert {one["IamInstanceProfile"]["Arn"] for one in instances} == {one["Arn"] for one in profiles}


def test_what_aws_would_add_of_others_is_refused_and_not_left_out(client: Clients) -> None:
    ec2, iam = client("ec2", account="data-prod"), client("iam", account="data-prod")
    for call, given in (
        (ec2.describe_images, {}),
        (ec2.describe_images, {"Owners": ["amazon"]}),
        (ec2.describe_snapshots, {}),
        (ec2.describe_snapshots, {"OwnerIds": ["self", "amazon"]}),
        (iam.get_account_authorization_details, {}),
        (iam.get_policy, {"PolicyArn": "arn:aws:iam::aws:policy/AmazonEC2FullAccess"}),
        (iam.list_policies, {}),
        (iam.list_saml_providers, {}),
    ):
        with pytest.raises(ClientError, match="NotInSampleEstate"):
            call(**given)


def test_the_companys_own_policy_is_in_every_answer_about_policies(client: Clients) -> None:
    iam = client("iam", account="data-lab")
    (policy,) = iam.get_account_authorization_details(Filter=["LocalManagedPolicy"])["Policies"]
    assert policy["PolicyName"] == world.READER_ROLE
    assert policy["PolicyVersionList"][0]["Document"]["Statement"][-1]["Sid"] == "Debug"
    assert iam.get_policy(PolicyArn=policy["Arn"])["Policy"]["PolicyId"] == policy["PolicyId"]
    assert iam.get_account_summary()["SummaryMap"]["Policies"] == 1
    assert [one["RoleName"] for one in iam.list_entities_for_policy(PolicyArn=policy["Arn"])["PolicyRoles"]]


def test_what_moto_may_answer_is_a_setting_that_no_bucket_has(client: Clients) -> None:
    s3 = client("s3", account="data-lab")
    for operation in moto_seed.OPERATIONS["s3"]:
        with pytest.raises(ClientError, match=r"NoSuch|NotFound"):
            s3._make_api_call(operation, {"Bucket": "lantern-data-lab-scratch"})
    for call in (s3.get_bucket_lifecycle_configuration, s3.get_bucket_ownership_controls, s3.list_objects_v2):
        with pytest.raises(ClientError, match="NotInSampleEstate"):
            call(Bucket="lantern-data-lab-scratch")
