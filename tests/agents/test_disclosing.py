"""What the check of disclosures is fed: every open channel's own drawing of an answer, not a text of ours."""

import shutil
import subprocess
import sys

import pytest

from agents.channels import markdown, rendering, webhook_worker
from agents.channels.slack import blocks
from agents.cli import showing
from agents.controlling import manifest
from agents.disclosing import disclosures, open_channels
from agents.settings import Disclosure, Settings
from policies.controls import checks
from policies.controls.declared import load_declared
from policies.controls.evaluate import judge
from policies.controls.evidence import Item
from policies.controls.proof import AS_OF

TEAMS = {"app_id": "11111111-2222-3333-4444-555555555555", "tenant": "11111111-2222-3333-4444-555555555555"}


class Maker:
    name, is_llm = "offline", False


def findings(settings):
    """What the check says of the renderings, as (reason, channel/language)."""
    said = [Item(name=f"{one.channel}/{one.language}", data=one.model_dump()) for one in disclosures(settings, Maker())]
    check = checks.load()["disclosure-shown"]
    verdict, found, *_ = judge(check, {"renderings": said}, load_declared(), AS_OF)
    assert verdict in ("pass", "fail")
    return {(one.reason, one.subject) for one in found}


def test_every_open_channel_is_drawn_and_says_it_below_the_answer():
    settings = Settings(teams=TEAMS)
    said = {one.channel: one.text for one in disclosures(settings, Maker())}
    assert set(said) == {"cli", "invoke", "webhook", "slack", "teams", "openai", "agui", "mcp", "a2a"}
    for channel, text in said.items():
        assert "offline model" in text and "AI system" in text, channel
    # drawn by the channel and not by us: each in its own form
    assert '"type": "context"' in said["slack"] and '"AdaptiveCard"' in said["teams"]
    assert said["openai"].endswith("_") and "12.00" in said["cli"] and "model offline, 0 tokens" in said["cli"]
    assert findings(settings) == set()


def test_a_channel_that_is_not_open_is_not_drawn():
    assert "teams" not in open_channels(Settings())
    assert {"openai", "a2a"}.isdisjoint(open_channels(Settings(protocols=("mcp",))))


@pytest.mark.parametrize(
    ("module", "name", "worse", "channels"),
    [
        (markdown, "markdown", lambda view: view.text, {"openai", "agui", "mcp", "a2a"}),
        (blocks, "answer_blocks", lambda view, key: [{"type": "section", "text": view.text}], {"slack"}),
        (webhook_worker, "told", lambda answer, disclosure: '{"answer": "EC2 cost USD 12.00"}', {"webhook"}),
        (showing, "show_answer", lambda answer, console: console.print("EC2 cost USD 12.00"), {"cli"}),
    ],
)
def test_a_channel_that_stops_saying_it_is_found(monkeypatch, module, name, worse, channels):
    monkeypatch.setattr(module, name, worse)
    assert findings(Settings()) == {("not-said", f"{channel}/en") for channel in channels}


def test_a_line_lost_for_all_channels_is_found_for_all(monkeypatch):
    real = rendering.view
    monkeypatch.setattr(
        rendering, "view", lambda answer, words: real(answer, words).model_copy(update={"disclosure": ""})
    )
    found = {where for _, where in findings(Settings())}
    assert found >= {"slack/en", "openai/en", "agui/en", "mcp/en", "a2a/en"}


def test_words_of_the_house_that_do_not_say_it_are_found():
    vague = Settings(disclosure=Disclosure(line="Brought to you by Regent", contact="Have a very nice day."))
    assert ("not-said", "slack/en") in findings(vague)


def test_the_deployed_package_has_no_terminal_and_draws_all_the_others(tmp_path):
    """The watch evaluates there; what the package leaves out must not be asked for."""
    from infra import packaging

    for room in packaging.ROOMS:
        for source in packaging._sources(packaging.ROOT / room):
            target = tmp_path / source.relative_to(packaging.ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    assert (tmp_path / "agents/disclosing.py").exists() and not (tmp_path / "agents/cli").exists()
    code = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("rich", "typer"):
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Absent())
from agents.controlling import manifest
from agents.settings import Settings
made = manifest(Settings(estate="aws", teams={"app_id": "11111111-2222-3333-4444-555555555555"}), "aws")
assert len(made.disclosures) == made.disclosures_expected, made
print(*(one.channel for one in made.disclosures))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env={"PYTHONPATH": str(tmp_path), "HOME": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-1500:]
    assert done.stdout.split() == ["invoke", "webhook", "slack", "openai", "agui", "mcp", "a2a", "teams"]


def test_a_channel_that_nobody_draws_is_an_error_and_no_pass(monkeypatch):
    from agents import disclosing

    monkeypatch.delitem(disclosing._DRAW, "slack")
    made = manifest(Settings(), "sample")
    assert len(made.disclosures) == made.disclosures_expected - 1
