"""Forward: the function behind the passage (`tools.passage`). It runs outside the network and has no rights at AWS.

It forwards a request that somebody inside signed, if `rules.json` beside it lists the host and, where a request names
its operation, the operation. Everything else is refused; nothing is followed, cached or changed. Standard library only.
"""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Callable, Mapping
from http.client import HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

SECONDS = 20.0
MOST_BYTES = 4_300_000
"""Of an answer: in base64, with headers, a function may return 6 MB."""
_DROPPED = ("connection", "expect", "transfer-encoding")
_NAMED_IN_PATH = re.compile(r"/service/[^/]+/operation/(\w+)")
Connect = Callable[[str], Any]


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Forward one request, and write a line about it: host, operation, status, bytes; no content."""
    rules = json.loads(Path(__file__).with_name("rules.json").read_text(encoding="utf-8"))
    return forward(event, rules, lambda host: HTTPSConnection(host, 443, timeout=SECONDS))


def forward(event: Mapping[str, Any], rules: Mapping[str, Any], connect: Connect) -> dict[str, Any]:
    """`{status, headers, body}`, or `{refused}` when it is not listed, or `{failed}` when nobody answered."""
    began = time.monotonic()
    body, parts = base64.b64decode(event["body"]), urlsplit(event["url"])
    host, headers = parts.hostname or "", {str(k): str(v) for k, v in event["headers"].items()}
    operation = named(headers, body, parts.path)
    why = refusal(event["method"], event["url"], headers, body, rules)
    if why:
        answer: dict[str, Any] = {"refused": why}
    else:
        answer = _send(event["method"], parts, headers, body, connect)
    line = {"host": host, "operation": operation, "status": answer.get("status"), "why": why or answer.get("failed")}
    print(json.dumps({**line, "ms": round(1000 * (time.monotonic() - began))}))  # noqa: T201 - the function's log
    return answer


def refusal(method: str, url: str, headers: Mapping[str, str], body: bytes, rules: Mapping[str, Any]) -> str | None:
    """Why a request is not let out; None when it is."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "https" or parts.port not in (None, 443) or parts.username:
        return "only https on its own port"
    signed = any(name.lower() == "authorization" for name in headers)
    if host in rules["hosts"]:
        operation = named(headers, body, parts.path)
        return _listed(rules["hosts"][host], method, parts, operation, signed=signed)
    if any(re.fullmatch(pattern, host) for pattern in rules["read"]):
        return None if method in ("GET", "HEAD") and not body and signed else "this host is read only"
    if host in rules["keys"]:
        return None if method == "GET" and not body and not signed and not parts.query else "keys are only fetched"
    return "the host is not on the list"


def _listed(operations: list[str], method: str, parts: Any, operation: str | None, *, signed: bool) -> str | None:
    if not signed:
        return "it is not signed"
    paths = [one.split(" ", 1) for one in operations if " " in one]
    if paths:
        listed = any(method == way and re.fullmatch(pattern, parts.path) for way, pattern in paths)
        return None if listed and operation is None else f"{method} {parts.path[:80]} is no declared operation"
    if method not in ("GET", "POST") or parts.query or operation not in operations:
        return f"the operation {operation or 'that it does not name'} is not declared"
    return None


def named(headers: Mapping[str, str], body: bytes, path: str) -> str | None:
    """The operation that a request names in its target header, its path or its form. REST names none.

    One that names two is taken to name none: what we check must be what AWS runs.
    """
    found = [value.rpartition(".")[2] for name, value in headers.items() if name.lower() == "x-amz-target"]
    in_path = _NAMED_IN_PATH.fullmatch(path)
    if in_path:
        found.append(in_path[1])
    if b"Action=" in body:
        found += parse_qs(body.decode("latin-1")).get("Action", [])
    return found[0] if len(found) == 1 else None


def _send(method: str, parts: Any, headers: Mapping[str, str], body: bytes, connect: Connect) -> dict[str, Any]:
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    sent = {name: value for name, value in headers.items() if name.lower() not in _DROPPED}
    connection = connect(parts.hostname)
    try:
        connection.request(method, target, body or None, sent)
        response = connection.getresponse()
        data = response.read(MOST_BYTES + 1)
    except (OSError, HTTPException) as error:
        return {"failed": type(error).__name__}
    finally:
        connection.close()
    if len(data) > MOST_BYTES:
        return {"failed": f"the answer has more than {MOST_BYTES} bytes"}
    return {
        "status": response.status,
        "headers": dict(response.getheaders()),
        "body": base64.b64encode(data).decode(),
    }
