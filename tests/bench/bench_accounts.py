"""Many accounts: one query over 1 to 1,000 emulated ones, cold and warm: time, memory, calls; denied and throttled."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bench.measure import verdict

COUNTS = (1, 10, 100, 1000)
MILLISECONDS = 20
_SERVER = [sys.executable, "-m", "tests.bench.accounts_server"]


def main() -> None:
    """Print a row per count, then what denied accounts and a throttling service do."""
    if sys.argv[1:2] == ["--ask"]:
        print(json.dumps(_ask(int(sys.argv[2]), int(sys.argv[3]))))
        return
    print(f"one region, {MILLISECONDS} ms a call, 16 at once at most; cold assumes each role, warm has the sessions")
    rows = {}
    with _server() as port:
        for count in COUNTS:
            rows[count] = found = _measured(port, count)
            print(_row(f"{count:>5} accounts", found))
    with _server("--denied", "20") as port:
        print(_row("1,000 accounts, every 20th denied", found := _measured(port, 1000)))
        print(f"  said to be incomplete: {found['incomplete'][0]}")
    with _server("--per-second", "200") as port:
        print(_row("  500 accounts, 200 calls a second", slowed := _measured(port, 500)))
        calls = slowed["calls"]
        print(
            f"  throttled {calls.get('throttled', 0)} times, {calls.get('throttled sts:AssumeRole', 0)} of them at "
            f"sts:AssumeRole; incomplete: {slowed['incomplete'] or 'nothing'}"
        )
    print(verdict("answers that lost an account to throttling, of two", len(slowed["incomplete"]), 0, ""))
    ten = rows[1000]["cold"] / rows[100]["cold"]
    print(verdict("time of 1,000 accounts over that of 100 (linear is 10)", ten, 11, "x"))
    print(verdict("time of 100 accounts over that of 10, warm", rows[100]["warm"] / rows[10]["warm"], 11, "x"))
    grown = (rows[1000]["peak_mb"] - rows[1]["peak_mb"]) / 999 * 1000
    print(verdict("memory that an account adds", grown, 64, "kB"))
    print(verdict("most calls at once", max(one["calls"]["most at once"] for one in rows.values()), 16, ""))


def _row(label: str, found: dict[str, Any]) -> str:
    calls = found["calls"]
    return (
        f"{label:<36} cold {found['cold']:7.2f} s  warm {found['warm']:7.2f} s  CPU {found['cpu']:6.2f} s  "
        f"peak {found['peak_mb']:5.0f} MB  assumed {calls.get('sts:AssumeRole', 0):>4}  "
        f"asked {calls.get('backup:ListBackupJobs', 0):>4}"
    )


@contextmanager
def _server(*words: str) -> Iterator[int]:
    given = [*_SERVER, "--milliseconds", str(MILLISECONDS), *words]
    with subprocess.Popen(given, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield int(server.stdout.readline())
        finally:
            server.terminate()


def _measured(port: int, count: int) -> dict[str, Any]:
    """In a process of its own: its peak memory is that of this many accounts alone."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.bench_accounts", "--ask", str(count), str(port)],
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/counts") as answer:
        found["calls"] = json.load(answer)
    return found


def _ask(count: int, port: int) -> dict[str, Any]:
    from datetime import UTC, datetime

    from botocore.session import Session

    from tools.accounts import Account
    from tools.catalogue import find
    from tools.estates import Estate
    from tools.facts import FactBook
    from tools.receipts import ReceiptFiles
    from tools.running import run_query
    from tools.sessions import Sessions
    from tools.wire import hook

    accounts = tuple(Account(id=f"{number:012d}", name=f"a{number}") for number in range(1, count + 1))
    session = Session()
    session.set_credentials("AKIA", "s")
    sessions = Sessions(
        session, role="RegentReader", endpoint_url=f"http://127.0.0.1:{port}", region="eu-west-1", on_client=hook
    )
    estate = Estate(
        source="aws",
        epoch="bench",
        sessions=sessions,
        payer=accounts[0],
        clock=lambda: datetime(2026, 10, 15, tzinfo=UTC),
        regions=("eu-west-1",),
        currency="USD",
        accounts=accounts,
    )
    query, times, incomplete = find("backups"), [], []
    with tempfile.TemporaryDirectory() as folder:
        store = ReceiptFiles(Path(folder) / "receipts", Path(folder) / "receipts.key")
        directory, before = estate.directory(store), time.process_time()
        for _ in ("cold", "warm"):
            started = time.perf_counter()
            ran = run_query(
                query, query.parse({}), estate=estate, directory=directory, book=FactBook(), store=store,
                now=estate.clock(), memory=None,
            )  # fmt: skip
            times.append(time.perf_counter() - started)
            incomplete += ran.result.incomplete
    return {
        "cold": times[0],
        "warm": times[1],
        "cpu": time.process_time() - before,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "incomplete": incomplete,
    }


if __name__ == "__main__":
    main()
