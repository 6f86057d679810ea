"""Verify a ledger from its files alone: what is wrong, from which record on, and how far it can be trusted."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from policies.audit.errors import LedgerDamagedError
from policies.audit.ledger import FILE, ZERO, chain, decode, loads


class Verdict(BaseModel):
    """What verification found. `code` is the exit code: 0 verified, 1 tampered, 2 unanchored, 3 usage."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Literal[0, 1, 2, 3]
    reason: str
    origin: str | None = None
    size: int = 0
    root: str = ZERO
    first_bad: int | None = None
    verified_through: int | None = None
    anchored_through: int | None = None
    unanchored: int = 0
    quarantined_bytes: int = 0
    erased: int = 0


def verify(path: Path) -> Verdict:
    """Check every record of the ledger in `path`. Never raises for what it finds in the files."""
    file = Path(path) / FILE
    if not file.is_file():
        return Verdict(code=1, reason=f"There is no ledger in {path}.")
    head, size, cut = ZERO, 0, 0
    with file.open("rb") as lines:
        for index, line in enumerate(lines):
            try:
                if not line.endswith(b"\n"):
                    raise LedgerDamagedError(f"Record {index} is torn.")
                value = loads(line[:-1], index)
                if value.get("prev") != head or value.get("index") != index:
                    raise LedgerDamagedError(f"Record {index} does not follow the one before it.")
                head = chain(head, line[:-1])
                stored = decode(line[:-1], head, index)
            except LedgerDamagedError as error:
                return Verdict(
                    code=1,
                    reason=str(error),
                    first_bad=index,
                    size=size,
                    root=head,
                    verified_through=size - 1,
                )
            size += 1
            cut += getattr(stored.body, "cut_bytes", 0)
    if not size:
        return Verdict(code=1, reason=f"The ledger in {path} is empty.")
    return Verdict(
        code=2,
        reason="Every record follows the one before it; no signed head is known to compare with.",
        size=size,
        root=head,
        verified_through=size - 1,
        unanchored=size,
        quarantined_bytes=cut,
    )
