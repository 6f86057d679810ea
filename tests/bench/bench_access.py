"""The gate's numbers: one decision with the shipped policies and with 500, and decision plus durable record.

    python -m tests.bench access

Wall time is judged; thread time stands beside it, because a busy machine shows in the one and not in the other.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from policies.access import Circumstances, Gate, Principal, shipped_gate
from policies.access.policyset import PolicyFile, shipped_files
from policies.access.replay import to_record
from policies.audit import Ledger, Record
from tests.bench.measure import percentile, row, sync_clock, verdict
from tools.accounts import Account, Directory
from tools.catalogue import find, queries

DECISIONS, APPENDS, MANY = 3000, 600, 500
REGIONS = ("eu-west-1", "eu-central-1", "us-east-1")
CALLS = (("spend", {}), ("alarms", {"accounts": "account-3,account-4"}), ("findings", {}), ("who_did_what", {}))
PEOPLE = (
    Principal(id="a", role="admin"),
    Principal(id="b", role="engineer", accounts=tuple(f"account-{n}" for n in range(10))),
    Principal(id="c", role="manager", tags={"venue": ("utrecht",)}),
    Principal(id="d", role="auditor", units=("Venues",)),
)


def everyone(size: int) -> Directory:
    """A directory of so many accounts, with tags and units."""
    accounts = [
        Account(
            id=f"{210_000_000_000 + n}",
            name=f"account-{n}",
            tags={"venue": "utrecht" if n % 7 == 0 else "rotterdam", "env": "prod", "team": f"team-{n % 5}"},
            units=("Venues",) if n % 2 else ("Online", "Prod"),
        )
        for n in range(size)
    ]
    return Directory(accounts, accounts[0])


def many() -> Gate:
    """The shipped policies and so many of a company's that there are 500, a third of them forbids."""
    shipped = shipped_files()
    missing = MANY - len(shipped_gate().rules)
    names = sorted(queries())
    rules = [
        f'@id("r{n}") @says("rule {n}")\n{"forbid" if n % 3 == 0 else "permit"} (principal is Regent::Person, '
        f'action == Regent::Action::"{names[n % len(names)]}", resource is Regent::Estate) when {{ '
        f'principal.role == "guest-{n}" && resource.accounts.contains("{210_000_000_000 + n}") && '
        f"context.hour == {n % 24} }};"
        for n in range(missing)
    ]
    return Gate((*shipped, PolicyFile("many.cedar", "\n".join(rules))), queries().values(), regions=REGIONS)


def decisions(gate: Gate, directory: Directory) -> tuple[list[float], list[float]]:
    """Milliseconds of wall and of thread time for each of many decisions of several kinds."""
    wall, own = [], []
    for number in range(DECISIONS + 50):
        name, given = CALLS[number % len(CALLS)]
        query, person = find(name), PEOPLE[number // len(CALLS) % len(PEOPLE)]
        parsed = query.parse(dict(given))
        context = Circumstances(assurance="oidc", hour=10, calls=number % 9, reason="because")
        started, used = time.perf_counter(), time.thread_time()
        gate.decide(person, query, parsed, directory, context, REGIONS)
        own.append((time.thread_time() - used) * 1e3)
        wall.append((time.perf_counter() - started) * 1e3)
    return wall[50:], own[50:]


def recorded(gate: Gate, directory: Directory) -> list[float]:
    """Milliseconds for a decision and its durable record, less the time that the disk's own syncs took."""
    query, person, found = find("spend"), PEOPLE[1], []
    parsed, context = query.parse({}), Circumstances(assurance="oidc", hour=10, reason="because")
    with (
        tempfile.TemporaryDirectory(prefix="regent-bench-") as folder,
        sync_clock() as clock,
        Ledger.open(Path(folder) / "ledger") as ledger,
    ):
        for _ in range(APPENDS):
            started, synced = time.perf_counter(), clock.seconds
            decision = gate.decide(person, query, parsed, directory, context, REGIONS)
            body = to_record(decision, personal_data=False)
            ledger.append(Record(actor="query:spend", body=body, question="q-1", session="s-1", principal="b"))
            found.append((time.perf_counter() - started - (clock.seconds - synced)) * 1e3)
    return found


def main() -> None:
    """Measure and print."""
    started = time.process_time()
    plenty = many()
    loaded = time.process_time() - started
    shipped, small = shipped_gate(), everyone(14)
    for count, gate, bar in ((len(shipped.rules), shipped, 1.0), (MANY, plenty, 2.0)):
        wall, own = decisions(gate, small)
        print(row(f"decision, {count} policies, 14 accounts", wall))
        print(row("  its thread time", own))
        print(verdict("decision p99", percentile(wall, 99), bar))
        print(verdict("decision p99, thread time", percentile(own, 99), bar))
    wall, own = decisions(shipped, everyone(200))
    print(row("decision, shipped policies, 200 accounts", wall))
    print(row("  its thread time", own))
    print(f"{f'loading and validating {MANY} policies':<44} {loaded * 1e3:.0f} ms of processor time, once")
    beyond = recorded(shipped, small)
    print(row("decision and durable record, beyond fsync", beyond))
    print(verdict("decision and durable record p99 beyond the disk's fsync", percentile(beyond, 99), 5.0))


if __name__ == "__main__":
    main()
