"""Mistakes in `regent.yaml` and at the first contact with AWS: one sentence that says what would fit."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands import regent_here
from tests.homes import furnished


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("reader_rol: x", "There is no setting reader_rol; did you mean reader_role?"),
        ("zzzz: x", "There is no setting zzzz."),
        ("regions: eu-west-1", "regions is wrong: expected a list"),
        ('payer_account: "12345"', "payer_account is wrong: expected the twelve digits of an account, in quotes."),
        ("openai_api_key: [hunter2]", "openai_api_key is wrong"),
        ("a: [", "regent.yaml cannot be read"),
    ],
)
def test_a_mistake_in_the_settings_file_is_named_and_its_value_is_not_said(
    tmp_path: Path, written: str, wanted: str
) -> None:
    (tmp_path / "regent.yaml").write_text(written)
    done = regent_here(tmp_path, "doctor", REGENT_HOME=str(tmp_path / "home"))
    assert done.returncode == 2 and done.stdout == ""
    assert wanted in done.stderr and "Traceback" not in done.stderr and "hunter2" not in done.stderr


def test_doctor_tells_a_network_that_does_not_reach_aws_from_credentials_that_are_old(tmp_path: Path) -> None:
    away = {
        "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y", "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_MAX_ATTEMPTS": "1",
    }  # fmt: skip
    said = regent_here(tmp_path, "doctor", REGENT_HOME=furnished(tmp_path / "home"), **away).stdout
    assert "network, proxy, VPN" in said and "aws sso login" not in said
