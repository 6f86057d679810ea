"""Results of evaluations, kept with the digests of what was evaluated, so that none counts for anything else.

Whoever runs a suite (`python -m tests.questions --record`, a pipeline) writes one file per suite below the home; the
collector hashes the cases once more as they lie now.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from policies.audit.bodies.base import Sha256
from policies.audit.keys import write_durably


class EvaluationResult(BaseModel):
    """The result of one suite: `value` is a share of `n` cases, right ones or, for false alarms, wrong ones.

    `prompts` and `policies_sha256` are None where the suite uses none. `dataset` are paths below the root.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    suite: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    n: int = Field(ge=1)
    value: float = Field(ge=0, le=1)
    model: str
    prompts: tuple[Sha256, ...] | None
    policies_sha256: Sha256 | None
    dataset: tuple[str, ...] = Field(min_length=1)
    dataset_sha256: Sha256
    run_at: str


def folder(home: Path) -> Path:
    """Where results lie."""
    return home / "evaluations"


def keep(home: Path, result: EvaluationResult) -> str:
    """Write the newest result of a suite; the SHA-256 of the file, by which a release names it."""
    data = result.model_dump_json(indent=2).encode() + b"\n"
    write_durably(folder(home) / f"{result.suite}.json", data)
    return hashlib.sha256(data).hexdigest()


def dataset_sha256(root: Path, names: tuple[str, ...]) -> str:
    """SHA-256 over names and bytes of the files, in the order of their names; a missing file is an empty one."""
    digest = hashlib.sha256()
    for name in sorted(names):
        path = root / name
        data = path.read_bytes() if path.is_file() else b""
        digest.update(f"{name}\n{len(data)}\n".encode() + data)
    return digest.hexdigest()
