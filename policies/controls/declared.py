"""What the tenant declares: the bounds against which checks measure. Declared, never a status."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from policies.controls.errors import ControlsError

SHIPPED = Path(__file__).with_name("declared.yaml")


class LogRetention(BaseModel):
    """Days that logs are kept: at least, because they are evidence, and at most, because they hold personal data."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at_least_days: int = Field(ge=1)
    at_most_days: int = Field(ge=1)

    @model_validator(mode="after")
    def _ordered(self) -> LogRetention:
        if self.at_least_days > self.at_most_days:
            raise ValueError("at_least_days is more than at_most_days")
        return self


class Suite(BaseModel):
    """What an evaluation suite must reach: a share from 0 to 1, over at least so many cases."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cases: int = Field(ge=1)
    at_least: float = Field(default=0.0, ge=0, le=1)
    at_most: float = Field(default=1.0, ge=0, le=1)


class Declared(BaseModel):
    """The tenant's declarations."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    regions: tuple[str, ...] = Field(min_length=1)
    """Regions in which data may lie and models may run."""
    inference_regions: tuple[str, ...] = ()
    """Other regions in which an inference profile may process a prompt, of which nothing is kept there."""
    log_retention: LogRetention
    object_lock_days: int = Field(ge=1)
    """Days for which evidence must be locked, in compliance mode."""
    memory_days_at_most: int = Field(ge=1)
    data_retention_modes: tuple[str, ...] = Field(min_length=1)
    """Modes of Bedrock's account data retention that are accepted."""
    session_seconds_at_most: int = Field(ge=60)
    """Seconds after which a session of a runtime must end."""
    evaluation_percent_at_least: float = Field(gt=0, le=100)
    """Share of sessions that online evaluation must sample."""
    alarms: tuple[str, ...] = Field(min_length=1)
    """Alarms that must exist, without their prefix `regent-`."""
    evaluations: dict[str, Suite]
    """Suites that a release must have passed."""
    approval_seconds_at_least: int = Field(ge=0)
    """Decisions on approvals that come faster than this are not decisions."""
    approvals_judged_from: int = Field(ge=2)
    """From this number of decisions on, approving every single one is a rubber stamp."""
    stop_seconds_at_most: int = Field(ge=0)
    """Seconds after a stop within which the last call may still begin."""
    drill_days: int = Field(ge=1)
    """Days within which the kill switch must have been drilled."""
    concern_days_at_most: int = Field(ge=1)
    """Days within which a concern must be acknowledged."""
    assessment_days_at_most: int = Field(ge=1)
    """Days for which a risk or impact assessment counts."""
    disclosures: dict[str, tuple[str, ...]]
    """By language: words that must stand with every answer (that an AI wrote it, and how to reach a person)."""
    evidence_hours: int = Field(ge=1, le=744)
    """Hours for which collected evidence may be used; a month at most, or it would never be stale."""
    window_days: int = Field(ge=1, le=400)
    """Days back for which questions are judged, at least: a shorter look proves nothing."""
    verified_every_hours: int = Field(ge=1)
    """Hours within which the ledger must have been verified."""
    models: tuple[str, ...]
    """Models that are approved, as the ledger names them; `offline` among them where it is used."""
    suppliers: tuple[str, ...]
    """Suppliers that were assessed."""
    frameworks: tuple[str, ...] = ()
    """Other frameworks that bind this tenant, by the crosswalk's names."""


def load_declared(file: Path = SHIPPED) -> Declared:
    """Read a declarations file.

    Raises:
        ControlsError: it cannot be read or a value does not fit; the sentence names it.
    """
    from tools.unique import read_unique

    try:
        return Declared.model_validate(read_unique(file))
    except (OSError, yaml.YAMLError) as error:
        raise ControlsError(f"The declarations {file.name} cannot be read: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "top level"
        raise ControlsError(f"The declarations {file.name} are wrong at {where}: {first['msg']}.") from error
