"""moto answers a few operations of IAM and S3 from the same inventory, for the right account, and only on demand."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError

from tests.tools.estate.conftest import Clients
from tools.estate.inventory import ROLES, USERS
from tools.estate.world import BY_NAME


def test_policy_texts_come_from_moto(client: Clients) -> None:
    iam = client("iam", account="backoffice-prod")
    arn = "arn:aws:iam::aws:policy/AdministratorAccess"
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    assert document["Statement"] == [{"Effect": "Allow", "Action": "*", "Resource": "*"}]


def test_accounts_do_not_mix_when_asked_at_once(client: Clients) -> None:
    arn = "arn:aws:iam::aws:policy/AdministratorAccess"

    def holders(name: str) -> int:
        count: int = client("iam", account=name).get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"]
        return count

    with ThreadPoolExecutor(8) as pool:
        found = dict(zip(BY_NAME, pool.map(holders, BY_NAME), strict=True))
    assert len(set(found.values())) > 1
    for name, count in found.items():
        held = [
            one for one in (*USERS, *ROLES) if one.account == BY_NAME[name].id and "AdministratorAccess" in one.policies
        ]
        assert count == len(held), name


def test_the_seed_agrees_with_the_seeded_handlers(client: Clients) -> None:
    arn = "arn:aws:iam::aws:policy/AdministratorAccess"
    attached = client("iam", account="network").get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"]  # moto's answer
    holders = client("iam", account="network").list_entities_for_policy(PolicyArn=arn)
    assert attached == len(holders["PolicyUsers"]) + len(holders["PolicyRoles"])
    from moto.iam.models import iam_backends

    backend = iam_backends[BY_NAME["network"].id]["aws"]
    users = client("iam", account="network").list_users()["Users"]
    for user in users:
        copy = backend.users[user["UserName"]]
        assert (copy.id, copy.create_date) == (user["UserId"], user["CreateDate"])
        keys = client("iam", account="network").list_access_keys(UserName=copy.name)["AccessKeyMetadata"]
        assert [(key.access_key_id, key.status) for key in copy.access_keys] == [
            (key["AccessKeyId"], key["Status"]) for key in keys
        ]
    assert set(backend.users) == {user["UserName"] for user in users}


def test_writes_are_refused(client: Clients) -> None:
    with pytest.raises(ClientError, match="NotInSampleEstate"):
        client("iam", account="data-lab").create_user(UserName="mallory")
    with pytest.raises(ClientError, match="NotInSampleEstate"):
        client("s3", account="data-lab").delete_bucket(Bucket="lantern-data-lab-scratch")
    with pytest.raises(ClientError, match="NotInSampleEstate"):
        client("ec2", account="data-lab").terminate_instances(InstanceIds=["i-09f500000000000a1"])


def test_bucket_settings_that_nobody_made(client: Clients) -> None:
    with pytest.raises(ClientError, match="NoSuchCORSConfiguration"):
        client("s3", account="data-lab").get_bucket_cors(Bucket="lantern-data-lab-scratch")


def test_what_else_in_the_process_empties_moto_leaves_no_empty_estate(client: Clients) -> None:
    from moto.s3.models import s3_backends

    test_bucket_settings_that_nobody_made(client)
    s3_backends[BY_NAME["data-lab"].id].reset()
    test_bucket_settings_that_nobody_made(client)


def test_the_seeded_handlers_do_not_import_moto() -> None:
    program = (
        "import importlib, pkgutil, sys\n"
        "import tools.estate.moto_seed\n"
        "from tools.estate import services\n"
        "for module in pkgutil.iter_modules(services.__path__):\n"
        "    importlib.import_module(f'tools.estate.services.{module.name}')\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('moto', 'boto3', 'duckdb')])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
