"""Controls: a whole status over the sample estate, all proofs, packs, and how much memory they take at most."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from policies.audit import Ledger, Record
from policies.audit.bodies import Note
from tests.bench.measure import percentile, row, verdict

REGENT = Path(sys.executable).with_name("regent")
RECORDS = 100_000
_PEAK = """
import resource, sys
from agents.cli import app
sys.argv = ["regent", *sys.argv[1:]]
try:
    app()
finally:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, file=sys.stderr)
"""


def main() -> None:
    """Print them beside the bars of the issue: 3 s, 20 s, 500 MB."""
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "REGENT_HOME": folder}
        subprocess.run([REGENT, "ask", "Which buckets are public?", "--json"], env=env, check=True, capture_output=True)
        fresh = [_timed([str(REGENT), "controls", "status", "--fresh", "--json"], env) for _ in range(5)]
        reused = [_timed([str(REGENT), "controls", "status", "--json"], env) for _ in range(5)]
        stored = [_timed([str(REGENT), "controls", "status", "--stored", "--json"], env) for _ in range(5)]
        out = str(Path(folder) / "pack.zip")
        packed = [_timed([str(REGENT), "controls", "pack", "--out", out], env) for _ in range(3)]
        proofs = [_timed([str(REGENT), "controls", "prove", "--json"], env) for _ in range(5)]
        peak = _peak(env, "status", "--fresh", "--json")
        peak_pack = _peak(env, "pack", "--out", out)
        _fill(Path(folder) / "ledger")
        _timed([str(REGENT), "controls", "status", "--json"], env)
        large = _timed([str(REGENT), "controls", "pack", "--stored", "--out", out], env)
        peak_large = _peak(env, "pack", "--stored", "--out", out)
        size = Path(out).stat().st_size / 2**20
    print(row("status, everything collected anew", fresh, "s"))
    print(row("status, fresh evidence reused", reused, "s"))
    print(row("status, from the evidence store", stored, "s"))
    print(row("all proofs", proofs, "s"))
    print(row("evidence pack", packed, "s"))
    print(f"{'peak memory of status':<44} {peak:13.0f} MB")
    print(f"{'peak memory of a pack':<44} {peak_pack:13.0f} MB")
    print(f"{f'pack of a ledger of {RECORDS:,} more records':<44} {large:13.1f} s, {size:.0f} MiB")
    print(f"{'peak memory of that':<44} {peak_large:13.0f} MB")
    print(verdict("status over the sample estate, p50", percentile(fresh, 50), 3, "s"))
    print(verdict("all proofs, p50", percentile(proofs, 50), 20, "s"))
    print(verdict("evidence pack, p50", percentile(packed, 50), 15, "s"))
    print(verdict("peak memory", max(peak, peak_pack, peak_large), 500, "MB"))


def _timed(words: list[str], env: dict[str, str]) -> float:
    started = time.perf_counter()
    subprocess.run(words, env=env, capture_output=True, check=True)
    return time.perf_counter() - started


def _peak(env: dict[str, str], *words: str) -> float:
    """The most memory that a command takes, in MB."""
    run = [sys.executable, "-c", _PEAK, "controls", *words]
    done = subprocess.run(run, env=env, capture_output=True, text=True, check=False)
    return float(done.stderr.split()[-1])


def _fill(path: Path) -> None:
    """Records of the size that a query leaves, so that the ledger is larger than what a pack may hold in memory."""
    with Ledger.open(path) as ledger:
        for number in range(RECORDS):
            body = Note(name="filler", data={"number": number, "text": f"{number:x}" * 200})
            ledger.append(Record(actor="system", body=body), wait=False)
        ledger.checkpoint()
