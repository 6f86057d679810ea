"""`regent slack`: what a platform engineer gets before anything runs."""

import json

import pytest
from typer.testing import CliRunner

from agents.channels.slack.gatekeeper import ACTIONS, EVENTS
from agents.channels.slack.manifest import HISTORY_SCOPES, SCOPES, manifest
from agents.channels.slack.settings import SlackSettings
from agents.cli.app import app


def run(*given):
    return CliRunner().invoke(app, ["slack", *given])


def test_help_has_examples():
    said = run("--help").output
    assert "regent slack manifest --url" in said and "regent slack --port" in said


def test_the_manifest_asks_for_the_least_scopes_and_points_at_the_front():
    made = json.loads(run("manifest", "--url", "https://regent.example.com/").output)
    assert made["oauth_config"]["scopes"] == {"bot": sorted(SCOPES)}, "and no user scope"
    assert made["settings"]["event_subscriptions"]["request_url"] == f"https://regent.example.com{EVENTS}"
    assert made["settings"]["interactivity"]["request_url"] == f"https://regent.example.com{ACTIONS}"
    assert set(made["settings"]["event_subscriptions"]["bot_events"]) == {
        "app_mention", "assistant_thread_started", "message.im",
    }  # fmt: skip
    assert len(made["display_information"]["description"]) <= 140 and len(made["display_information"]["name"]) <= 35
    assert len(made["display_information"]["long_description"]) >= 174, "Slack wants so much"


def test_history_of_channels_is_read_only_by_choice():
    found = manifest(SlackSettings(channel_history=True), "https://x")
    assert set(found["oauth_config"]["scopes"]["bot"]) == {*SCOPES, *HISTORY_SCOPES}
    assert "message.channels" in found["settings"]["event_subscriptions"]["bot_events"]


def test_scopes_are_explained():
    assert json.loads(run("scopes", "--json").output) == SCOPES
    assert all(f"{scope}" in run("scopes").output for scope in SCOPES)


@pytest.mark.parametrize("url", ["http://regent.example.com", "regent.example.com", ""])
def test_an_address_that_slack_would_not_call_is_refused(url):
    failed = run("manifest", "--url", url)
    assert "https" in str(failed.exception)


def test_without_a_secret_nothing_starts_and_a_secret_is_never_shown(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REGENT_HOME", str(tmp_path / "home"))
    assert "SIGNING_SECRET" in str(run().exception)
    monkeypatch.setenv("REGENT_SLACK__BOT_TOKEN", "xoxb-1234567890-secret")
    assert "SIGNING_SECRET" in str(run().exception)
    shown = CliRunner().invoke(app, ["doctor", "--settings"]).output
    assert "slack:" in shown and "bot_token: (set)" in shown and "signing_secret: null" in shown
    assert "xoxb-1234567890-secret" not in shown


def test_a_secret_file_that_others_can_read_is_refused(tmp_path):
    from agents.channels.delivery import ChannelError
    from agents.channels.slack.running import secret_of

    file = tmp_path / "secret.json"
    file.write_text('{"signing_secret": "0123456789abcdef", "bot_token": "xoxb-1"}')
    file.chmod(0o644)
    with pytest.raises(ChannelError, match="mode to 600"):
        secret_of(SlackSettings(secret_file=file))()
