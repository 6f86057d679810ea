"""What oversight costs: reading the kill switch, counting a question, holding and settling a call; one by one."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from policies.audit import Ledger
from policies.oversight import Exhausted, Oversight, halted
from tests.bench.measure import row

TIMES = 500


def main() -> None:
    """Print the distributions: wall time per step, on the local files."""
    with tempfile.TemporaryDirectory() as folder, Ledger.open(Path(folder) / "ledger") as ledger:
        house = Oversight.local(Path(folder), ledger)

        def call() -> None:
            lease = house.budgets.model_call("anna", "manager", "bedrock:x", 100, 10)
            assert lease is not None and not isinstance(lease, Exhausted)
            lease.settle(50, Decimal("0.001"))

        print(row("kill switch: one check", _timed(lambda: halted(house.switch, "anna", domain="cost"))))
        print(row("budget: one question", _timed(lambda: house.budgets.question("anna", "manager"))))
        print(row("budget: hold and settle one model call", _timed(call)))
        house.close()


def _timed(step: Callable[[], object]) -> list[float]:
    step()
    found = []
    for _ in range(TIMES):
        started = time.perf_counter()
        step()
        found.append((time.perf_counter() - started) * 1000)
    return found


if __name__ == "__main__":
    main()
