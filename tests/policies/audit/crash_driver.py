"""Kill writers at random moments, again and again, twenty times on each ledger; its own process, so forking is safe.

    python crash_driver.py HOME RUNS WRITERS SEED

Prints one JSON line: runs, acknowledged, lost, bad verdicts, recoveries.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import sys
import time
from pathlib import Path

from policies.audit import Ledger, Note, Record, frames
from policies.audit.keys import FileSigner
from policies.audit.vault import Vault
from policies.audit.verifying import verify

frames.SEGMENT_BYTES = 200_000
OF_ONE = 20
"""Kills that one ledger sees before the next one is begun: some ten segments."""


def write_until_killed(home: Path, run: int, writer: int, acks: int) -> None:
    """Append for ever; report every acknowledged (index, name) through the pipe `acks`."""
    pick = random.Random(run * 1000 + writer)
    with Ledger.open(home / "ledger") as ledger:
        step = 0
        while True:
            step += 1
            name = f"{run}-{writer}-{step}"
            body = Note(name=name, data={"pad": "x" * pick.choice([10, 900, 9000])})
            record = Record(actor="system", body=body)
            if pick.random() < 0.3:
                ledger.append(record, wait=False)
                continue
            index = ledger.append(record)
            os.write(acks, f"{index} {name}\n".encode())
            if pick.random() < 0.02:
                ledger.checkpoint()


def one_run(home: Path, run: int, writers: int, pick: random.Random) -> list[tuple[int, str]]:
    read, write = os.pipe()
    children = []
    for writer in range(writers):
        child = os.fork()
        if child == 0:
            os.close(read)
            write_until_killed(home, run, writer, write)
        children.append(child)
    os.close(write)
    if pick.random() < 0.75:
        select.select([read], [], [], 5)  # the rest are killed while they open
    time.sleep(pick.uniform(0, 0.06))
    pick.shuffle(children)
    for child in children:
        os.kill(child, signal.SIGKILL)
        time.sleep(pick.uniform(0, 0.004))
    for child in children:
        os.waitpid(child, 0)
    with os.fdopen(read, "rb") as pipe:
        lines = pipe.read().decode().splitlines()
    return [(int(index), name) for index, _, name in (line.partition(" ") for line in lines)]


def reopen_and_check(home: Path, acked: list[tuple[int, str]]) -> tuple[int, int, int]:
    """(lost, bad verdicts, recoveries) as a new process sees them."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        with Ledger.open(home / "ledger") as ledger:
            found = {s.index: s for s in ledger.read(min((i for i, _ in acked), default=ledger.size))}
            lost = sum(1 for i, name in acked if i not in found or found[i].body.model_dump().get("name") != name)
            cuts = sum(1 for s in found.values() if s.type == "ledger.recovered")
        verdict = verify(home / "ledger")
        if verdict.code and verdict.size:
            print(verdict, file=sys.stderr)
        bad = verdict.code == 1 or (verdict.code != 0 and verdict.size > 0)
        os.write(write, json.dumps([lost, int(bad), cuts]).encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        raw = pipe.read()
    os.waitpid(child, 0)
    lost, bad, cuts = json.loads(raw) if raw else (len(acked), 1, 0)
    return lost, bad, cuts


def main() -> None:
    home, runs, writers, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    pick = random.Random(seed)
    # Costly imports once, before forking, so that children are killed while they write and not while they import.
    FileSigner.generate("warm.up").sign(b"")
    warm = Vault(home / "warm" / "subjects")
    warm.seal(warm.subject("nobody"), 1)
    total = {"runs": runs, "acknowledged": 0, "lost": 0, "bad_verdicts": 0, "recoveries": 0}
    for run in range(runs):
        site = home / str(run // OF_ONE)
        acked = one_run(site, run, writers, pick)
        lost, bad, cuts = reopen_and_check(site, acked)
        for key, more in zip(total, [0, len(acked), lost, bad, cuts], strict=True):
            total[key] += more
    print(json.dumps(total))


if __name__ == "__main__":
    main()
