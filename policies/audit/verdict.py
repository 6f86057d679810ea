"""What verification says, and its exit codes."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Code = Literal[0, 1, 2, 3]


class Verdict(BaseModel):
    """What verification found.

    `code` is the exit code: 0 verified and anchored, 1 tampered, 2 unanchored or incomplete, 3 usage. With `absent`
    (code 2) there is no ledger, and nothing that shows that there ever was one.
    `verified_through` is the last record whose bytes hold, `anchored_through` the last one under a trusted signature,
    `unanchored` how many follow it; sizes of `quarantined_bytes` and `torn_bytes` are in bytes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Code
    reason: str
    absent: bool = False
    origin: str | None = None
    size: int = 0
    root: str | None = None
    first_bad: int | None = None
    verified_through: int | None = None
    anchored_through: int | None = None
    known_head: int | None = None
    unanchored: int = 0
    torn_bytes: int = 0
    quarantined_bytes: int = 0
    erased: int = 0
    checkpoints: int = 0
    keys: tuple[str, ...] = ()
    unknown_types: tuple[str, ...] = ()
