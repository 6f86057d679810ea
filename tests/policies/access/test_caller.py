"""The AWS caller as a principal: by role, by user, and by session name only where the session's name is no choice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from agents.local import asker
from agents.settings import Settings
from policies.access import NotVerifiedError, UnknownPrincipalError
from policies.access.caller import caller_ids
from policies.access.sources import IdentitySettings
from tools.errors import SettingsError

ACCOUNT = "123456789012"
SSO = f"arn:aws:sts::{ACCOUNT}:assumed-role/AWSReservedSSO_Platform_0a1b/bram@lantern.example"
PEOPLE = f"""
principals:
  bram: {{role: engineer, known_as: ["iam:{SSO}"]}}
  deploy: {{role: auditor, known_as: ["iam:arn:aws:iam::{ACCOUNT}:role/Audit"]}}
  local: {{role: admin}}
"""


class Sts:
    def __init__(self, arn: str) -> None:
        self._arn = arn

    def get_caller_identity(self) -> dict[str, str]:
        return {"Arn": self._arn}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    file = tmp_path / "principals.yaml"
    file.write_text(PEOPLE)
    return Settings(principals=file, identity=IdentitySettings(cli="iam"))


def who(settings: Settings, arn: str, as_id: str = "local") -> Any:
    return asker(settings, as_id, aws=True, sts=Sts(arn))


def test_a_person_of_identity_center_is_known_by_name(settings: Settings) -> None:
    found = who(settings, SSO)
    assert (found.id, found.assurance) == ("bram", "iam")
    with pytest.raises(UnknownPrincipalError, match="known_as"):
        who(settings, SSO.replace("bram@", "mallory@"))


def test_a_role_is_known_whatever_its_session_is_called(settings: Settings) -> None:
    assert who(settings, f"arn:aws:sts::{ACCOUNT}:assumed-role/Audit/anything").id == "deploy"


def test_a_session_name_that_the_caller_chose_is_nobody(settings: Settings, tmp_path: Path) -> None:
    chosen = f"arn:aws:sts::{ACCOUNT}:assumed-role/Build/bram@lantern.example"
    (tmp_path / "principals.yaml").write_text(f'principals:\n  bram: {{role: admin, known_as: ["iam:{chosen}"]}}\n')
    with pytest.raises(UnknownPrincipalError):
        who(settings, chosen)


@pytest.mark.parametrize(
    "arn",
    [
        f"arn:aws:sts::{ACCOUNT}:assumed-role/AuditX/s",
        "arn:aws:sts::999999999999:assumed-role/Audit/s",
        f"arn:aws:iam::{ACCOUNT}:user/bram",
    ],
)
def test_another_role_account_or_user_is_unknown(settings: Settings, arn: str) -> None:
    with pytest.raises(UnknownPrincipalError):
        who(settings, arn)


@pytest.mark.parametrize("arn", [f"arn:aws:iam::{ACCOUNT}:root", f"arn:aws:sts::{ACCOUNT}:federated-user/bram", ""])
def test_root_and_what_is_no_role_or_user_is_nobody(settings: Settings, arn: str) -> None:
    with pytest.raises(NotVerifiedError):
        who(settings, arn)


def test_naming_somebody_else_is_refused(settings: Settings) -> None:
    with pytest.raises(SettingsError, match="--as"):
        who(settings, SSO, as_id="deploy")


def test_on_the_sample_estate_the_file_decides(settings: Settings) -> None:
    assert asker(settings, "local", aws=False).assurance == "local"


def test_sts_is_really_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    with mock_aws():
        sts = boto3.client("sts", region_name="eu-west-1")
        made = sts.assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/Audit", RoleSessionName="session")["Credentials"]
        as_role = boto3.client(
            "sts",
            region_name="eu-west-1",
            aws_access_key_id=made["AccessKeyId"],
            aws_secret_access_key=made["SecretAccessKey"],
            aws_session_token=made["SessionToken"],
        )
        assert caller_ids(as_role) == (f"iam:arn:aws:iam::{ACCOUNT}:role/Audit",)
