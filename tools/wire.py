"""The wire: what may be sent to AWS, and what is kept of every answer.

Three botocore events are hooked on every client. `before-call` and `before-send` refuse an operation that the running
query did not declare, and every operation while no query runs. `response-received` makes the receipt. A stored
response can take the place of the network: for a cached billing call, and for recomputing facts offline.
"""

from __future__ import annotations

import hashlib
import ipaddress
import threading
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

import orjson

from tools.errors import AwsCallError, ReceiptError, UndeclaredOperationError
from tools.passage import Passage, PassageError, RefusedError, current
from tools.receipts import Receipt, ReceiptStore, Source, StoredResponse, make_receipt

_KEPT_HEADERS = (
    "content-type",
    "x-amzn-requestid",
    "x-amz-request-id",
    "x-amzn-errortype",
    "smithy-protocol",
)
_THROTTLES = (b"Throttl", b"TooManyRequests", b"RequestLimitExceeded", b"SlowDown", b"LimitExceededException")


class Memory(Protocol):
    """Where a response may come from instead of the network."""

    def find(self, call: Call) -> tuple[Receipt, StoredResponse] | None:
        """The receipt and response for this very request, or None to ask AWS."""

    def keep(self, call: Call, receipt: Receipt) -> None:
        """A response came from AWS; its receipt may be remembered."""

    def alone(self, call: Call, params: dict[str, Any]) -> AbstractContextManager[None]:
        """Entered around one call, so that equal calls can wait for each other."""


@dataclass(slots=True)
class Running:
    """The query that runs now. Known to pool threads too, because their context is copied."""

    query: str
    allowed: frozenset[str]
    source: Source
    store: ReceiptStore
    memory: Memory | None = None
    receipts: dict[str, Receipt] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    """Operations sent to AWS, in order; answers from memory are not in it."""


@dataclass(slots=True)
class Call:
    """One API call while it is under way."""

    account: str
    region: str
    service: str
    operation: str
    request_sha256: str = ""
    receipt: Receipt | None = None
    recalled: Receipt | None = None


RUNNING: ContextVar[Running | None] = ContextVar("regent_running_query", default=None)
CALL: ContextVar[Call | None] = ContextVar("regent_call", default=None)


def hook(client: Any) -> None:
    """Install the three hooks on a botocore client."""
    events = client.meta.events
    events.register_first("before-call", _refuse_undeclared)
    events.register_last("before-send", _before_send)
    events.register("response-received", _after_response)


def _refuse_undeclared(model: Any, **_: Any) -> None:
    _permitted(f"{model.service_model.service_name}:{model.name}")


def _permitted(operation: str) -> Running:
    running = RUNNING.get()
    if running is None:
        raise UndeclaredOperationError(f"{operation} was refused: no query is running.")
    if operation not in running.allowed:
        raise UndeclaredOperationError(
            f"{operation} was refused: the query {running.query} declares only {', '.join(sorted(running.allowed))}."
        )
    return running


def _before_send(request: Any, **_: Any) -> Any:
    call = CALL.get()
    if call is None:
        raise UndeclaredOperationError("An AWS call outside `Aws.call` was refused.")
    running = _permitted(f"{call.service}:{call.operation}")
    call.request_sha256 = request_sha256(request)
    call.receipt = call.recalled = None
    if running.memory is not None:
        known = running.memory.find(call)
        if known is not None:
            call.recalled, response = known
            return _as_answer(request.url, response)
    running.asked.append(f"{call.service}:{call.operation}")
    passage = current()
    return _through(passage, call, request) if passage and passage.takes(request.url) else None


def _through(passage: Passage, call: Call, request: Any) -> Any:
    """What AWS answered to a request that had to go through the passage."""
    from botocore.exceptions import EndpointConnectionError

    headers = {_plain(name): _plain(value) for name, value in request.headers.items()}
    body = request.body or b""
    try:
        status, back, data = passage.send(
            request.method, request.url, headers, body.encode() if isinstance(body, str) else bytes(body)
        )
    except RefusedError as error:
        raise AwsCallError(call.account, f"{call.service}:{call.operation}", "NotListed", str(error)) from error
    except PassageError as error:  # as when there was no connection: botocore tries again, then says so
        raise EndpointConnectionError(endpoint_url=request.url, error=error) from error
    return _as_answer(request.url, StoredResponse(status=status, headers=back, body=data))


def _plain(text: str | bytes) -> str:
    return text.decode("latin-1") if isinstance(text, bytes) else str(text)


