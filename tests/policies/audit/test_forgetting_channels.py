"""What a person was told in a channel is forgotten with them, and nobody else's is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agents.channels.heard import HeardFile
from agents.places import register_places
from policies.audit.erasure import PLACES, Traces

EVA, OTTO = "slack:T0HOUSE/U0EVA", "slack:T0HOUSE/U0OTTO"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    people = tmp_path / "people.yaml"
    named = {"eva": {"role": "engineer", "known_as": [EVA]}, "otto": {"role": "admin", "known_as": [OTTO]}}
    people.write_text(json.dumps({"principals": named}), encoding="utf-8")
    monkeypatch.setenv("REGENT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("REGENT_PRINCIPALS", str(people))
    register_places()
    return tmp_path / "home"


def test_what_a_person_was_told_in_a_channel_is_forgotten_by_the_names_the_house_knows(home: Path) -> None:
    heard = HeardFile(home / "heard.sqlite")
    heard.mark("begun/slack#message/D0EVA/1.2", EVA, "a message in D0EVA")
    heard.mark("private", "slack:T0HOUSE:D0EVA:1.2")
    heard.mark("asked/ap-1", OTTO, "elsewhere")
    assert PLACES["heard"].erase(home, Traces(person="eva", names=("eva",))) == 1
    assert not heard.has("begun/slack#message/D0EVA/1.2", EVA)
    assert b"a message in D0EVA" not in (home / "heard.sqlite").read_bytes()
    assert heard.has("private", "slack:T0HOUSE:D0EVA:1.2"), "a conversation that was private stays so"
    assert heard.said("asked/ap-1", OTTO) == "elsewhere"


def test_where_nobody_was_told_anything_nothing_is_made(home: Path) -> None:
    assert PLACES["heard"].erase(home, Traces(person="eva", names=("eva",))) == 0
    assert not (home / "heard.sqlite").exists()
