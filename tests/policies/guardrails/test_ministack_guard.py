"""ApplyGuardrail as an emulator that others wrote answers it: our reading of the protocol is not the only one tested.

The emulator matches patterns, words, e-mail addresses and cards; topics and prompt attacks it does not know.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.session import Session

from policies.guardrails import GuardUnavailableError
from policies.guardrails.bedrock import BedrockGuard
from policies.guardrails.template import guardrail_properties
from tests.agents.models.servers.chat import ChatServer
from tests.agents.models.test_ministack import bedrock_before, emulator
from tests.policies.guardrails.test_definition import as_api

__all__ = ["emulator"]
pytestmark = pytest.mark.slow


@pytest.fixture
def address(emulator: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with ChatServer(model="none") as upstream, bedrock_before(upstream, emulator, tmp_path) as found:
        monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", found)
        yield found


@pytest.fixture
def guard(address: str) -> BedrockGuard:
    """Our own definition, created and published through the emulator's API."""
    bedrock: Any = Session().create_client("bedrock", region_name="eu-west-1", endpoint_url=address)
    made = bedrock.create_guardrail(**as_api(guardrail_properties()))
    version = bedrock.create_guardrail_version(guardrailIdentifier=made["guardrailId"])["version"]
    return BedrockGuard(made["guardrailId"], version, "eu-west-1")


def test_what_is_harmless_passes(guard: BedrockGuard) -> None:
    found = guard.assess("What did we spend?", "question")
    assert (found.outcome, found.text) == ("passed", "What did we spend?")
    assert found.version.endswith("/1")


def test_a_pattern_that_only_the_guardrail_knows_masks(guard: BedrockGuard) -> None:
    """A number that fails the checksum is no BSN to the rules here; the guardrail's pattern knows no checksum."""
    found = guard.assess("the BSN 111222334 is on file", "tool_result")
    assert (found.outcome, found.masked) == ("masked", ("dutch-bsn",))
    assert "111222334" not in found.text
    assert list(found.hidden.values()) == ["{dutch-bsn}"]


def test_a_guardrail_that_does_not_exist_stops(address: str) -> None:
    with pytest.raises(GuardUnavailableError, match="could not be asked"):
        BedrockGuard("missing", "1", "eu-west-1").assess("What did we spend?", "question")
