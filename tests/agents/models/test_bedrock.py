"""`bedrock:` over the wire: boto3 against a server that speaks ConverseStream's own encoding, well and badly."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from agents.answer import Answer
from agents.home import Home
from agents.models import failures, open_model
from agents.settings import load_settings
from policies.oversight import Limits
from tests.agents.models.servers.asking import DRAFT, KEY, Asker, answered, diagnostics, failed
from tests.agents.models.servers.converse import ConverseServer, aws_error
from tests.agents.models.servers.steps import Call, Cut, MidStream, Refuse, Say, Step, Wait

SPEND = Call.of("spend", {"period": "last_month"})
DONE = Say("Spend was [[f1]].")
HALF = f"Spend was {DRAFT} and"
REAL_WAIT = failures.FIRST_WAIT
THROTTLED = aws_error(429, "ThrottlingException", f"Too many requests, please wait. {KEY}")


@pytest.fixture
def asker(ask: Callable[..., Answer], home: Home, capfd: pytest.CaptureFixture[str]) -> Iterator[Asker]:
    with diagnostics(first_wait=0.02) as log:
        yield Asker(ask, home, capfd, log)


@pytest.fixture(autouse=True)
def caller(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """Credentials of nobody: the key stands where a real secret would."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_BEARER_TOKEN_BEDROCK"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", KEY)


Serve = Callable[..., ConverseServer]


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    started = []

    def serving(*steps: Step) -> ConverseServer:
        server = ConverseServer(*steps)
        started.append(server.__enter__())
        monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", server.address)
        return server

    yield serving
    for server in started:
        server.__exit__()


def maker_of(name: str = "bedrock:", **settings: Any) -> Any:
    return open_model(name, load_settings(**settings))


def test_a_question_is_answered_with_figures(asker: Asker, serve: Serve) -> None:
    server = serve(SPEND, DONE)
    answer = asker(maker_of())
    answered(answer)
    assert not server.faults
    # 20 fresh and 100 cached tokens in each of two replies: the cached ones were sent too
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (240, 24)


def test_the_default_keeps_prompts_in_the_eu_and_the_request_is_bounded(asker: Asker, serve: Serve) -> None:
    server = serve(SPEND, DONE)
    asker(maker_of())
    for request in server.requests:
        assert request["path"].startswith("/model/eu.")
        assert request["body"]["inferenceConfig"] == {"temperature": 0.0, "maxTokens": 1500}
        assert "/eu-west-1/bedrock/" in request["headers"]["Authorization"]


def test_tools_and_prompt_are_marked_for_the_cache(asker: Asker, serve: Serve) -> None:
    server = serve(SPEND, DONE)
    asker(maker_of())
    for request in server.requests:
        assert "cachePoint" in request["body"]["toolConfig"]["tools"][-1]
        assert "cachePoint" in request["body"]["system"][-1]


def test_models_without_a_cache_get_no_cache_points(asker: Asker, serve: Serve) -> None:
    server = serve(SPEND, DONE)
    answered(asker(maker_of("bedrock:eu.meta.llama3-2-3b-instruct-v1:0")))
    assert "cachePoint" not in json.dumps([request["body"] for request in server.requests])


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("content_filtered", "content filter"),
        ("malformed_tool_use", "could not read"),
        ("malformed_model_output", "could not read"),
        ("model_context_window_exceeded", "more text than"),
        ("a_reason_of_tomorrow", "broke off"),
    ],
)
def test_a_reply_that_stopped_for_another_reason_is_no_answer(
    asker: Asker, serve: Serve, reason: str, said: str
) -> None:
    serve(Say(HALF, reason=reason))
    failed(asker(maker_of()), said)


def test_several_calls_in_one_reply_are_run(asker: Asker, serve: Serve) -> None:
    server = serve(Call((("spend", {"period": "last_month"}), ("spend", {"period": "2026-08"}))), DONE)
    answer = asker(maker_of())
    answered(answer)
    assert not server.faults
    assert len(answer.queries) == 2


@pytest.mark.parametrize(
    "bad",
    [
        THROTTLED,
        MidStream(HALF, "throttlingException", "Too many tokens"),
        MidStream(HALF, "modelStreamErrorException", f"CUDA {KEY}"),
        aws_error(503, "ServiceUnavailableException", "try later"),
        Cut(HALF),
    ],
    ids=["throttled", "throttled in the stream", "model error in the stream", "unavailable", "cut"],
)
def test_what_passes_is_tried_again(asker: Asker, serve: Serve, bad: Step) -> None:
    server = serve(SPEND, bad, DONE)
    answer = asker(maker_of())
    answered(answer)
    assert len(server.requests) == 3


