"""The ledger's numbers beside the machine's limits and, in the same run, other audit libraries for agents.

    python -m tests.bench ledger

Peers run from a venv of their own under `.bench/` (made from the package registry when it is not there).
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from policies.audit import GateDecided, Ledger, Note, Record, frames, verify
from policies.audit.merkle import Tree, inclusion_proof
from policies.audit.proofs import prove
from tests.bench.measure import percentile

ROOT = Path(__file__).parents[2]
PEERS = ["witness-log", "agent-governance-toolkit-core", "air-gate", "auditchain", "agent-audit-trail"]
NAMES = [
    "witness-log",
    "witness-log, sync each",
    "agent-governance-toolkit-core, file",
    "air-gate",
    "auditchain, jsonl",
    "agent-audit-trail",
]
SINGLE, TASKS, PER_TASK, BUFFERED = 1500, 64, 300, 60_000


def sample() -> Record:
    """About 1 kB, as a gate decision with a long reason."""
    body = GateDecided(
        query="spend",
        input={"period": "last_month", "by": "service", "net": True},
        input_sha256="ab" * 32,
        accounts=["prod", "data", "staging"],
        decision="allow",
        policies=["managers-see-cost"],
        reason="x" * 560,
    )
    return Record(actor="system:gate", question="q-18f2a3b4c5d6e7f8", session="s-1", body=body)


@contextmanager
def folder() -> Iterator[Path]:
    place = ROOT / ".bench"
    place.mkdir(exist_ok=True)
    path = Path(tempfile.mkdtemp(dir=place))
    try:
        yield path
    finally:
        shutil.rmtree(path)


def line(label: str, text: str, bar: str = "", met: bool | None = None) -> None:
    mark = "" if met is None else ("  met" if met else "  NOT MET")
    print(f"  {label:<46} {text:<44} {bar}{mark}", flush=True)


def raw_syncs(path: Path, data: bytes, count: int) -> list[float]:
    """Seconds of each write and fdatasync of `data`, appended."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT)
    found = []
    for number in range(count):
        started = time.perf_counter()
        os.pwrite(fd, data, number * len(data))
        os.fdatasync(fd)
        found.append(time.perf_counter() - started)
    os.close(fd)
    return found


def limits(size: int) -> float:
    """SHA-256, the encoder; the rate of bare SHA-256 over records of `size` bytes."""
    data = b"x" * size
    rates = []
    for _ in range(5):
        started = time.process_time()
        for _ in range(50_000):
            hashlib.sha256(data).digest()
        rates.append(50_000 / (time.process_time() - started))
    import orjson

    value = json.loads(json.dumps({"a": "x" * (size - 20)}))
    started = time.perf_counter()
    for _ in range(50_000):
        orjson.dumps(value)
    encoded = 50_000 / (time.perf_counter() - started)
    line("limit: SHA-256 of one record, one core", f"{max(rates):,.0f}/s of processor time")
    line("limit: orjson of one record", f"{encoded:,.0f}/s")
    return max(rates)


