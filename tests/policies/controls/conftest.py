"""The controls room as `regent controls` opens it: the sample estate over HTTP, a home of the test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from agents.controlling import Controlling, open_controlling
from agents.diagnostics import set_up
from agents.home import Home
from agents.settings import Settings
from policies.access import local_principal
from tests.homes import common_home
from tools.estates import Estate, open_sample

set_up()
NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
Open = Callable[..., Controlling]


@pytest.fixture(scope="session")
def estate() -> Iterator[Estate]:
    with open_sample(common_home()) as opened:
        yield opened


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def opened(estate: Estate, home: Home) -> Iterator[Open]:
    """`opened(as_id=..., settings=..., clock=...)`: an open controls room over the sample estate."""
    with ExitStack() as closing:

        def open_it(as_id: str = "local", settings: dict[str, Any] | None = None, **more: Any) -> Controlling:
            more.setdefault("clock", lambda: datetime.now(UTC))
            given = Settings(**(settings or {}))
            return closing.enter_context(
                open_controlling(local_principal(as_id), home=home, opened=estate, settings=given, **more)
            )

        yield open_it
    estate.server.clear_faults()
