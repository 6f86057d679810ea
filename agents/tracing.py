"""Tracing: spans of what was done, sent to CloudWatch by OTLP (HTTP, JSON, signed), without words unless told so.

A span tells which model and which query ran, for how long and for how many tokens. What was asked, answered or read
stays out of it, because it would lie where erasing a person does not reach: only attributes on a list are sent, and no
events. With `trace_words` everything is sent, so that judges of online evaluation can read it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import Event, ReadableSpan, TracerProvider

    from agents.settings import Settings

log = structlog.get_logger()
Post = Callable[[bytes], int]
"""Sends one body; the HTTP status."""
MOST_SPANS = 512
_WITHOUT_WORDS = frozenset(
    {
        "gen_ai.agent.name",
        "gen_ai.operation.name",
        "gen_ai.provider.name",
        "gen_ai.request.model",
        "gen_ai.server.request.duration",
        "gen_ai.server.time_to_first_token",
        "gen_ai.system",
        "gen_ai.tool.name",
        "gen_ai.tool.status",
        "gen_ai.usage.cache_read_input_tokens",
        "gen_ai.usage.cache_write_input_tokens",
        "gen_ai.usage.completion_tokens",
        "gen_ai.usage.input_tokens",
        "gen_ai.usage.output_tokens",
        "gen_ai.usage.prompt_tokens",
        "gen_ai.usage.total_tokens",
    }
)


@contextmanager
def open_tracing(settings: Settings, post: Post | None = None) -> Iterator[None]:
    """Send spans until the end of the block, if `trace_region` is set; what is not sent yet is sent then.

    A process sets this up once: OpenTelemetry takes no second provider.
    """
    if settings.trace_region is None:
        yield
        return
    from opentelemetry import trace

    provider = provider_of(settings.trace_service, settings.trace_words, post or _to_cloudwatch(settings.trace_region))
    trace.set_tracer_provider(provider)
    try:
        yield
    finally:
        provider.shutdown()


def provider_of(service: str, words: bool, post: Post) -> TracerProvider:
    """A provider whose spans are sent by `post` in batches, from a thread of its own; a failure is only logged."""
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

    class Exporter(SpanExporter):
        def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
            try:
                status = post(json.dumps(encoded(spans, words=words)).encode())
            except (OSError, RuntimeError) as error:
                log.warning("spans were not sent", error=type(error).__name__)
                return SpanExportResult.FAILURE
            if status >= 300:
                log.warning("spans were not taken", status=status)
            return SpanExportResult.SUCCESS if status < 300 else SpanExportResult.FAILURE

    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    provider.add_span_processor(BatchSpanProcessor(Exporter(), max_export_batch_size=MOST_SPANS))
    return provider


def encoded(spans: Sequence[ReadableSpan], *, words: bool) -> dict[str, Any]:
    """Spans as OTLP's JSON: one resource, a scope for each tracer."""
    scopes: dict[str, list[dict[str, Any]]] = {}
    for span in spans:
        name = span.instrumentation_scope.name if span.instrumentation_scope else ""
        scopes.setdefault(name, []).append(_span(span, words))
    resource = _attributes(dict(spans[0].resource.attributes)) if spans else []
    listed = [{"scope": {"name": name}, "spans": some} for name, some in sorted(scopes.items())]
    return {"resourceSpans": [{"resource": {"attributes": resource}, "scopeSpans": listed}]}


def _span(span: ReadableSpan, words: bool) -> dict[str, Any]:
    given = dict(span.attributes or {})
    kept = given if words else {key: value for key, value in given.items() if key in _WITHOUT_WORDS}
    context = span.get_span_context()
    assert context is not None
    status: dict[str, Any] = {"code": span.status.status_code.value}
    if words and span.status.description:
        status["message"] = span.status.description
    return {
        "traceId": f"{context.trace_id:032x}",
        "spanId": f"{context.span_id:016x}",
        **({"parentSpanId": f"{span.parent.span_id:016x}"} if span.parent else {}),
        "name": span.name,
        "kind": span.kind.value + 1,  # OTLP counts from 1, the SDK from 0
        "startTimeUnixNano": str(span.start_time or 0),
        "endTimeUnixNano": str(span.end_time or 0),
        "attributes": _attributes(kept),
        "status": status,
        "events": [_event(one) for one in span.events] if words else [],
    }


def _event(event: Event) -> dict[str, Any]:
    attributes = _attributes(dict(event.attributes or {}))
    return {"timeUnixNano": str(event.timestamp), "name": event.name, "attributes": attributes}


def _attributes(given: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": _value(value)} for key, value in sorted(given.items())]


def _value(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, list | tuple):
        return {"arrayValue": {"values": [_value(one) for one in value]}}
    return {"stringValue": str(value)}


def _to_cloudwatch(region: str) -> Post:
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.httpsession import URLLib3Session
    from botocore.session import Session

    session, sender = Session(), URLLib3Session(timeout=10)
    address = f"https://xray.{region}.amazonaws.com/v1/traces"

    def post(body: bytes) -> int:
        credentials = session.get_credentials()
        if credentials is None:
            raise RuntimeError("there are no AWS credentials")
        request = AWSRequest("POST", address, {"Content-Type": "application/json"}, body)
        SigV4Auth(credentials.get_frozen_credentials(), "xray", region).add_auth(request)
        try:
            return int(sender.send(request.prepare()).status_code)
        except Exception as error:
            raise RuntimeError(type(error).__name__) from error

    return post
