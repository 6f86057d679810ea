"""A sample estate of this folder's own, since its tests plant faults, and boto3 clients for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.homes import common_home
from tools.estate.credentials import PAYER_ACCESS_KEY, PAYER_SECRET_KEY, session_keys
from tools.estate.server import SampleEstate, open_estate
from tools.estate.world import BY_NAME

Clients = Callable[..., Any]


@pytest.fixture(scope="session")
def cost_home() -> Path:
    """REGENT_HOME for this folder, with the line items in it."""
    return common_home()


@pytest.fixture
def estate(cost_home: Path) -> Iterator[SampleEstate]:
    with open_estate(cost_home) as running:
        yield running


@pytest.fixture
def client(estate: SampleEstate) -> Clients:
    """``client("ce", account="venue-utrecht", **config)``: a boto3 client, of the payer unless told otherwise."""
    import boto3
    from botocore.config import Config

    def make(service: str, account: str | None = None, region: str = "eu-west-1", **config: Any) -> Any:
        keys: dict[str, str] = {"aws_access_key_id": PAYER_ACCESS_KEY, "aws_secret_access_key": PAYER_SECRET_KEY}
        if account:
            session = session_keys(BY_NAME[account].id)
            keys = {
                "aws_access_key_id": session.access_key,
                "aws_secret_access_key": session.secret_key,
                "aws_session_token": session.session_token,
            }
        settings = Config(**{"retries": {"max_attempts": 1, "mode": "standard"}, **config})
        return boto3.client(service, endpoint_url=estate.endpoint, region_name=region, config=settings, **keys)

    return make
