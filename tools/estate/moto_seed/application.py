"""The moto application of one account, seeded on first use."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication

_LOCK = threading.Lock()
_SEEDED = "seeded_by_regent"
"""Stands on a backend that was seeded: what empties it, as another use of moto in this process may, takes it too."""

OPERATIONS: dict[str, dict[str, str]] = {
    # Of the AWS policies that somebody holds: their texts, as moto ships them. The handler refuses the others.
    "iam": {"GetPolicy": "", "GetPolicyVersion": ""},
    # Settings that nobody in this company has made, on no bucket, so that moto's "not configured" is the truth.
    "s3": {"GetBucketCors": "cors", "GetBucketReplication": "replication", "GetBucketWebsite": "website"},
}
"""What moto may answer, by service, each with the only query argument that its request has."""


@cache
def _app(service: str) -> WSGIApplication:
    from moto.server import create_backend_app

    app: WSGIApplication = create_backend_app(service)
    return app


def _seed(account: str, service: str) -> None:
    from moto.backends import get_backend

    with _LOCK:
        backend: Any = get_backend(service)[account]["aws"]
        if hasattr(backend, _SEEDED):
            return
        _app(service)  # made here, where one thread at a time is
        if service == "iam":
            from tools.estate.moto_seed.iam import seed
        else:
            from tools.estate.moto_seed.s3 import seed
        seed(account)
        setattr(backend, _SEEDED, True)


def _is(service: str, operation: str, environ: dict[str, Any]) -> bool:
    """Whether moto too will take this request for that operation."""
    if service == "s3":
        asked = set(parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)) - {"x-id"}
        return str(environ["REQUEST_METHOD"]) == "GET" and asked == {OPERATIONS[service][operation]}
    body = environ["wsgi.input"].read()
    environ["wsgi.input"] = io.BytesIO(body)
    return parse_qs(body.decode("utf-8", "replace")).get("Action") == [operation] and not environ.get("QUERY_STRING")


def _refuse(start_response: StartResponse) -> Iterable[bytes]:
    """HTTP 501, which the endpoint turns into NotInSampleEstate."""
    start_response("501 Not Implemented", [("Content-Type", "text/plain")])
    return [b"Not in the sample estate."]


def wsgi(account: str, service: str, operation: str) -> WSGIApplication:
    """A WSGI application that answers this operation, one of :data:`OPERATIONS`, for ``account`` (12 digits).

    moto would take the account from the access key; the header ``x-moto-account-id`` outranks that and is set here,
    whatever the request held.
    """

    def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        if not _is(service, operation, environ):
            return _refuse(start_response)
        _seed(account, service)
        environ["HTTP_X_MOTO_ACCOUNT_ID"] = account
        return _app(service)(environ, start_response)

    return application
