"""Tracing: what a span tells, and what it must not."""

import json

import pytest
from opentelemetry import trace

from agents import tracing
from agents.settings import Settings
from tests.agents.scripted import ScriptedMaker
from tests.agents.test_desk import SPEND


@pytest.fixture
def sent(monkeypatch):
    """A provider in force for one test, and the bodies that it sent."""
    bodies = []

    def post(body):
        bodies.append(json.loads(body))
        return 200

    provider = tracing.provider_of("RegentTest", False, post)
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
    monkeypatch.setattr("strands.telemetry.tracer._tracer_instance", None)
    yield provider, bodies
    provider.shutdown()


def spans(bodies):
    return [
        span
        for body in bodies
        for resource in body["resourceSpans"]
        for scope in resource["scopeSpans"]
        for span in scope["spans"]
    ]


def test_a_span_tells_model_query_and_tokens_and_not_what_was_asked_or_answered(ask, sent):
    provider, bodies = sent
    answer = ask(
        ScriptedMaker([SPEND, "Spend in the casino of Zandvoort was [[f1]]."]), "What did Zandvoort spend in August?"
    )
    provider.force_flush()
    told = json.dumps(bodies)
    found = spans(bodies)
    names = {span["name"] for span in found}
    assert any("spend" in name for name in names), names
    given = {one["key"] for span in found for one in span["attributes"]}
    assert {"gen_ai.tool.name", "gen_ai.usage.input_tokens"} <= given
    assert all(span["events"] == [] for span in found)
    assert "Zandvoort" in answer.text
    for word in ("Zandvoort", "August", "casino", str(answer.facts[0].label)):
        assert word not in told, word
    [service] = {
        one["value"]["stringValue"]
        for body in bodies
        for one in body["resourceSpans"][0]["resource"]["attributes"]
        if one["key"] == "service.name"
    }
    assert service == "RegentTest"


def test_a_span_is_encoded_as_otlp_wants_it(sent):
    provider, _ = sent
    tracer = provider.get_tracer("t")
    with tracer.start_as_current_span("outer") as outer, tracer.start_as_current_span("inner") as inner:
        inner.set_attribute("gen_ai.usage.input_tokens", 7)
        inner.set_attribute("secret", "who asked")
        inner.add_event("gen_ai.user.message", {"content": "who asked"})
    body = tracing.encoded([inner, outer], words=False)
    first, second = body["resourceSpans"][0]["scopeSpans"][0]["spans"]
    assert first["parentSpanId"] == second["spanId"] and len(first["traceId"]) == 32 and len(first["spanId"]) == 16
    assert first["kind"] == 1 and int(first["endTimeUnixNano"]) >= int(first["startTimeUnixNano"]) > 0
    assert first["attributes"] == [{"key": "gen_ai.usage.input_tokens", "value": {"intValue": "7"}}]
    assert "who asked" not in json.dumps(body)
    assert "who asked" in json.dumps(tracing.encoded([inner], words=True)), "judges can be given words"


def test_an_error_tells_that_it_was_one_and_not_its_text(sent):
    provider, _ = sent
    tracer = provider.get_tracer("t")
    with pytest.raises(ValueError, match="secret"), tracer.start_as_current_span("failing") as span:
        raise ValueError("secret of a person")
    told = tracing.encoded([span], words=False)
    assert "secret" not in json.dumps(told) and spans([told])[0]["status"] == {"code": 2}


@pytest.mark.parametrize("failure", [OSError("no network"), RuntimeError("there are no AWS credentials")])
def test_spans_that_cannot_be_sent_hinder_nobody(failure):
    def post(body):
        raise failure

    provider = tracing.provider_of("RegentTest", False, post)
    with provider.get_tracer("t").start_as_current_span("one"):
        pass
    provider.force_flush()
    provider.shutdown()


def test_without_a_region_nothing_is_sent_anywhere():
    before = trace.get_tracer_provider()
    with tracing.open_tracing(Settings(), post=lambda body: pytest.fail("something was sent")):
        assert trace.get_tracer_provider() is before


def test_a_body_is_signed_for_xray_in_the_region(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    seen = []

    class Answer:
        status_code = 200

    monkeypatch.setattr(
        "botocore.httpsession.URLLib3Session.send", lambda self, request: seen.append(request) or Answer
    )
    assert tracing._to_cloudwatch("eu-west-1")(b"{}") == 200
    [request] = seen
    assert request.url == "https://xray.eu-west-1.amazonaws.com/v1/traces"
    assert "/eu-west-1/xray/aws4_request" in request.headers["Authorization"]