def single(record: Record, size: int) -> None:
    """One writer, each append durable; alternated with raw writes in chunks, so that both see the same disk."""
    ours: list[float] = []
    cpu: list[float] = []
    raw: list[float] = []
    with folder() as place, Ledger.open(place / "ledger") as ledger:
        for part in range(10):
            raw += raw_syncs(place / f"raw{part}", b"x" * size, SINGLE // 10)
            for _ in range(SINGLE // 10):
                started, used = time.perf_counter(), time.thread_time()
                ledger.append(record)
                ours.append(time.perf_counter() - started)
                cpu.append(time.thread_time() - used)
    mine, bare = percentile(ours, 50) * 1e6, percentile(raw, 50) * 1e6
    line(
        "limit: raw write + fdatasync of the same bytes", f"p50 {bare:,.0f} us, p99 {percentile(raw, 99) * 1e6:,.0f} us"
    )
    text = f"p50 {mine:,.0f} us, p99 {percentile(ours, 99) * 1e6:,.0f} us, {1 / (sum(ours) / len(ours)):,.0f}/s"
    line("durable append, 1 writer", text, f"p50 {mine / bare:.2f}x raw; bar 1.3x", mine <= 1.3 * bare)
    line("its processor time", f"p50 {percentile(cpu, 50) * 1e6:,.0f} us")


def tasks(record: Record, size: int) -> None:
    """64 tasks, each append awaited; beside the same bytes written in groups of 64, one sync a group."""

    async def run(ledger: Ledger) -> None:
        async def one() -> None:
            for _ in range(PER_TASK):
                await ledger.aappend(record)

        await asyncio.gather(*(one() for _ in range(TASKS)))

    rates, cpus, bares = [], [], []
    for _ in range(5):
        with folder() as place:
            bare = raw_syncs(place / "raw", b"x" * size * TASKS, PER_TASK)
            bares.append(TASKS * PER_TASK / sum(bare))
            with Ledger.open(place / "ledger") as ledger:
                started, cpu = time.perf_counter(), time.process_time()
                asyncio.run(run(ledger))
                cpus.append((time.process_time() - cpu) / (TASKS * PER_TASK) * 1e6)
                rates.append(TASKS * PER_TASK / (time.perf_counter() - started))
    rate, bare_rate, cost = percentile(rates, 50), percentile(bares, 50), percentile(cpus, 50)
    line("limit: raw groups of 64, one fdatasync each", f"{bare_rate:,.0f}/s")
    bars = f"{rate / bare_rate:.2f}x raw; bars 20,000/s and 0.5x"
    line(
        "durable append, 64 tasks in flight",
        f"{rate:,.0f}/s (best {max(rates):,.0f})",
        bars,
        rate >= max(20_000, bare_rate / 2),
    )
    line("CPU per durable append, 64 in flight", f"{cost:.1f} us", "bar 40 us", cost <= 40)


def buffered(record: Record) -> float:
    rates: list[float] = []
    costs: list[float] = []
    callers: list[float] = []
    for _ in range(3):
        with folder() as place, Ledger.open(place / "ledger") as ledger:
            begun, used = time.perf_counter(), time.process_time()
            for _ in range(BUFFERED):
                started = time.perf_counter()
                ledger.append(record, wait=False)
                callers.append(time.perf_counter() - started)
            ledger.flush()
            rates.append(BUFFERED / (time.perf_counter() - begun))
            costs.append((time.process_time() - used) / BUFFERED * 1e6)
    rate, caller = percentile(rates, 50), percentile(callers, 50) * 1e6
    line(
        "buffered append, a sync per 1,024 or more",
        f"{rate:,.0f}/s (best {max(rates):,.0f})",
        "bar 60,000/s",
        rate >= 60_000,
    )
    line("CPU per buffered append", f"{min(costs):.1f} us")
    line("caller of a buffered append", f"p50 {caller:.1f} us", "bar 5 us", caller <= 5)
    return rate


def verification(record: Record, bare: float, count: int = 150_000) -> None:
    with folder() as place:
        with Ledger.open(place / "ledger") as ledger:
            for _ in range(count):
                ledger.append(record, wait=False)
        rates: dict[bool, float] = {}
        for schema in (False, True):
            best = 0.0
            for _ in range(4):
                # Processor time: "one core" must not depend on who else uses the machine.
                started = time.process_time()
                assert verify(place / "ledger", schema=schema).code == 0
                best = max(best, count / (time.process_time() - started))
            rates[schema] = best
        text = f"{rates[False] / bare:.2f}x SHA-256; bars 250,000/s and 0.4x"
        line("verify, hash pass, one core", f"{rates[False]:,.0f}/s", text, rates[False] >= max(250_000, 0.4 * bare))
        line("verify, with schema and duplicate keys", f"{rates[True]:,.0f}/s", "bar 80,000/s", rates[True] >= 80_000)
        code = (
            "import resource, sys; from pathlib import Path; from policies.audit import verify\n"
            "verify(Path(sys.argv[1])); print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"
        )
        command = [sys.executable, "-c", code, str(place / "ledger")]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
        peak = int(done.stdout)
        line(f"verify, peak memory, {count:,} records", f"{peak} MB", "bar 100 MB (a segment at a time)", peak < 100)
        started = time.perf_counter()
        for index in range(0, count, count // 50):
            prove(place / "ledger", index)
        line(f"prove from {count:,} records, record and all", f"{(time.perf_counter() - started) / 50 * 1e3:.2f} ms")


def hundred_million() -> None:
    """A proof out of the tiles of a hundred million records, which stand in as a function of their position."""
    size, index = 100_000_000, 76_543_210
    reads = 0

    def node_at(level: int, number: int) -> bytes:
        # As `Tiles.node_at` does: one tile's worth of hashes read and folded.
        nonlocal reads
        reads += 1
        tree = Tree()
        low = level % 8
        tree.extend([hashlib.sha256(b"%d %d" % (level - low, (number << low) + i)).digest() for i in range(1 << low)])
        return tree.root()

    started = time.perf_counter()
    path = inclusion_proof(node_at, index, size)
    took = (time.perf_counter() - started) * 1e3
    text = 45 * len(path) + len("c2sp.org/tlog-proof@v1\nindex 76543210\n\n") + 300
    line(
        "inclusion path at 100 M records",
        f"{len(path) * 32} B, {text} B as text, {took:.2f} ms",
        "bars 2 kB, 5 ms",
        took < 5 and text < 2000,
    )


def peers_venv() -> Path | None:
    python = ROOT / ".bench" / "peers" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(python.parents[1])], check=True)
        install = [str(python), "-m", "pip", "install", "-q", *PEERS]
        if subprocess.run(install, capture_output=True, check=False).returncode:
            shutil.rmtree(python.parents[1])
            return None
    return python


def peers(ours: float, count: int = 5000) -> None:
    python = peers_venv()
    if python is None:
        print("  peers: the package registry was not reached; not measured")
        return
    for name in NAMES:
        with folder() as place:
            command = [str(python), str(Path(__file__).with_name("ledger_peers.py")), name, str(place), str(count)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            line(f"peer: {name}", f"failed: {done.stderr.strip().splitlines()[-1][:70]}")
            continue
        found = json.loads(done.stdout.splitlines()[-1])
        met = ours > found["append"] if name == "witness-log" else None
        bar = "bar: buffered append is ahead of it" if met is not None else ""
        line(f"peer: {name}", f"append {found['append']:,.0f}/s, verify {found['verify']:,.0f}/s", bar, met)


def main() -> None:
    """Print every number with its bar."""
    record = sample()
    with folder() as place, Ledger.open(place / "ledger") as ledger:
        ledger.append(Record(actor="system", body=Note(name="first")))
        size = len(next(ledger.read(ledger.append(record))).raw) + len(frames.batch([], 1)) + 5
    print(f"  one record: {size} bytes with its frame; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    bare = limits(size)
    single(record, size)
    tasks(record, size)
    rate = buffered(record)
    verification(record, bare)
    hundred_million()
    peers(rate)
    print(f"  peak memory of this process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    main()
