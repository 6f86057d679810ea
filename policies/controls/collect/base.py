"""What every collector is given, and what it hands back: items, an independent count, and what could not be seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from policies.access import Gate, Principal
from policies.audit import Ledger
from policies.controls.declared import Declared
from policies.controls.documents import Attestation, Document
from policies.controls.evidence import Evidence, Item, Need
from policies.controls.manifest import Manifest
from policies.controls.soa import Statement
from policies.oversight import Oversight
from tools.estates import Estate
from tools.receipts import ReceiptStore

MOST_ITEMS = 20_000
"""Items that one snapshot may hold; a longer period must be cut, so that memory and evidence stay bounded."""


@dataclass(slots=True)
class Seen:
    """What a collector saw for one need."""

    items: list[Item] = field(default_factory=list)
    population: int = 0
    problems: list[str] = field(default_factory=list)
    operations: tuple[str, ...] = ()
    receipts: tuple[str, ...] = ()
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that collectors may look at. Built by whoever runs an evaluation (`agents/controlling.py`)."""

    home: Path
    ledger: Ledger
    receipts: ReceiptStore
    declared: Declared
    principal: Principal
    manifest: Manifest
    documents: Mapping[str, tuple[Document, ...]]
    attested: Mapping[str, Attestation]
    soa: Statement
    root: Path
    """Where the repository's files lie: policies, INVARIANTS.md, requirements.txt."""
    templates: Path | None
    """Folder of synthesized templates, if there is one."""
    clock: Callable[[], datetime]
    since: datetime
    """From when on ledger records are looked at."""
    estate: Callable[[], Estate]
    """Opens the estate when it is first needed, and gives the same one again."""
    gate: Callable[[], Gate]
    """The gate in force, which knows snapshots too."""
    asking_gate: Callable[[], Gate]
    """The gate in force for questions, as decisions in the ledger name it."""
    oversight: Callable[[], Oversight]
    """The kill switch and the budgets; a stopped house collects nothing from AWS."""
    source: Literal["aws", "sample"]

    def evidence(self, need: Need, seen: Seen, source: Literal["aws", "sample", "local"], collector: str) -> Evidence:
        """A snapshot of what was seen, dated now and usable for as long as declared."""
        now = self.clock()
        if len(seen.items) > MOST_ITEMS:
            seen.problems.append(f"{len(seen.items)} items are more than a snapshot holds; choose a shorter period")
            del seen.items[MOST_ITEMS:]
        return Evidence(
            need=need,
            items=tuple(seen.items),
            population=seen.population,
            problems=tuple(dict.fromkeys(seen.problems)),
            operations=seen.operations,
            receipts=seen.receipts,
            source=source,
            collector=collector,
            collected=now,
            expires=now + timedelta(hours=self.declared.evidence_hours),
            since=seen.since,
        )


def iso(at: datetime) -> str:
    """ISO 8601 in UTC, to the second, as items say times."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def of_nanoseconds(time: int) -> str:
    """A ledger time (UTC nanoseconds) as items say it."""
    from datetime import UTC

    return iso(datetime.fromtimestamp(time / 1e9, UTC))


def wanted(needs: Iterable[Need], kind: str) -> list[Need]:
    """The needs of one kind, in a fixed order."""
    return sorted({need for need in needs if need.kind == kind}, key=str)
