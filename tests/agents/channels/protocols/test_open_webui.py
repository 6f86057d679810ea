"""Open WebUI 0.12.4: requests as it sent them to `regent serve`, asked again here.

`open_webui.jsonl` was recorded between a real Open WebUI, driven in a browser, and a real house. Changed since: the
secret and the answers in a history are placeholders, and of the list of tools that comes with each question all but
one tool are left out in every question but the first.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from policies.audit import QuestionAsked
from tests.agents.channels.protocols.conftest import PROXY, Served
from tests.agents.scripted import ScriptedMaker
from tests.agents.test_runtime import call

SENT = {
    one["what"]: one for one in map(json.loads, Path(__file__).with_name("open_webui.jsonl").read_text().splitlines())
}
WANTED: dict[str, Any] = {
    "title": {"title": ""},
    "tags": {"tags": []},
    "follow_ups": {"follow_ups": []},
    "queries": {"queries": []},
    "image_prompt": {"prompt": ""},
    "autocomplete": {"text": ""},
    "emoji": None,
    "merge": None,
}
TASK = "x-openwebui-task"


def again(served: Served, what: str, answer: str = "", **headers: str) -> tuple[int, str]:
    """Send what Open WebUI sent, with `answer` where it quoted one."""
    sent = SENT[what]
    body = json.loads(json.dumps(sent["body"]).replace('"(the answer)"', json.dumps(answer)))
    status, got = call(served.port, sent["method"], sent["path"], body, **{**sent["headers"], **headers})
    return status, got.decode()


def read(text: str) -> tuple[str, str, dict[str, Any]]:
    """What a page makes of a stream: the part that is folded away, the text, and the last chunk."""
    chunks = [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: {")]
    assert text.endswith("data: [DONE]\n\n")
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks]
    folded, shown = ("".join(delta.get(key) or "" for delta in deltas) for key in ("reasoning_content", "content"))
    return folded, shown, chunks[-1]


def test_a_chat_goes_on_and_each_person_sees_their_own(served: Served) -> None:
    status, text = again(served, "question eva")
    folded, shown, last = read(text)
    assert status == 200 and last["choices"][0]["finish_reason"] == "stop"
    assert "Total spend: USD 132,864.40" in shown and "| EC2 - Other | 19,141.78 |" in shown
    assert "_Written by an AI system" in shown and "Receipts: 1 (sample)" in shown
    [receipt] = last["regent"]["receipts"]
    assert "Asking AWS: spend" in folded and f"Receipt {receipt['id']}: ce:GetCostAndUsage" in folded
    assert receipt["request_id"] in folded
    _, later, then = read(again(served, "follow-up", shown)[1])
    assert then["regent"]["queries"][0]["input"]["period"] == "2026-08" and "125,990.52" in later
    _, hers, anna = read(again(served, "question anna")[1])
    assert anna["regent"]["principal"] == {"id": "anna", "role": "manager", "assurance": "proxy"}
    assert "4,482.42" in hers
    _, refused, denied = read(again(served, "denied", hers)[1])
    assert denied["regent"]["status"] == "denied" and refused.startswith("**Denied.**") and "rotterdam" not in refused
    assert [body.principal_id for body in served.recorded(QuestionAsked)] == ["eva", "eva", "anna", "anna"]


def test_a_withheld_answer_shows_the_facts_and_no_draft(serve_house: Callable[..., Any]) -> None:
    with serve_house(ScriptedMaker([[("spend", {"period": "2026-09"})], "Nonsense: 99 million."])) as served:
        folded, shown, last = read(again(served, "question eva")[1])
    assert last["regent"]["status"] == "withheld" and shown.startswith("**Withheld.**")
    assert "19,141.78" in shown and "99 million" not in shown + folded and "Written by an AI system" in shown


@pytest.mark.parametrize("named", [True, False], ids=["task named in the header", "known by its form"])
@pytest.mark.parametrize("what", WANTED)
def test_what_the_page_wants_for_itself_is_no_question(served: Served, what: str, named: bool) -> None:
    before = len(list(served.desk.ledger.read()))
    status, text = again(served, what, **({} if named else {TASK: ""}))
    assert status == 200
    said = read(text)[1] if SENT[what]["body"]["stream"] else json.loads(text)["choices"][0]["message"]["content"]
    if WANTED[what] is None:
        assert said.startswith("Only questions of people are answered here")
    else:
        assert json.loads(said) == WANTED[what]
    # neither asked nor refused, no model called, nothing spent
    assert len(list(served.desk.ledger.read())) == before and '"regent":' not in text


def test_a_house_with_prompts_of_its_own_names_the_task_in_the_header(serve_house: Callable[..., Any]) -> None:
    maker = ScriptedMaker(["A title."])
    with serve_house(maker) as served:
        body = {"model": "regent", "messages": [{"role": "user", "content": "Sum up in 3 words: spend of last month"}]}
        who = {**PROXY, "x-openwebui-user-email": "eva@house.example"}
        for name in ("title_generation", "TASKS.TITLE_GENERATION"):
            _, text = call(served.port, "POST", "/v1/chat/completions", body, **who, **{TASK: name})
            assert json.loads(text)["choices"][0]["message"]["content"] == '{"title": ""}'
        assert not maker.made
        _, text = call(served.port, "POST", "/v1/chat/completions", body, **who, **{TASK: ""})
        assert json.loads(text)["regent"]["id"] and maker.made  # an empty one is a person's


@pytest.mark.parametrize(
    "system", ["Available Tools: []", "You are Open WebUI's private memory reviewer. Return JSON."]
)
def test_prompts_that_stand_in_the_system_message_are_known_too(served: Served, system: str) -> None:
    messages = [{"role": "system", "content": system}, {"role": "user", "content": "Query: What did we spend?"}]
    who = {**PROXY, "x-openwebui-user-email": "eva@house.example"}
    _, text = call(served.port, "POST", "/v1/chat/completions", {"model": "regent", "messages": messages}, **who)
    assert json.loads(json.loads(text)["choices"][0]["message"]["content"]) in ({"tool_calls": []}, {"operations": []})
    assert not served.recorded(QuestionAsked)


def test_a_question_is_not_taken_for_the_page_s_own(served: Served) -> None:
    asked = "### Task: what did we spend last month?"
    body = {"model": "regent", "messages": [{"role": "user", "content": asked}]}
    who = {**PROXY, "x-openwebui-user-email": "eva@house.example"}
    _, text = call(served.port, "POST", "/v1/chat/completions", body, **who)
    assert json.loads(text)["regent"]["facts"]


def test_files_that_the_page_writes_around_a_question_are_refused_in_a_sentence(served: Served) -> None:
    status, text = again(served, "file")
    assert status == 400 and "Files" in json.loads(text)["error"]["message"]
    assert not served.recorded(QuestionAsked)


def test_somebody_whom_only_open_webui_knows_sees_the_model_and_is_refused(served: Served) -> None:
    # the list that one person's page fetches is kept for everybody's, so it must not be empty for one
    assert again(served, "models eva") == again(served, "models mallory")
    status, text = again(served, "question mallory")
    assert status == 403 and json.loads(text)["error"]["message"].endswith("known here.")
    assert again(served, "title", **{"x-openwebui-user-email": "mallory@house.example"})[0] == 403
    assert [body.principal_id for body in served.recorded(QuestionAsked)] == ["proxy:[E-MAIL]"]


@pytest.mark.parametrize("what", ["question eva", "title", "models eva"])
def test_open_webui_without_its_secret_is_nobody(served: Served, what: str) -> None:
    assert again(served, what, authorization="Bearer guess-" + "g" * 42)[0] == 401
