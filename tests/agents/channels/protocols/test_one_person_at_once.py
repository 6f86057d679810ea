"""One person who asks a great deal at once, and everybody else."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from typing import Any

import pytest

from policies.audit import AnswerDelivered, LimitReached
from policies.audit.bodies import CallsRefused
from policies.oversight.budgets import AT_ONCE
from policies.oversight.refusals import EACH
from tests.agents.channels.protocols.conftest import Served
from tests.agents.channels.protocols.test_any_body import GOOD, HEADERS
from tests.agents.scripted import Calls, ScriptedMaker

SPEND: Calls = [("spend", {"period": "2026-09"})]
MANY = 40
LONG = "What did we spend in September? Take your time."
QUICK = "What did we spend in September?"


def chat(prompt: str) -> dict[str, Any]:
    return {"model": "regent", "messages": [{"role": "user", "content": prompt}]}


def run(prompt: str) -> dict[str, Any]:
    return {"threadId": "t", "runId": "r", "messages": [{"id": "m", "role": "user", "content": prompt}]}


def rpc(method: str, params: dict[str, Any]) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}


def message(prompt: str) -> dict[str, Any]:
    return rpc("SendMessage", {"message": {"messageId": "m", "role": "ROLE_USER", "parts": [{"text": prompt}]}})


def send(served: Served, path: str, body: dict[str, Any], who: str = "eva") -> tuple[int, str | None, str]:
    """Status, `Retry-After` and body."""
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
    connection.request("POST", path, json.dumps(body), HEADERS | served.bearer(who))
    got = connection.getresponse()
    return got.status, got.getheader("Retry-After"), got.read().decode()


@pytest.fixture
def held(serve_house: Callable[..., Any]) -> Iterator[Callable[..., Any]]:
    """`with held(4) as (served, asked, go_on)`: a house with so many of eva's long questions, until `go_on()`."""
    go_on = threading.Event()

    def first(messages: list[Any]) -> Calls:
        if "your time" in json.dumps(messages):
            go_on.wait(60)
        return SPEND

    @contextmanager
    def hold(number: int) -> Iterator[tuple[Served, list[Future[Any]], Callable[[], None]]]:
        maker = ScriptedMaker([first, "Spend was [[f1]]."])
        with serve_house(maker) as served, ThreadPoolExecutor(MANY) as pool:
            try:
                asked = [pool.submit(send, served, "/v1/chat/completions", chat(LONG)) for _ in range(number)]
                yield served, asked, go_on.set
            finally:
                go_on.set()

    yield hold
    go_on.set()


def test_attack_forty_questions_of_one_person_delay_nobody_else_and_are_refused_on_record(
    held: Callable[..., Any],
) -> None:
    with held(MANY) as (served, asked, _):
        ended = as_completed(asked, 60)
        refused = [next(ended).result() for _ in range(MANY - AT_ONCE)]
        assert {(status, retry) for status, retry, _ in refused} == {(429, "5")}
        assert all("You have 8 questions running" in said for *_, said in refused)
        status, _, said = send(served, "/v1/chat/completions", chat(QUICK), "anna")
        assert status == 200 and json.loads(said)["regent"]["status"] == "answered"
        assert sum(not one.done() for one in asked) == AT_ONCE, "all of eva's still run, and did not delay anna"
    assert Counter(one.result()[0] for one in asked) == {200: AT_ONCE, 429: MANY - AT_ONCE}
    served.desk.oversight.close()
    reached = served.recorded(LimitReached)
    assert [(one.limit, one.value) for one in reached] == [("principal questions at once", AT_ONCE)] * EACH
    [counted] = served.recorded(CallsRefused)
    assert counted.kinds == {"openai/at_once": MANY - AT_ONCE - EACH}
    assert Counter(one.status for one in served.recorded(AnswerDelivered)) == {"answered": AT_ONCE + 1, "denied": EACH}


def test_each_door_says_it_in_its_own_way_and_a_place_is_free_when_a_question_ends(held: Callable[..., Any]) -> None:
    with held(AT_ONCE) as (served, asked, go_on):
        while sum(served.desk.oversight.running.now().values()) < 3 * AT_ONCE:  # of the person, the role and the house
            time.sleep(0.01)
        assert send(served, "/agui", run(QUICK))[:2] == (429, "5")
        streamed = send(served, "/v1/chat/completions", {**chat(QUICK), "stream": True})
        assert streamed[:2] == (429, "5") and json.loads(streamed[2])["error"]["type"] == "rate_limit_error"
        said = json.loads(send(served, "/invocations", {"prompt": QUICK})[2])
        assert (said["status"], said["retry_after"], said["principal"]["id"]) == ("denied", 5, "eva")
        assert "You have 8 questions running" in said["text"] and "AI system" in said["disclosure"]
        for name, given in (("ask", {"question": QUICK}), ("spend", {"period": "2026-09"})):
            told = json.loads(send(served, "/mcp", rpc("tools/call", {"name": name, "arguments": given}))[2])["result"]
            assert told["isError"] and "8 questions running" in told["content"][0]["text"], name
        words, data = json.loads(send(served, "/a2a", message(QUICK))[2])["result"]["message"]["parts"]
        assert "8 questions running" in words["text"] and data["data"]["status"] == "denied"
        go_on()
        assert [one.result()[0] for one in asked] == [200] * AT_ONCE
        assert not served.desk.oversight.running.now()
        assert send(served, "/v1/chat/completions", chat(QUICK))[0] == 200


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/agui", "/mcp", "/a2a"])
def test_who_proves_nothing_is_told_at_every_door_what_would(served: Served, path: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
    connection.request("POST", path, json.dumps(GOOD[path]), HEADERS)
    got = connection.getresponse()
    assert (got.status, got.getheader("WWW-Authenticate")) == (401, "Bearer")
