"""From one HTTP request to its answer: who asks, which operation, which handler."""

from __future__ import annotations

import copy
import importlib
import importlib.util
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.estate import faults
from tools.estate.credentials import Caller, caller_of, secret_of
from tools.estate.errors import DEFECT, AwsError, PassOnError, not_in_sample
from tools.estate.protocol import models, parse, serialize, signature, validate
from tools.estate.protocol.wire import Scope, WireRequest, WireResponse
from tools.estate.request import EstateRequest, Handler

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

_TIMEOUT_SECONDS = 300.0
Overlay = Callable[[EstateRequest, dict[str, Any]], dict[str, Any]]
"""What a test lays over the sample: gets a request and a copy of the result, and gives the result to answer with."""


class HangUpError(Exception):
    """The endpoint closes the connection without an answer (the end of a ``timeout`` fault)."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request that the sample estate answered, for tests that count what was asked."""

    account: str
    region: str
    service: str
    operation: str
    status: int


@cache
def _handlers(service: str) -> dict[str, Handler]:
    """The handlers of a service, or none if it has no module."""
    name = f"tools.estate.services.{service.replace('-', '_')}"
    if not name.rpartition(".")[2].isidentifier() or importlib.util.find_spec(name) is None:
        return {}
    operations: dict[str, Handler] = importlib.import_module(name).OPERATIONS
    return operations


def _moto(account: str, service: str, operation: str) -> WSGIApplication | None:
    """The seeded moto application for an operation that moto may answer, or ``None``."""
    from tools.estate import moto_seed

    if operation not in moto_seed.OPERATIONS.get(service, ()):
        return None
    return moto_seed.wsgi(account, service, operation)


def seeded(service: str) -> frozenset[str]:
    """The operations of a service (botocore's name) that the sample answers; every other one is refused by name."""
    from tools.estate import moto_seed

    return frozenset(_handlers(service)) | frozenset(moto_seed.OPERATIONS.get(service, ()))


class Dispatcher:
    """Answers requests; one for each running estate. Safe to use from many threads."""

    def __init__(self, home: Path, now: datetime, stopping: threading.Event) -> None:
        self.faults = faults.FaultPlan()
        self.calls: deque[Call] = deque(maxlen=10_000)
        self.overlay: Overlay | None = None
        self._home = home
        self._now = now
        self._stopping = stopping

    def __call__(
        self, request: WireRequest, request_id: str, pass_on: Callable[[WSGIApplication], WireResponse]
    ) -> WireResponse:
        """The response to ``request``; ``pass_on`` runs a WSGI application with the same request."""
        scope = request.scope
        if scope is None:
            return serialize.error("", "json", AwsError("MissingAuthenticationToken", "Missing token", 403), request_id)
        service, operation = models.named(scope, request)
        protocol = _protocol(service, request)
        caller = caller_of(scope.access_key, request.session_token)
        account = caller.account if caller else "unknown"
        try:
            if caller is None:
                raise _unknown_key(service, protocol)
            signature.check(request, scope, secret_of(scope.access_key), protocol, datetime.now(UTC))
            response = self._answer(request, request_id, scope, caller, service, operation, protocol, pass_on)
        except AwsError as fault:
            response = serialize.error(service, protocol, fault, request_id)
        except HangUpError:
            raise
        except Exception as error:  # noqa: BLE001 - a request must be answered whatever breaks
            # A crash of ours must reach the caller as an error of the sample, never as a dropped connection.
            _report_defect(service, operation)
            defect = AwsError(DEFECT, f"{service}:{operation} failed: {type(error).__name__}: {error}", 501)
            response = serialize.error(service, protocol, defect, request_id)
        self.calls.append(Call(account, scope.region, service, operation, response.status))
        return response

    def _answer(
        self,
        request: WireRequest,
        request_id: str,
        scope: Scope,
        caller: Caller,
        service: str,
        operation: str,
        protocol: str,
        pass_on: Callable[[WSGIApplication], WireResponse],
    ) -> WireResponse:
        broken = self._meet_fault(caller, service, operation)
        if broken is not None:
            return broken
        handler = _handlers(service).get(operation)
        if handler is None:
            return self._from_moto(caller, service, operation, pass_on)
        model = models.service_model(service)
        if model is None or operation not in model.operation_names:
            raise AwsError("UnknownOperationException", f"{service} has no operation {operation!r}")
        operation_model = model.operation_model(operation)
        params = parse.parse(operation_model, protocol, request)
        validate.check(service, operation_model.input_shape, params)
        estate_request = EstateRequest(
            caller.account,
            scope.region,
            service,
            operation,
            params,
            now=self._now,
            home=self._home,
            caller=caller,
        )
        try:
            result = handler(estate_request)
        except PassOnError:
            return self._from_moto(caller, service, operation, pass_on)
        if self.overlay is not None:
            result = self.overlay(estate_request, copy.deepcopy(result))
        return serialize.result(operation_model, protocol, result, request_id)

    def _meet_fault(self, caller: Caller, service: str, operation: str) -> WireResponse | None:
        fault = self.faults.take(caller.account, service, operation)
        if fault is None:
            return None
        if fault.kind == "throttle":
            raise faults.throttled(service)
        if fault.kind == "denied":
            raise faults.denied(service, operation, caller.arn)
        if fault.kind == "error":
            raise AwsError("InternalFailure", "The request processing has failed because of an unknown error.", 500)
        if fault.kind == "timeout":
            self._stopping.wait(_TIMEOUT_SECONDS)
            raise HangUpError
        if fault.kind == "malformed":
            return WireResponse(200, b'{"<broken', {"content-type": "application/x-amz-json-1.1"})
        time.sleep(fault.seconds)
        return None

    def _from_moto(
        self, caller: Caller, service: str, operation: str, pass_on: Callable[[WSGIApplication], WireResponse]
    ) -> WireResponse:
        app = _moto(caller.account, service, operation)
        if app is None:
            raise not_in_sample(service, operation)
        response = pass_on(app)
        html = response.headers.get("content-type", "").startswith("text/html")
        if response.status >= 500 or (html and response.status in (404, 405)):
            raise not_in_sample(service, operation)
        return response


def _report_defect(service: str, operation: str) -> None:
    """Tell the developer where the crash was; a plain traceback, because rich ones print headers and keys."""
    import structlog

    structlog.get_logger(__name__).error(
        "estate.defect", service=service, operation=operation, traceback=traceback.format_exc()
    )


def _protocol(service: str, request: WireRequest) -> str:
    """The protocol to answer in, found without loading a model where the request shows it."""
    if request.headers.get("smithy-protocol") == "rpc-v2-cbor":
        return models.CBOR_PROTOCOL
    if "x-amz-target" in request.headers:
        return "json"
    if request.is_form:
        return "ec2" if service == "ec2" else "query"
    model = models.service_model(service)
    return models.protocol_of(model, request) if model else "rest-json"


def _unknown_key(service: str, protocol: str) -> AwsError:
    if service == "s3":
        return AwsError("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.", 403)
    if protocol in ("query", "ec2"):
        return AwsError("InvalidClientTokenId", "The security token included in the request is invalid.", 403)
    return AwsError("UnrecognizedClientException", "The security token included in the request is invalid.", 400)
