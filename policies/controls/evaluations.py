"""Results of evaluations: every case by name, bound to the digests of what was evaluated, so that none counts for more.

Two places have them. What ships lies in `tests/evaluations/`, one file per suite, reviewed like code and made again by
the slow tests. A company's own runs (`python -m tests.questions --model bedrock: --record`) lie below the home; they
count once a record `evaluation.recorded` names their digest, so that nobody types one in, and stand before the shipped
result of the same suite. Numbers are counted from the cases, never stated.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from policies.audit import Ledger, Record
from policies.audit.bodies import EvaluationRecorded
from policies.audit.bodies.base import Sha256
from policies.audit.keys import write_durably
from policies.controls.errors import ControlsError

SHIPPED = PurePosixPath("tests/evaluations")
"""Below the root: the results that come with the code."""


class EvaluationResult(BaseModel):
    """The result of one suite. `cases` says of each whether it counts: right ones or, for false alarms, wrong ones.

    `prompts` and `policies_sha256` are None where the suite uses none. `dataset` are paths below the root.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    suite: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    cases: dict[str, bool] = Field(min_length=1)
    model: str
    prompts: tuple[Sha256, ...] | None
    policies_sha256: Sha256 | None
    dataset: tuple[str, ...] = Field(min_length=1)
    dataset_sha256: Sha256
    run_at: str

    @field_validator("dataset")
    @classmethod
    def _below(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
                raise ValueError(f"{name} does not lie below the root")
        return names

    @field_validator("run_at")
    @classmethod
    def _utc(cls, at: str) -> str:
        if datetime.fromisoformat(at).utcoffset() is None:
            raise ValueError("it says no time zone")
        return at

    @property
    def n(self) -> int:
        """How many cases there were."""
        return len(self.cases)

    @property
    def counted(self) -> int:
        """How many of them count."""
        return sum(self.cases.values())

    @property
    def value(self) -> float:
        """Their share."""
        return self.counted / self.n

    @property
    def at(self) -> datetime:
        """When it was run."""
        return datetime.fromisoformat(self.run_at).astimezone(UTC)

    def encode(self) -> bytes:
        """The bytes of its file."""
        return self.model_dump_json(indent=1).encode() + b"\n"


def folder(home: Path) -> Path:
    """Where a company's own results lie."""
    return home / "evaluations"


def keep(folder: Path, result: EvaluationResult) -> str:
    """Write the newest result of a suite; the SHA-256 of the file, by which a release names it."""
    data = result.encode()
    write_durably(folder / f"{result.suite}.json", data)
    return hashlib.sha256(data).hexdigest()


def record(ledger: Ledger, result: EvaluationResult, sha256: str, principal: str) -> int:
    """Put a result on record, without which it does not count; the index of the record, which is durable."""
    body = EvaluationRecorded(suite=result.suite, sha256=sha256, n=result.n, counted=result.counted, model=result.model)
    index = ledger.append(Record(actor="person", body=body, principal=principal))
    ledger.checkpoint()
    return index


def read(path: Path) -> tuple[EvaluationResult, str]:
    """A result and the SHA-256 of its file. ControlsError when it cannot be used."""
    try:
        raw = path.read_bytes()
        result = EvaluationResult.model_validate_json(raw)
    except OSError as error:
        raise ControlsError(f"the result {path.name} cannot be read: {error.strerror}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "top level"
        raise ControlsError(f"the result {path.name} cannot be used: {where}: {first['msg']}") from error
    if path.stem != result.suite:
        raise ControlsError(f"the result {path.name} is of the suite {result.suite}")
    return result, hashlib.sha256(raw).hexdigest()


def dataset_sha256(root: Path, names: tuple[str, ...]) -> str:
    """SHA-256 over names and bytes of the files, in the order of their names.

    Raises:
        ControlsError: one of them cannot be read; a result without its cases is bound to nothing.
    """
    digest = hashlib.sha256()
    for name in sorted(names):
        try:
            data = (root / name).read_bytes()
        except OSError as error:
            raise ControlsError(f"the cases {name} cannot be read: {error.strerror}") from error
        digest.update(f"{name}\n{len(data)}\n".encode() + data)
    return digest.hexdigest()
