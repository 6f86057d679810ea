"""The desk of `tests/agents`, and an emulated AWS (moto's server): it shows that we call the APIs as they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.agents.conftest import ask, estate, home, open_desk_with

__all__ = ["ask", "estate", "home", "open_desk_with"]


@pytest.fixture(scope="session")
def emulated() -> Iterator[Any]:
    """`emulated("ssm")`: a client of that service."""
    import boto3
    from botocore.config import Config
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()

    def client(service: str, port: int = port) -> Any:
        return boto3.client(
            service,
            endpoint_url=f"http://{host}:{port}",
            region_name="eu-west-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries={"total_max_attempts": 1}, connect_timeout=1, read_timeout=10),
        )

    yield client
    server.stop()
