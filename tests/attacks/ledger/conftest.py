"""The genuine ledger that every attack starts from."""

from __future__ import annotations

from pathlib import Path

import pytest
from ledger_site import Site, build


@pytest.fixture(scope="session")
def genuine(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return build(tmp_path_factory.mktemp("genuine") / "home")


@pytest.fixture
def site(genuine: Site, tmp_path: Path) -> Site:
    return genuine.copy(tmp_path / "home")