def _after_response(response_dict: dict[str, Any] | None, **_: Any) -> None:
    running, call = RUNNING.get(), CALL.get()
    if running is None or call is None or response_dict is None:
        return
    if call.recalled is not None:
        call.receipt = call.recalled
    else:
        status, body = int(response_dict["status_code"]), bytes(response_dict["body"] or b"")
        if status >= 500 or (status >= 400 and any(word in body for word in _THROTTLES)):
            return  # not an answer: botocore tries again or gives up
        headers = {key.lower(): value for key, value in response_dict["headers"].items()}
        _well_formed(call, headers.get("content-type", ""), body)
        kept = {key: headers[key] for key in _KEPT_HEADERS if key in headers}
        data = StoredResponse(status=status, headers=kept, body=body).encode()
        call.receipt = make_receipt(
            account=call.account,
            region=call.region,
            service=call.service,
            operation=call.operation,
            request_id=headers.get("x-amzn-requestid") or headers.get("x-amz-request-id") or "none",
            at=datetime.now(UTC),
            request_sha256=call.request_sha256,
            response_sha256=hashlib.sha256(data).hexdigest(),
            source=running.source,
        )
        running.store.put(call.receipt, data)
        if running.memory is not None and status < 300:
            running.memory.keep(call, call.receipt)
    saw(running.receipts, call.receipt)


def saw(receipts: dict[str, Receipt], receipt: Receipt) -> None:
    """Note a receipt. One that was billed a moment ago stays so when its response is read from memory afterwards."""
    known = receipts.get(receipt.id)
    if known is None or known.cached:
        receipts[receipt.id] = receipt


def _well_formed(call: Call, content_type: str, body: bytes) -> None:
    """Refuse a JSON body that is none: botocore would take it for an answer without members."""
    if "json" not in content_type or not body:
        return
    try:
        orjson.loads(body)
    except orjson.JSONDecodeError as error:
        operation = f"{call.service}:{call.operation}"
        raise AwsCallError(call.account, operation, "MalformedResponse", f"the body is no JSON: {error}") from error


def request_sha256(request: Any) -> str:
    """SHA-256 over method, address, target header and body of a prepared request, without credentials or dates.

    The host counts (S3 puts the bucket there), unless it is this machine: the sample estate's port varies.
    """
    parts = urlsplit(request.url)
    host = "" if _is_loopback(parts.hostname or "") else parts.netloc
    target = request.headers.get("X-Amz-Target", b"")
    body = request.body or b""
    if hasattr(body, "read"):
        raise ReceiptError("A streamed request has no hash; queries send none.")
    digest = hashlib.sha256()
    pieces: Iterable[str | bytes] = (request.method, host, parts.path, parts.query, target, body)
    for piece in pieces:
        data = piece.encode() if isinstance(piece, str) else bytes(piece)
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _as_answer(url: str, response: StoredResponse) -> Any:
    from botocore.awsrequest import AWSResponse

    answer: Any = AWSResponse(url, response.status, _headers(response.headers), None)
    answer._content = response.body  # what `content` would have read from the socket
    return answer


def _headers(plain: dict[str, str]) -> Any:
    from botocore.awsrequest import HeadersDict

    return HeadersDict(plain)


class Replay:
    """A memory that holds a question's stored responses and lets nothing reach the network."""

    def __init__(self, receipts: Iterable[Receipt], load: Callable[[Receipt], StoredResponse]) -> None:
        self._load, self._lock = load, threading.Lock()
        self._left: dict[tuple[str, ...], deque[Receipt]] = {}
        for receipt in receipts:
            self._left.setdefault(_key(receipt), deque()).append(receipt)

    def find(self, call: Call) -> tuple[Receipt, StoredResponse]:
        waiting = self._left.get(_key(call))
        if waiting is None:
            raise AwsCallError(
                call.account,
                f"{call.service}:{call.operation}",
                "NotStored",
                "no stored response for this request",
            )
        with self._lock:  # the last one stays: two threads that both saw two would leave none
            receipt = waiting[0] if len(waiting) == 1 else waiting.popleft()
        return receipt, self._load(receipt)

    def keep(self, call: Call, receipt: Receipt) -> None:
        raise ReceiptError("A replay asked AWS; it must not.")

    def alone(self, call: Call, params: dict[str, Any]) -> AbstractContextManager[None]:
        return nullcontext()


def _key(of: Receipt | Call) -> tuple[str, ...]:
    return (of.account, of.region, of.service, of.operation, of.request_sha256)
