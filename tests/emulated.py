"""An AWS on this machine (moto's server): it shows that we call the APIs as they are, not what AWS does with it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

KEYS = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
REGION = "eu-west-1"


@contextmanager
def emulated_aws() -> Iterator[str]:
    """The address of a new emulator, for as long as the block runs."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    made: Any = server._server
    made.app = _each_conditional_write_whole(made.app)
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


@cache
def client(url: str, service: str, **more: Any) -> Any:
    """A boto3 client of one of the emulator's services, one for all who ask alike: to make it takes 20 ms."""
    import boto3

    return boto3.client(service, endpoint_url=url, region_name=REGION, **KEYS, **more)


def _each_conditional_write_whole(app: Callable[..., Any]) -> Callable[..., Any]:
    """AWS looks at a condition and writes in one step; the emulator does in two, between which others write."""
    lock = threading.Lock()

    def answered(environ: dict[str, Any], start: Any) -> Any:
        table = environ.get("HTTP_X_AMZ_TARGET", "").startswith("DynamoDB")
        if not table and "HTTP_IF_NONE_MATCH" not in environ and "HTTP_IF_MATCH" not in environ:
            return app(environ, start)
        with lock:
            return app(environ, start)

    return answered
