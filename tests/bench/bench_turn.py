"""What governance costs: the same Strands agent with the same queries, governed and ungoverned, side by side.

Measured per query call, from the moment the model has asked for it to the moment the model is called again: handlers,
gate, ledger, AWS call over HTTP to the sample estate, receipts and facts on one side; AWS call and facts on the other.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from strands import Agent
from strands.types.tools import AgentTool

from agents.arriving import arrived
from agents.conversations import Conversations
from agents.desk import Desk
from agents.drafting import draft
from agents.home import Home
from agents.specialists import specialists
from agents.telling import tell
from policies.access import local_principal, shipped_gate
from policies.audit import Ledger
from policies.oversight import Limits
from policies.turn import Turn
from tests.agents.scripted import ScriptedModel
from tests.bench.measure import SyncClock, percentile, row, sync_clock, verdict
from tools.catalogue import find
from tools.estates import Estate, open_sample
from tools.facts import FactBook
from tools.receipts import Receipt, StoredResponse
from tools.registry import Query
from tools.running import run_query

CALLS, ROUNDS = 10, 30
QUERIES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("spend", {"period": "2026-09", "by": "service"}),
    ("budgets", {}),
    ("forecast", {}),
)


class TimedModel(ScriptedModel):
    """Notes how long each query call took, with and without the disk's syncs."""

    def __init__(self, steps: Any, clock: SyncClock) -> None:
        super().__init__(steps)
        self.clock, self.gaps, self.gaps_without_sync = clock, [], []
        self._left: tuple[float, float] | None = None

    async def stream(self, *given: Any, **named: Any) -> Any:
        if self._left:
            gap, synced = time.perf_counter() - self._left[0], self.clock.seconds - self._left[1]
            self.gaps.append(gap * 1000)
            self.gaps_without_sync.append((gap - synced) * 1000)
        async for event in super().stream(*given, **named):
            yield event
        self._left = (time.perf_counter(), self.clock.seconds)


class _Nowhere:
    """A receipt store that keeps nothing, for the ungoverned side."""

    def put(self, receipt: Receipt, response: bytes) -> None:
        return None

    def get(self, receipt: Receipt) -> StoredResponse:
        raise LookupError(receipt.id)


class _PlainTool(AgentTool):
    """The same query as a tool, with nothing around it."""

    def __init__(self, query: Query, estate: Estate, book: FactBook) -> None:
        super().__init__()
        self._query, self._estate, self._book = query, estate, book

    tool_name = property(lambda self: self._query.name)
    tool_type = property(lambda self: "plain")
    tool_spec = property(
        lambda self: {
            "name": self._query.name,
            "description": self._query.summary,
            "inputSchema": {"json": self._query.schema()},
        }
    )

    async def stream(self, tool_use: Any, invocation_state: Any, **_: Any) -> Any:
        text = await asyncio.to_thread(self._run, dict(tool_use["input"]))
        yield {"toolUseId": tool_use["toolUseId"], "status": "success", "content": [{"text": text}]}

    def _run(self, given: dict[str, Any]) -> str:
        store = _Nowhere()
        ran = run_query(
            self._query,
            self._query.parse(given),
            estate=self._estate,
            directory=self._estate.directory(store),
            book=self._book,
            store=store,
            now=self._estate.clock(),
        )
        return tell(ran.result)


class _OneModel:
    name, is_llm = "scripted", True

    def __init__(self, model: TimedModel) -> None:
        self._model = model

    def make(self, turn: Turn) -> TimedModel:
        return self._model

    def domains(self, *_: Any) -> tuple[str, ...]:
        return ("cost",)


def main() -> None:
    """Print both distributions and the overhead, pair by pair; and by how much two ungoverned calls differ.

    That is what an overhead of nothing would print on this machine.
    """
    with tempfile.TemporaryDirectory() as folder, open_sample(Path(folder)) as estate, sync_clock() as clock:
        home = Home(Path(folder) / "home")
        with closing(Ledger.open(home.ledger)) as ledger:
            for name, given in QUERIES:
                _compare(name, given, estate, home, ledger, clock)


def _compare(name: str, given: dict[str, Any], estate: Estate, home: Home, ledger: Ledger, clock: SyncClock) -> None:
    steps = [*([[(name, given)]] * CALLS), "Done."]
    plain, governed, without_sync, plain_again = [], [], [], []
    for number in range(ROUNDS + 2):
        one, other, once_more = (TimedModel(steps, clock) for _ in range(3))
        asyncio.run(_ungoverned(one, name, estate))
        asyncio.run(_governed(other, estate, home, ledger))
        asyncio.run(_ungoverned(once_more, name, estate))
        if number >= 2:  # the first rounds warm clients and connections
            plain += one.gaps
            governed += other.gaps
            without_sync += other.gaps_without_sync
            plain_again += once_more.gaps
    overhead = [with_ - without for with_, without in zip(without_sync, plain, strict=True)]
    noise = [again - before for again, before in zip(plain_again, plain, strict=True)]
    print(row(f"{name}: ungoverned", plain))
    print(row(f"{name}: governed", governed))
    print(row(f"{name}: governed, without fsync", without_sync))
    print(row(f"{name}: overhead per query call, without fsync", overhead))
    print(row(f"{name}: limit: two ungoverned calls apart", noise))
    print(verdict("overhead p50", percentile(overhead, 50), 5))
    print(verdict("overhead p99", percentile(overhead, 99), 15))


async def _ungoverned(model: TimedModel, name: str, estate: Estate) -> None:
    tools = [_PlainTool(query, estate, FactBook()) for query in specialists()["cost"].queries]
    await Agent(model=model, tools=tools, callback_handler=None).invoke_async("Go")


async def _governed(model: TimedModel, estate: Estate, home: Home, ledger: Ledger) -> None:
    from agents.answer import Question
    from tools.receipts import ReceiptFiles

    store = ReceiptFiles(home.receipts, home.keys / "receipts.key")
    desk = Desk(
        home=home,
        estate=estate,
        ledger=ledger,
        store=store,
        gate=shipped_gate(),
        maker=_OneModel(model),
        conversations=Conversations(home.conversations),
        limits=Limits(model_calls=100, query_calls=100),
    )
    turn = desk.open_turn(arrived(Question(text="Go"), local_principal("local")))
    turn.memory = None
    turn.everyone = turn.sight = estate.directory(store)
    await draft("Go", (), [specialists()["cost"]], _OneModel(model), turn)


if __name__ == "__main__":
    assert find("spend")
    main()
