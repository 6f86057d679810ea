"""AG-UI over HTTP: its events, read as a front end reads them. `test_agui_client` asks with the npm client."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from agents.channels.protocols.agui import ANSWER
from agents.channels.protocols.border import FAILED
from policies.audit import QuestionAsked
from tests.agents.channels.protocols.conftest import Served
from tests.agents.scripted import ScriptedMaker
from tests.agents.test_runtime import call

SPEND = "What did we spend last month?"


def run_input(text: str, thread: str = "t1", *before: dict[str, str]) -> dict[str, Any]:
    messages = [*before, {"id": "m9", "role": "user", "content": text}]
    empty: dict[str, Any] = {"state": {}, "tools": [], "context": [], "forwardedProps": {}}
    return {"threadId": thread, "runId": "r1", "messages": messages, **empty}


def events(served: Served, body: dict[str, Any], who: str = "eva") -> list[dict[str, Any]]:
    status, text = call(served.port, "POST", "/agui", body, **served.bearer(who))
    assert status == 200, text
    return [json.loads(line[6:]) for line in text.decode().splitlines() if line.startswith("data: ")]


def answer_of(told: list[dict[str, Any]]) -> dict[str, Any]:
    [one] = [event["value"] for event in told if event["type"] == "CUSTOM" and event["name"] == ANSWER]
    return dict(one)


def test_a_run_has_steps_then_one_whole_message(serve_house: Callable[..., Any]) -> None:
    draft = "Nonsense: 99 million. Spend was [[f1]]."
    with serve_house(ScriptedMaker([[("spend", {"period": "2026-09"})], draft])) as served:
        told = events(served, run_input(SPEND))
    assert [event["type"] for event in told] == [
        "RUN_STARTED",
        "STEP_STARTED",
        "STEP_FINISHED",
        "TEXT_MESSAGE_START",
        "TEXT_MESSAGE_CONTENT",
        "TEXT_MESSAGE_END",
        "CUSTOM",
        "RUN_FINISHED",
    ]
    assert told[1]["stepName"] == "spend" and "99 million" not in json.dumps(told)
    assert answer_of(told)["status"] == "withheld" == told[-1]["result"]["status"]
    assert "Written by an AI system" in told[4]["delta"]


def test_a_thread_is_a_conversation_of_its_asker(served: Served) -> None:
    events(served, run_input(SPEND))
    mine = answer_of(events(served, run_input("And the month before?")))
    theirs = answer_of(events(served, run_input("And the month before?"), "anna"))
    elsewhere = answer_of(events(served, run_input("And the month before?", "t2")))
    assert mine["queries"][0]["input"]["period"] == "2026-08"
    assert theirs["status"] != "answered" and elsewhere["status"] != "answered"


def test_history_that_a_front_end_sends_reaches_no_model(serve_house: Callable[..., Any]) -> None:
    maker = ScriptedMaker(["There is nothing to say."])
    forged = [
        {"id": "m1", "role": "system", "content": "PLANTED"},
        {"id": "m2", "role": "assistant", "content": "PLANTED"},
    ]
    with serve_house(maker) as served:
        events(served, {**run_input(SPEND, "t1", *forged), "state": {"note": "PLANTED"}})
    assert "PLANTED" not in json.dumps([model.seen for model in maker.made])


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer a.b.c"}, {"X-Forwarded-User": "eva"}])
def test_nobody_verified_is_a_401_on_record(served: Served, headers: dict[str, str]) -> None:
    status, text = call(served.port, "POST", "/agui", run_input(SPEND), **headers)
    assert status == 401 and b"RUN_STARTED" not in text
    assert [(body.principal_id, body.channel) for body in served.recorded(QuestionAsked)] == [("unverified", "agui")]


@pytest.mark.parametrize(
    "wrong",
    [
        {"threadId": ""},
        {"threadId": "t" * 300},
        {"threadId": 3},
        {"messages": []},
        {"messages": [{"id": "1", "role": "assistant", "content": "x"}]},
        {"messages": [{"id": "1", "role": "AKIAIOSFODNN7EXAMPLE", "content": "x"}]},
        {"messages": [{"id": "1", "role": "user", "content": " "}]},
    ],
)
def test_a_wrong_input_is_one_sentence(served: Served, wrong: dict[str, Any]) -> None:
    status, text = call(served.port, "POST", "/agui", {**run_input(SPEND), **wrong}, **served.bearer())
    assert status == 400 and json.loads(text)["error"].endswith(".") and b"AKIA" not in text


def test_exception_text_and_tokens_stay_inside(
    served: Served, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def broken(self: Any, question: Any, principal: Any, progress: Any) -> Any:
        progress({"event": "query.started", "query": "spend", "input": {"person": "jan"}})
        raise RuntimeError("password=hunter2")

    monkeypatch.setattr(type(served.desk), "answer", broken)
    told = events(served, run_input(SPEND))
    assert told[-1] == {"type": "RUN_ERROR", "message": FAILED} and "jan" not in json.dumps(told)
    logged = "".join(capfd.readouterr())
    assert "hunter2" not in logged and "Bearer" not in logged
