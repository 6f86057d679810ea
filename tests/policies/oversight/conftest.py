"""The desk of `tests/agents`, and an emulated AWS (moto's server): it shows that we call the APIs as they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.agents.conftest import ask, estate, home, open_desk_with
from tests.emulated import client, emulated_aws

__all__ = ["ask", "estate", "home", "open_desk_with"]


@pytest.fixture(scope="session")
def emulated() -> Iterator[Any]:
    """`emulated("ssm")`: a client of that service."""
    from botocore.config import Config

    config = Config(retries={"total_max_attempts": 1}, connect_timeout=1, read_timeout=10)
    with emulated_aws() as url:
        elsewhere = url.rpartition(":")[0]
        yield lambda service, port=None: client(f"{elsewhere}:{port}" if port else url, service, config=config)
