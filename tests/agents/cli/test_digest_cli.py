"""`regent digest`: what would be sent, asked for real and sent nowhere."""

import json

import pytest
from typer.testing import CliRunner

from agents.cli import app
from tests.homes import furnished

YAML = """
principals: people.yaml
digests:
- name: weekly-costs
  questions: ["What did we spend last month by service?", "Which security findings are critical?"]
  to: [slack:C0123COSTS, "teams:19:abc@thread.tacv2", webhook:portal]
  zone: Europe/Amsterdam
"""
PEOPLE = 'principals: {digest: {role: engineer, domains: [cost], known_as: ["digest:weekly-costs"]}}\n'


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("REGENT_HOME", furnished(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "people.yaml").write_text(PEOPLE)
    (tmp_path / "regent.yaml").write_text(YAML)
    return lambda *words: CliRunner().invoke(app, ["digest", *words])


def test_it_shows_what_would_be_sent_with_the_line_that_an_ai_system_wrote_it(run):
    told = run()
    assert told.exit_code == 0, told.output
    assert "Total spend" in told.output and "AI system" in told.output and "Denied." in told.output
    assert "Goes to slack:C0123COSTS, teams:19:abc@thread.tacv2, webhook:portal; next at" in told.output
    [found] = json.loads(run("weekly-costs", "--json").output)
    assert [part["view"]["status"] for part in found["parts"]] == ["answered", "denied"]
    assert found["parts"][0]["view"]["receipts"]


def test_what_cannot_be_shown_is_a_sentence(run, tmp_path):
    assert "there are weekly-costs" in str(run("nope").exception)
    (tmp_path / "regent.yaml").write_text("principals: people.yaml\n")
    assert "docs/digests.md" in str(run().exception)
    assert "regent digest weekly-costs --json" in run("--help").output