@pytest.mark.slow
def test_a_model_that_is_always_throttled_gives_an_answer_soon(
    asker: Asker, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(failures, "FIRST_WAIT", REAL_WAIT)
    server = serve(THROTTLED)
    answer = asker(maker_of())
    failed(answer, "throttled", "Try again in a minute")
    assert len(server.requests) == 3, "botocore repeats nothing behind our back"
    assert asker.seconds < 8


def test_throttling_within_every_stream_ends_alike(asker: Asker, serve: Serve) -> None:
    server = serve(MidStream(HALF, "throttlingException", "slow"))
    failed(asker(maker_of()), "throttled")
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (Cut(HALF), "broke off"),
        (Cut(HALF, clean=True), "broke off"),
        (Cut(call=("spend", '{"period": "last_')), "broke off"),
        (Cut(call=("spend", "{}"), clean=True), "broke off"),
        (MidStream(HALF, "modelStreamErrorException", f"weights of {KEY}"), "ModelStreamErrorException"),
        (MidStream(HALF, "internalServerException", "x"), "InternalServerException"),
        (aws_error(408, "ModelTimeoutException", "x"), "ModelTimeoutException"),
    ],
    ids=["text", "text, at a border", "call", "call, at a border", "model error", "server error", "model timeout"],
)
def test_half_a_reply_is_no_reply(asker: Asker, serve: Serve, broken: Step, said: str) -> None:
    serve(broken)
    answer = asker(maker_of())
    failed(answer, said)
    assert not answer.queries, "half a call was not run"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            aws_error(403, "AccessDeniedException", f"You don't have access to the model. arn:aws:iam::1:user/{KEY}"),
            ("does not let this caller", "bedrock:InvokeModelWithResponseStream", "eu.anthropic"),
        ),
        (
            aws_error(400, "ValidationException", "The provided model identifier is invalid."),
            ("has no model 'eu.anthropic", "bedrock_profile"),
        ),
        (
            aws_error(400, "ValidationException", "Invocation with on-demand throughput isn't supported."),
            ("has no model", "bedrock_profile"),
        ),
        (aws_error(404, "ResourceNotFoundException", "Could not resolve the model."), ("has no model",)),
        (aws_error(403, "ExpiredTokenException", f"The token {KEY} is expired"), ("aws sso login",)),
        (aws_error(403, "UnrecognizedClientException", "The token is invalid."), ("aws sso login",)),
        (aws_error(400, "ValidationException", f"temperature is not supported {KEY}"), ("ValidationException",)),
        (aws_error(400, "ValidationException", "Input is too long for requested model."), ("more text than",)),
        (Refuse(500, "<html>proxy</html>", "text/html"), ("Bedrock",)),
        (Refuse(200, "<html>Please sign in</html>", "text/html"), ("could not be answered",)),
    ],
    ids=[
        "access denied",
        "invalid model",
        "no on-demand",
        "not found",
        "expired",
        "unknown caller",
        "invalid request",
        "too long",
        "proxy error",
        "sign-in page",
    ],
)
def test_each_refusal_says_what_to_do(asker: Asker, serve: Serve, error: Refuse, words: tuple[str, ...]) -> None:
    serve(error)
    answer = asker(maker_of())
    failed(answer, *words)
    assert error.body not in answer.text
    assert asker.seconds < 5


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
def test_a_wrong_call_is_told_to_the_model_and_never_run(asker: Asker, serve: Serve, wrong: Step) -> None:
    server = serve(wrong, SPEND, DONE)
    answer = asker(maker_of())
    answered(answer)
    assert not server.faults
    assert [query.decision for query in answer.queries] == ["error", "allow"]


def test_a_model_that_never_stops_calling_is_stopped(asker: Asker, serve: Serve) -> None:
    server = serve(SPEND)
    answer = asker(maker_of(), limits=Limits(model_calls=4))
    assert (answer.status, answer.exit_code) == ("withheld", 4)
    assert "4 model calls" in answer.text
    assert len(server.requests) == 4


def test_no_endpoint_at_all(asker: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", f"http://127.0.0.1:{taken.getsockname()[1]}")
    answer = asker(maker_of())
    failed(answer, "Bedrock cannot be reached")


def test_no_credentials_say_how_to_get_some(asker: Asker, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    server = serve(DONE)
    failed(asker(maker_of()), "no valid AWS credentials", "aws sso login")
    assert not server.requests


def test_a_model_that_does_not_answer_ends_with_the_questions_time(asker: Asker, serve: Serve) -> None:
    serve(Wait(30))
    answer = asker(maker_of(), limits=Limits(seconds=1))
    failed(answer, "did not answer in time")
    assert asker.seconds < 25, "the server would have answered after 30 s: nobody waited for it"
