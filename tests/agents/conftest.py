"""A desk on the sample estate, with a model of the test's choosing and a home of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from agents.answer import Answer, Question
from agents.conversations import Conversations
from agents.desk import Desk
from agents.diagnostics import set_up
from agents.home import Home
from policies.access import Principal, local_principal, shipped_gate
from policies.audit import Ledger
from policies.oversight import Limits
from tests.homes import common_home
from tools.estates import Estate, open_sample
from tools.receipts import ReceiptFiles

Ask = Callable[..., Answer]

set_up()  # as the CLI does; structlog's default would print local variables into every failure


@pytest.fixture(scope="session")
def estate() -> Iterator[Estate]:
    with open_sample(common_home()) as opened:
        yield opened


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def open_desk_with(estate: Estate, home: Home) -> Iterator[Callable[..., Desk]]:
    with ExitStack() as closing:

        def opened(maker: Any, limits: Limits | None = None) -> Desk:
            return Desk(
                home=home,
                estate=estate,
                ledger=closing.enter_context(Ledger.open(home.ledger)),
                store=ReceiptFiles(home.receipts, home.keys / "receipts.key"),
                gate=shipped_gate(),
                maker=maker,
                conversations=Conversations(home.conversations),
                limits=limits or Limits(),
            )

        yield opened
        server = estate.server
        server.clear_faults()


@pytest.fixture
def ask(open_desk_with: Callable[..., Desk]) -> Ask:
    """`ask(maker, text, as_id=..., session=..., limits=...)`: one question to a desk with that model."""

    def asked(
        maker: Any, text: str = "What did we spend?", *, as_id: str = "local", limits: Limits | None = None, **more: Any
    ) -> Answer:
        principal: Principal = local_principal(as_id)
        desk = open_desk_with(maker, limits)
        try:
            return desk.answer(Question(text=text, **more), principal)
        finally:
            desk.ledger.close()

    return asked
