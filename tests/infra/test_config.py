"""Environments: what a deployment may not even be asked for."""

import pytest
import yaml
from pydantic import ValidationError

from infra.config import FOLDER, ConfigError, Environment, load_environment

GUID = "11111111-2222-3333-4444-555555555555"
PLAIN = yaml.safe_load((FOLDER / "example.yaml").read_text())


def test_the_example_loads_and_is_named_like_its_file():
    assert load_environment("example").name == "example"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"region": "us-east-1", "regions": ["us-east-1"]}, "us-east-1"),
        ({"regions": ["eu-central-1"]}, "not among its regions"),
        ({"model": "global.anthropic.claude-sonnet-4-5-20250929-v1:0"}, "geographic inference profile"),
        ({"model": "us.anthropic.claude-sonnet-4-5-20250929-v1:0"}, "geographic inference profile"),
        ({"model": "anthropic.claude-sonnet-4-5-20250929-v1:0"}, "geographic inference profile"),
        ({"model_regions": ["eu-west-1", "us-west-2"]}, "us-west-2"),
        (
            {"model_regions": ["eu-west-1", "eu-central-1"], "prompts_leave_regions": False},
            "sonnet-4-5-20250929-v1:0 may process a prompt in eu-north-1, eu-south-1, eu-south-2, eu-west-3",
        ),
        (
            {"model": "eu.somebody.new-v1:0", "model_regions": ["eu-west-1"], "prompts_leave_regions": False},
            "eu.guardrail.v1:0 may process a prompt in eu-central-1",
        ),
        ({"region": "eu-west-2", "regions": ["eu-west-2"]}, "may process a prompt in eu-west-2"),
        ({"prompts_leave_regions": False}, "may be processed in eu-north-1, eu-south-1, eu-south-2, eu-west-3"),
        ({"regions": PLAIN["model_regions"]}, "prompts_leave_regions is true"),
        ({"account": "1234"}, "account"),
        ({"retention": {"evidence_days": 30}}, "evidence_days"),
        ({"retention": {"logs_days": 30}}, "logs_days"),
        ({"identity": {"discovery_url": "http://login.example.com/x", "audiences": ["regent"]}}, "discovery_url"),
        ({"public": True}, "public"),
        ({"principals": None}, "principals"),
        ({"sessions": {"idle_seconds": 900}}, "an approval waits 3600 seconds"),
        ({"channels": ["teams"]}, "teams"),
        ({"digests": [{"name": "w", "questions": ["What?"], "to": ["slack:C0123"]}]}, "slack:C0123"),
    ],
)
def test_a_model_region_or_bound_that_may_not_be_is_refused(change, said):
    with pytest.raises(ValidationError, match=said):
        Environment.model_validate({**PLAIN, **change})


def test_who_lets_prompts_leave_its_regions_is_told_where_they_go_and_what_its_declarations_lack():
    said = load_environment("example").says_leaving({"eu-west-1", "eu-central-1", "eu-west-3"})
    assert "may be processed in eu-north-1, eu-south-1, eu-south-2, eu-west-3, outside of regions" in said
    assert "do not name eu-north-1, eu-south-1, eu-south-2 (inference_regions)" in said
    assert "do not name" not in load_environment("example").says_leaving(set(PLAIN["model_regions"]))


def test_a_profile_that_stays_in_the_regions_needs_no_yes():
    stays = {"regions": PLAIN["model_regions"], "prompts_leave_regions": False}
    assert Environment.model_validate({**PLAIN, **stays}).leaving == ()


def test_alerts_may_go_to_both_chats():
    both = {"slack": {"alerts": ["C0123"]}, "teams": {"app_id": GUID, "tenant": GUID, "alerts": ["x"]}}
    found = Environment.model_validate({**PLAIN, "channels": ["slack", "teams"], **both})
    assert found.slack.alerts and found.teams and found.teams.alerts


def test_an_unknown_environment_is_a_sentence_with_those_that_are_there(monkeypatch):
    monkeypatch.setenv("REGENT_ENVIRONMENT", "nowhere")
    with pytest.raises(ConfigError, match=r"no environment 'nowhere'.*example"):
        load_environment()
