"""`openai:` over the wire: a local server that speaks the protocol, well and badly, and what a person gets."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from agents.answer import Answer
from agents.home import Home
from agents.models import open_model
from agents.settings import load_settings
from policies.oversight import Limits
from tests.agents.models.servers.asking import DRAFT, KEY, Asker, answered, diagnostics, failed
from tests.agents.models.servers.chat import ChatServer
from tests.agents.models.servers.steps import Call, Cut, MidStream, Refuse, Say, Step, Wait
from tests.certificates import self_signed
from tools.estate.world import NOW

SPEND = Call.of("spend", {"period": "last_month"})
DONE = Say("Spend was [[f1]].")
HALF = f"Spend was {DRAFT} and"


def refused(status: int, message: str, **headers: str) -> Refuse:
    return Refuse(status, json.dumps({"error": {"message": message}}), headers=headers)


@pytest.fixture
def asker(ask: Callable[..., Answer], home: Home, capfd: pytest.CaptureFixture[str]) -> Iterator[Asker]:
    with diagnostics(first_wait=0.02) as log:
        yield Asker(ask, home, capfd, log)


def maker_of(url: str, tools: str = "native", model: str = "m") -> Any:
    return open_model(f"openai:{url}#{model}", load_settings(openai_api_key=KEY, openai_tools=tools))


@pytest.fixture(params=["native", "json"])
def tools(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_question_is_answered_with_figures(asker: Asker, tools: str) -> None:
    with ChatServer(SPEND, DONE, key=KEY) as server:
        answer = asker(maker_of(server.url, tools))
    answered(answer)
    assert not server.faults
    assert [query.decision for query in answer.queries] == ["allow"]
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (240, 24)
    assert answer.usage.model == "openai:m"


def test_the_server_gets_the_facts_and_never_receipts_or_ids_of_people(asker: Asker, tools: str) -> None:
    with ChatServer(SPEND, DONE) as server:
        answer = asker(maker_of(server.url, tools))
    told = json.dumps(server.requests[1]["body"]["messages"][-1])
    assert "f1 |" in told
    everything = json.dumps([request["body"] for request in server.requests])
    assert not any(receipt.id in everything or receipt.request_id in everything for receipt in answer.receipts)


def test_whom_to_trust_is_read_once_however_many_requests_there_are(
    asker: Asker, tools: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Any] = []

    def counted(*given: Any, **named: Any) -> ssl.SSLContext:
        read.append(named)
        return made(*given, **named)

    made = ssl.create_default_context
    with ChatServer(SPEND, DONE, SPEND, DONE) as server:
        maker = maker_of(server.url, tools)
        monkeypatch.setattr(ssl, "create_default_context", counted)
        for _ in range(2):
            answered(asker(maker))
    assert len(server.requests) == 4
    assert len(read) == 1


def test_attack_a_server_whose_certificate_nobody_vouches_for_is_told_nothing(
    asker: Asker, tools: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = self_signed(tmp_path / "server.pem", "127.0.0.1")
    with ChatServer(SPEND, DONE, key=KEY, certificate=certificate) as server:
        failed(asker(maker_of(server.url, tools)), "cannot be reached")
        assert not server.requests
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        answered(asker(maker_of(server.url, tools)))


def test_a_model_is_told_what_day_it_is(asker: Asker, tools: str) -> None:
    # who is asked about "Tuesday" must know the date of it: the estate's day, not this machine's
    with ChatServer(SPEND, DONE) as server:
        asker(maker_of(server.url, tools))
    for request in server.requests:
        assert f"Today is {NOW:%A, %Y-%m-%d} (UTC)." in request["body"]["messages"][0]["content"]


def test_two_calls_in_one_reply_are_both_run(asker: Asker) -> None:
    calls = Call((("spend", {"period": "last_month"}), ("spend", {"period": "2026-08"})))
    with ChatServer(calls, DONE) as server:
        answer = asker(maker_of(server.url))
    answered(answer)
    assert not server.faults
    assert len(answer.queries) == 2


def test_a_draft_is_repaired_without_an_empty_list_of_tools(asker: Asker, tools: str) -> None:
    with ChatServer(SPEND, Say(f"Spend was USD 1 says {DRAFT}."), DONE) as server:
        answer = asker(maker_of(server.url, tools))
    answered(answer)
    assert not server.faults


@pytest.mark.parametrize(
    "bad",
    [
        refused(429, "Rate limit reached"),
        refused(503, "loading model"),
        Refuse(502, "<html><body>Bad Gateway</body></html>", "text/html"),
        Cut(HALF),
    ],
    ids=["throttled", "unavailable", "gateway", "cut"],
)
def test_what_passes_is_tried_again(asker: Asker, tools: str, bad: Step) -> None:
    with ChatServer(SPEND, bad, DONE) as server:
        answer = asker(maker_of(server.url, tools))
    answered(answer)
    assert len(server.requests) == 3
    assert asker.seconds < 5


def test_a_server_that_always_throttles_gives_an_answer_soon(asker: Asker, tools: str) -> None:
    # a server may ask for any wait; nobody in a chat waits that long
    with ChatServer(refused(429, f"Rate limit for key {KEY}", **{"Retry-After": "40"})) as server:
        answer = asker(maker_of(server.url, tools))
    failed(answer, "throttled", "Try again in a minute")
    assert len(server.requests) == 3
    assert asker.seconds < 5


@pytest.mark.parametrize(
    "cut",
    [
        Cut(HALF),
        Cut(HALF, clean=True),
        Cut(call=("spend", '{"period": "last_')),
        Cut(call=("spend", "{}"), clean=True),
        MidStream(HALF, "server_error", f"CUDA out of memory for {KEY}"),
    ],
    ids=["text", "text, at a border", "call", "call, at a border", "error event"],
)
def test_half_a_reply_is_no_reply(asker: Asker, cut: Step) -> None:
    with ChatServer(cut) as server:
        answer = asker(maker_of(server.url))
    failed(answer, "Ask again")
    assert not answer.queries, "half a call was not run"
    assert asker.seconds < 6


@pytest.mark.parametrize(
    "page",
    [
        Refuse(200, "<html><body>Please sign in</body></html>", "text/html"),
        Refuse(200, '{"choices": []}'),
        Refuse(200, 'data: {"choices": []}\n\ndata: [DONE]\n\n', "text/event-stream"),
        Refuse(200, "data: {nonsense\n\n", "text/event-stream"),
        Refuse(200, ""),
    ],
    ids=["HTML", "no choices", "stream without choices", "stream of nonsense", "nothing"],
)
def test_what_is_no_reply_is_an_error(asker: Asker, tools: str, page: Refuse) -> None:
    with ChatServer(page) as server:
        answer = asker(maker_of(server.url, tools))
    failed(answer, "This could not be answered.")
    assert asker.seconds < 6


@pytest.mark.parametrize(
    "wrong",
    [
        Call.of("spend", '{"period": "last_month"'),
        Call.of("spend", '["last_month"]'),
        Call.of("drop_database", {}),
        Call.of("spend", {"periode": "last_month"}),
    ],
    ids=["invalid JSON", "a list", "unknown query", "unknown input"],
)
def test_a_wrong_call_is_told_to_the_model_and_never_run(asker: Asker, wrong: Step) -> None:
    with ChatServer(wrong, SPEND, DONE) as server:
        answer = asker(maker_of(server.url))
    answered(answer)
    assert not server.faults
    assert [query.decision for query in answer.queries] == ["error", "allow"]


def test_a_model_that_never_stops_calling_is_stopped(asker: Asker, tools: str) -> None:
    with ChatServer(SPEND) as server:
        answer = asker(maker_of(server.url, tools), limits=Limits(model_calls=4))
    assert (answer.status, answer.exit_code) == ("withheld", 4)
    assert "4 model calls" in answer.text
    assert len(server.requests) == 4


def test_a_wrong_key_says_which_setting(asker: Asker, tools: str) -> None:
    with ChatServer(DONE, key="another") as server:
        answer = asker(maker_of(server.url, tools))
    failed(answer, "refuses the key", "REGENT_OPENAI_API_KEY", f"127.0.0.1:{server.port}")
    assert len(server.requests) == 1


def test_an_error_says_what_was_sent_until_then(asker: Asker) -> None:
    with ChatServer(SPEND, Refuse(401, "{}")) as server:
        answer = asker(maker_of(server.url))
    failed(answer)
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (120, 12)


def test_an_unknown_model_is_named(asker: Asker, tools: str) -> None:
    with ChatServer(DONE) as server:
        answer = asker(maker_of(server.url, tools, model="gpt-nix"))
    failed(answer, "'gpt-nix'", "404")
    assert len(server.requests) == 1


def test_no_server_at_all(asker: Asker, tools: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    answer = asker(maker_of(f"http://user:{KEY}@127.0.0.1:{port}/v1", tools))
    failed(answer, f"127.0.0.1:{port}", "cannot be reached")


def test_a_server_that_does_not_answer_ends_with_the_questions_time(asker: Asker, tools: str) -> None:
    with ChatServer(Wait(30)) as server:
        answer = asker(maker_of(server.url, tools), limits=Limits(seconds=1))
    failed(answer, "did not answer in time")
    assert asker.seconds < 4


def test_too_long_a_request_is_said_and_not_cut_silently(asker: Asker, tools: str) -> None:
    too_long = refused(400, "This model's maximum context length is 4096 tokens.")
    with ChatServer(SPEND, too_long) as server:
        answer = asker(maker_of(server.url, tools))
    failed(answer, "more text than the model takes")
    assert len(server.requests) == 2, "nothing was dropped to make it fit"


def test_a_request_that_the_server_does_not_take_points_to_the_setting(asker: Asker) -> None:
    with ChatServer(refused(400, "'tools' is not supported")) as server:
        answer = asker(maker_of(server.url))
    failed(answer, "openai_tools: json")
