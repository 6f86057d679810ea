"""`regent access worker-key`: the key of a program that asks for people, and the settings that believe it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from agents.cli.app import app
from policies.access.envelope import Envelopes, seal
from policies.access.nonces import FileNonces
from policies.access.signing import KeyFileSigner
from policies.access.sources import IdentitySettings


def made(*words: str, code: int = 0) -> str:
    done = CliRunner().invoke(app, ["access", "worker-key", *words])
    assert done.exit_code == code, done.output
    return done.output


@pytest.mark.parametrize("form", ["text", "json"])
def test_what_it_prints_are_settings_that_believe_the_key_in_the_file(tmp_path: Path, form: str) -> None:
    file = tmp_path / "worker.pem"
    more = ["--json"] if form == "json" else []
    said = made(str(file), "--kid", "portal", "--audience", "regent-prod", *more)
    keys = IdentitySettings.model_validate(
        (json.loads if form == "json" else yaml.safe_load)(said)["identity"]
    ).envelopes
    assert keys is not None and set(keys.keys) == {"portal"}
    payload = {"prompt": "What did we spend?"}
    signer = KeyFileSigner("portal", file)
    envelope = seal(
        signer, audience="regent-prod", person="slack:T1/eva", channel="slack", session="s", payload=payload
    )
    opened = Envelopes(keys.audience, keys.keys, FileNonces(tmp_path / "nonces")).open(envelope, payload, "s")
    assert opened.person == "slack:T1/eva"


def test_the_private_key_is_in_the_file_alone_and_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "worker.pem"
    said = made(str(file))
    secret = "".join(file.read_text().splitlines()[1:-1])
    assert "PRIVATE" not in said and secret not in said.replace("\n", "") and file.stat().st_mode & 0o777 == 0o600


def test_a_key_that_is_there_is_never_replaced(tmp_path: Path) -> None:
    file = tmp_path / "worker.pem"
    made(str(file))
    before = file.read_bytes()
    (tmp_path / "link.pem").symlink_to(tmp_path / "elsewhere.pem")
    for there in ("worker.pem", "link.pem"):
        with pytest.raises(Exception, match=f"There is a file {there} already"):
            CliRunner().invoke(app, ["access", "worker-key", str(tmp_path / there)], catch_exceptions=False)
    assert file.read_bytes() == before and not (tmp_path / "elsewhere.pem").exists()


@pytest.mark.parametrize("wrong", [["--kid", 'w1": x'], ["--kid", ""], ["--audience", "a b"], ["--audience", "x" * 65]])
def test_a_name_that_would_break_the_settings_makes_no_key(tmp_path: Path, wrong: list[str]) -> None:
    made(str(tmp_path / "worker.pem"), *wrong, code=2)
    assert not (tmp_path / "worker.pem").exists()
