"""What the controls room leaves: evidence collected, evaluations run, controls evaluated, documents attested."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from policies.audit.bodies.base import Body, Json, Sha256


class EvidenceCollected(Body):
    """A snapshot was taken for `need`; its bytes lie in the evidence store under `sha256`, signed.

    `items` were seen, `population` counted by another way; both times are ISO UTC.
    """

    type: ClassVar[str] = "evidence.collected"
    need: str
    sha256: Sha256
    source: Literal["aws", "sample", "local"]
    items: int = Field(ge=0)
    population: int = Field(ge=0)
    problems: list[str] = []
    operations: list[str] = []
    collected: str
    expires: str


class ControlsEvaluated(Body):
    """All controls were evaluated: verdict per check, status per control, and what changed since the last time.

    `declared_sha256` is over the tenant's declarations; `unproven` names checks without a valid proof.
    """

    type: ClassVar[str] = "controls.evaluated"
    source: Literal["aws", "sample", "local"]
    declared_sha256: Sha256
    verdicts: dict[str, str]
    statuses: dict[str, str]
    counts: dict[str, int]
    unproven: list[str] = []
    changes: list[Json] = []
    evidence: list[Sha256] = []


class EvaluationRecorded(Body):
    """The principal of this record ran an evaluation suite; its result lies in the file with this digest.

    `counted` of `n` cases were right or, for a suite of false alarms, wrong.
    """

    type: ClassVar[str] = "evaluation.recorded"
    suite: str
    sha256: Sha256
    n: int = Field(ge=1)
    counted: int = Field(ge=0)
    model: str


class DocumentAttested(Body):
    """The principal of this record stated that they approve the document with this digest. `assurance`: how they
    were recognised; the two dates are ISO dates.
    """

    type: ClassVar[str] = "document.attested"
    document: str
    kind: str
    version: str
    sha256: Sha256
    approved_on: str
    review_due: str
    assurance: str
