"""The ledger's numbers beside the machine's limits and, in the same run, other audit libraries for agents.

    python -m tests.bench ledger

Peers run from a venv of their own under `.bench/` (made from the package registry when it is not there).
"""

from __future__ import annotations

import asyncio
import atexit
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
SINGLE, ROUNDS, TASKS, PER_TASK, BUFFERED = 1500, 15, 64, 150, 40_000


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
    """A fresh folder, removed at the end of the run: ext4 slows down whoever creates files soon after others went."""
    place = ROOT / ".bench"
    place.mkdir(exist_ok=True)
    path = Path(tempfile.mkdtemp(dir=place))
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    yield path


def line(label: str, text: str, bar: str = "", met: bool | None = None) -> None:
    mark = "" if met is None else ("  met" if met else "  NOT MET")
    print(f"  {label:<46} {text:<44} {bar}{mark}", flush=True)


def raw_syncs(path: Path, data: bytes, count: int, filled: bool = False) -> list[float]:
    """Seconds of each write and fdatasync of `data`, appended, or (`filled`) over zeros that lie there already."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT)
    if filled:
        os.pwrite(fd, bytes(len(data) * count), 0)
    os.fsync(fd)
    found = []
    for number in range(count):
        started = time.perf_counter()
        os.pwrite(fd, data, number * len(data))
        os.fdatasync(fd)
        found.append(time.perf_counter() - started)
    os.close(fd)
    path.unlink()
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
    """One writer, each append durable; raw writes and ours take turns, and the verdict is on the rounds' ratios."""
    ours: list[float] = []
    cpu: list[float] = []
    raw: list[float] = []
    filled: list[float] = []
    ratios: list[float] = []
    with folder() as place, Ledger.open(place / "ledger") as ledger:
        ledger.append(record)
        for _ in range(ROUNDS):
            bare = raw_syncs(place / "raw", b"x" * size, SINGLE // ROUNDS)
            filled += raw_syncs(place / "raw", b"x" * size, SINGLE // ROUNDS, filled=True)
            mine = []
            for _ in range(SINGLE // ROUNDS):
                started, used = time.perf_counter(), time.thread_time()
                ledger.append(record)
                mine.append(time.perf_counter() - started)
                cpu.append(time.thread_time() - used)
            ratios.append(percentile(mine, 50) / percentile(bare, 50))
            raw, ours = raw + bare, ours + mine
    for label, found in (("appended, as ours", raw), ("over zeros laid before", filled)):
        text = f"p50 {percentile(found, 50) * 1e6:,.0f} us, p99 {percentile(found, 99) * 1e6:,.0f} us"
        line(f"limit: raw write + fdatasync, {label}", text)
    text = f"p50 {percentile(ours, 50) * 1e6:,.0f} us, p99 {percentile(ours, 99) * 1e6:,.0f} us"
    ratio = percentile(ratios, 50)
    bars = f"{ratio:.2f}x raw (best round {min(ratios):.2f}x); bar 1.3x"
    line("durable append, 1 writer", f"{text}, {1 / (sum(ours) / len(ours)):,.0f}/s", bars, ratio <= 1.3)
    line("its processor time", f"p50 {percentile(cpu, 50) * 1e6:,.0f} us")


def tasks(record: Record, size: int) -> None:
    """64 tasks, each append awaited; beside the same bytes written in groups of 64, one sync a group."""

    async def run(ledger: Ledger) -> None:
        async def one() -> None:
            for _ in range(PER_TASK):
                await ledger.aappend(record)

        await asyncio.gather(*(one() for _ in range(TASKS)))

    rates, cpus, bares, ratios = [], [], [], []
    with folder() as place, Ledger.open(place / "ledger") as ledger:
        for _ in range(ROUNDS):
            bares.append(TASKS * PER_TASK / sum(raw_syncs(place / "raw", b"x" * size * TASKS, PER_TASK)))
            started, cpu = time.perf_counter(), time.process_time()
            asyncio.run(run(ledger))
            cpus.append((time.process_time() - cpu) / (TASKS * PER_TASK) * 1e6)
            rates.append(TASKS * PER_TASK / (time.perf_counter() - started))
            ratios.append(rates[-1] / bares[-1])
    rate, ratio, cost = percentile(rates, 50), percentile(ratios, 50), percentile(cpus, 50)
    line("limit: raw groups of 64, one fdatasync each", f"{percentile(bares, 50):,.0f}/s (best {max(bares):,.0f})")
    line(
        "durable append, 64 tasks in flight",
        f"{rate:,.0f}/s (best {max(rates):,.0f})",
        f"{ratio:.2f}x raw (best round {max(ratios):.2f}x); bars 20,000/s and 0.5x",
        rate >= 20_000 and ratio >= 0.5,
    )
    line("CPU per durable append, 64 in flight", f"{cost:.1f} us", "bar 40 us", cost <= 40)


def buffered(record: Record) -> None:
    """Appends that do not wait, all durable at the end; `witness-log`, which never syncs, takes turns with it."""
    rates: list[float] = []
    costs: list[float] = []
    callers: list[float] = []
    rivals: list[float] = []
    for _ in range(5):
        with folder() as place, Ledger.open(place / "ledger") as ledger:
            ledger.append(record)
            begun, used = time.perf_counter(), time.process_time()
            for _ in range(BUFFERED):
                ledger.append(record, wait=False)
            ledger.flush()
            rates.append(BUFFERED / (time.perf_counter() - begun))
            costs.append((time.process_time() - used) / BUFFERED * 1e6)
            for _ in range(BUFFERED // 10):
                started = time.perf_counter()
                ledger.append(record, wait=False)
                callers.append(time.perf_counter() - started)
        found = peer("witness-log", BUFFERED)
        rivals += [found["append"]] if isinstance(found, dict) else []
    rate, caller = percentile(rates, 50), percentile(callers, 50) * 1e6
    line(
        "buffered append, a sync per 1,024 or more",
        f"{rate:,.0f}/s (best {max(rates):,.0f})",
        "bar 60,000/s",
        rate >= 60_000,
    )
    line("CPU per buffered append", f"{min(costs):.1f} us")
    line("caller of a buffered append", f"p50 {caller:.1f} us", "bar 5 us", caller <= 5)
    if rivals:
        rival = percentile(rivals, 50)
        text = f"{rival:,.0f}/s (best {max(rivals):,.0f})"
        line("peer: witness-log, no sync, in turns with it", text, "bar: buffered append is ahead of it", rate > rival)


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


def peer(name: str, count: int) -> dict[str, float] | str | None:
    """Rates of one peer, what it failed with, or None when the package registry was not reached."""
    python = peers_venv()
    if python is None:
        return None
    with folder() as place:
        command = [str(python), str(Path(__file__).with_name("ledger_peers.py")), name, str(place), str(count)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return done.stderr.strip().splitlines()[-1][:70]
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def peers(count: int = 5000) -> None:
    for name in NAMES:
        found = peer(name, count)
        if found is None:
            print("  peers: the package registry was not reached; not measured")
            return
        if isinstance(found, str):
            line(f"peer: {name}", f"failed: {found}")
        else:
            line(f"peer: {name}", f"append {found['append']:,.0f}/s, verify {found['verify']:,.0f}/s")


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
    buffered(record)
    verification(record, bare)
    hundred_million()
    peers()
    print(f"  peak memory of this process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    main()
