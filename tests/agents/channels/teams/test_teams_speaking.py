"""How the app speaks, against a Teams that refuses what the real one refuses."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from agents.channels.teams.activity import Came
from agents.channels.teams.parts import Part, Place, TeamsError, from_text, to_text
from agents.channels.teams.settings import TeamsSettings
from agents.channels.teams.showing import Showing
from agents.channels.teams.speaking import Speaking
from tests.agents.channels.teams.bot_framework import APP, TENANT
from tests.agents.channels.teams.teams_service import BOT_TOKEN, TeamsService, teams_service

CARD = {"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "TextBlock", "text": "a card"}]}


@pytest.fixture
def teams() -> Iterator[TeamsService]:
    with teams_service() as held:
        yield held


@pytest.fixture
def speaking(teams: TeamsService) -> Iterator[Speaking]:
    settings = TeamsSettings(app_id=APP, tenant=TENANT, service_url=teams.url)
    with Speaking(settings, token=lambda scope, tenant: BOT_TOKEN, pace=0.05) as voice:
        yield voice


def came(teams: TeamsService, *, personal: bool = True) -> Came:
    where = "a:ana" if personal else "19:ops"
    return Came("said", "1", TENANT, "ana", "29:ana", f"28:{APP}", where, personal, teams.url, "hi")


def part(teams: TeamsService, where: str = "a:ana", **more: Any) -> Part:
    return Part(place=Place(service=teams.url, conversation=where), text="the answer", card=CARD, **more)


def _until(happens: Callable[[], object]) -> None:
    until = time.monotonic() + 60
    while not happens():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.01)


def begun(speaking: Speaking, teams: TeamsService, *, personal: bool = True) -> str:
    shown = Showing(speaking, came(teams, personal=personal), None, lambda begun: None)
    _until(lambda: teams.progress if personal else teams.said("19:ops"))
    shown({"event": "query.started", "query": "spend_by_day"})
    _until(lambda: "spend by day" in str(teams.progress[-1:] if personal else teams.said("19:ops")))
    id = shown.close()
    assert id is not None
    return id


def test_progress_says_which_query_runs_and_keeps_the_order_of_streams(speaking: Speaking, teams: TeamsService) -> None:
    id = begun(speaking, teams)
    assert [text for _, text in teams.progress] == ["Looking at your question …", "Asking AWS: spend by day …"]
    assert speaking.say(part(teams, stream=id)) == id
    assert [one["text"] for one in teams.said("a:ana")] == ["the answer"]


@pytest.mark.parametrize("personal", [True, False])
def test_progress_that_teams_never_takes_costs_no_answer_and_shows_nothing_after_it(
    speaking: Speaking, teams: TeamsService, monkeypatch: pytest.MonkeyPatch, personal: bool
) -> None:
    monkeypatch.setattr("agents.channels.teams.showing.LAST_SECONDS", 0.3)
    hangs, hung, real = threading.Event(), threading.Event(), teams.answer
    where = "a:ana" if personal else "19:ops"

    def slow(method: str, path: str, body: Any) -> dict[str, Any]:
        if "Asking AWS" in str(body.get("text")):
            hung.set()
            hangs.wait(60)
        return real(method, path, body)

    shown = Showing(speaking, came(teams, personal=personal), None, lambda begun: None)
    _until(lambda: teams.progress if personal else teams.said(where))
    monkeypatch.setattr(teams, "answer", slow)
    shown({"event": "query.started", "query": "spend"})
    assert hung.wait(30)
    try:
        id = shown.close()
        speaking.say(part(teams, where, **{"stream" if personal else "replaces": id}))
        shown({"event": "query.started", "query": "cost"})
        assert [one["text"] for one in teams.said(where)] == ["the answer"]
    finally:
        hangs.set()


def test_whoever_stops_a_stream_gets_no_answer_after_all(speaking: Speaking, teams: TeamsService) -> None:
    id = begun(speaking, teams)
    teams.stopped = True
    speaking.say(part(teams, stream=id))
    assert not teams.said("a:ana")


def test_an_answer_that_was_said_is_not_said_twice_when_it_is_tried_again(
    speaking: Speaking, teams: TeamsService
) -> None:
    id = begun(speaking, teams)
    speaking.say(part(teams, stream=id))
    speaking.say(part(teams, stream=id))
    below = begun(speaking, teams, personal=False)
    speaking.say(part(teams, "19:ops", replaces=below))
    speaking.say(part(teams, "19:ops", replaces=below))
    assert len(teams.said("a:ana")) == len(teams.said("19:ops")) == 1


def test_where_a_text_cannot_become_a_card_the_card_comes_below(speaking: Speaking, teams: TeamsService) -> None:
    id = begun(speaking, teams, personal=False)
    teams.strict = True
    speaking.say(part(teams, "19:ops", replaces=id))
    first, second = teams.said("19:ops")
    assert (first["text"], "attachments" in first) == ("the answer", False)
    assert (second["text"], len(second["attachments"])) == ("", 1)


def test_a_message_that_is_gone_loses_no_answer(speaking: Speaking, teams: TeamsService) -> None:
    speaking.say(part(teams, "19:ops", replaces="gone"))
    [said] = teams.said("19:ops")
    assert said["text"] == "the answer" and said["attachments"]


def test_a_teams_that_is_down_is_said_without_a_token(speaking: Speaking, teams: TeamsService) -> None:
    teams.down = True
    with pytest.raises(TeamsError) as raised:
        speaking.say(part(teams))
    assert raised.value.status == 503 and BOT_TOKEN not in str(raised.value)
    nowhere = Part(place=Place(service="http://127.0.0.1:9", conversation="a:ana"), text="x")
    with pytest.raises(TeamsError, match="could not be reached"):
        speaking.say(nowhere)


@pytest.mark.slow  # a process of its own: the SDK reads the file when it is first imported
def test_the_sdk_reads_no_file_of_the_current_folder_into_the_environment(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("LEAKED=1\n")
    code = (
        "import os\n"
        "from agents.channels.teams.settings import TeamsSettings\n"
        "from agents.channels.teams.speaking import Speaking\n"
        f"with Speaking(TeamsSettings(app_id={APP!r}, tenant={TENANT!r}), token=lambda scope, tenant: 'x'):\n"
        "    import sys; print('microsoft_teams.apps' in sys.modules, 'LEAKED' in os.environ)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True False"


def test_parts_come_back_from_the_store_as_they_went(teams: TeamsService) -> None:
    held = [part(teams, stream="s", written_by_ai=True), Part(place=Place(service="s", person="p"), text="x", once="a")]
    assert from_text(to_text(held)) == held
