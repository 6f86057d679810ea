"""The Statement of Applicability: for each Annex A control whether it applies and why. Decided by people, in YAML.

It decides nothing about status, with one exception: an exclusion whose statement was approved and attested makes a
control `excluded`. Inclusion names a risk or a requirement; exclusion has a reason, and another approver than owner.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from policies.controls.catalogue import catalogue
from policies.controls.documents import SHIPPED as DOCUMENTS
from policies.controls.documents import Matter
from policies.controls.errors import ControlsError
from policies.controls.status import Attested
from tools.unique import read_unique

SHIPPED = DOCUMENTS / "soa.yaml"
_Said = Annotated[str, Field(pattern=r"\S")]
"""Something that is not blank: an empty id names nothing."""


class SoADecision(BaseModel):
    """One row: whether a control applies, and on what grounds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    applicable: bool
    reason: str = Field(min_length=3, pattern=r"\S")
    risks: tuple[_Said, ...] = ()
    requirements: tuple[_Said, ...] = ()
    owner: _Said
    approver: _Said | None = None
    residual: str | None = None
    """What gap remains, if any."""
    inherited: str | None = None
    """From whom the control is inherited (a cloud provider, a group company), if it is."""

    @model_validator(mode="after")
    def _grounds(self) -> SoADecision:
        if self.applicable and not (self.risks or self.requirements):
            raise ValueError("it is included, so name a risk or a requirement id")
        if not self.applicable and self.approver is None:
            raise ValueError("it is excluded, so name an approver")
        if not self.applicable and str(self.approver).strip().casefold() == self.owner.strip().casefold():
            raise ValueError(f"its owner {self.owner} approves the exclusion; name another person")
        return self


class Statement(BaseModel):
    """The whole statement: front matter as a document has it, and a decision for each control."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    matter: Matter
    decisions: dict[str, SoADecision]

    def exclusions(self, standing: Attested | None) -> dict[str, str]:
        """The reasons of approved exclusions by control; none while the statement is not validly attested."""
        if standing is None or standing.state != "valid":
            return {}
        return {
            control: f"{decision.reason} (approved by {decision.approver})"
            for control, decision in self.decisions.items()
            if not decision.applicable
        }


def load_soa(file: Path) -> Statement:
    """Read a statement.

    Raises:
        ControlsError: it cannot be read, names a control that does not exist, leaves one out, or a decision lacks its
            grounds; the sentence names the control.
    """
    try:
        whole = read_unique(file)
        if not isinstance(whole, dict):
            raise ControlsError(f"{file.name} is no statement of applicability: expected keys and values.")
        matter = {key: value for key, value in whole.items() if key in Matter.model_fields}
        rest = {key: value for key, value in whole.items() if key not in Matter.model_fields}
        statement = Statement.model_validate({"matter": matter, **rest})
    except (OSError, yaml.YAMLError) as error:
        raise ControlsError(f"The statement of applicability {file.name} cannot be read: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "top level"
        said = first["msg"].removeprefix("Value error, ")
        raise ControlsError(f"The statement of applicability {file.name} is wrong at {where}: {said}.") from error
    annex = [control for control, entry in catalogue().items() if entry.annex]
    unknown = sorted(set(statement.decisions) - set(annex))
    if unknown:
        raise ControlsError(f"The statement of applicability {file.name} names {unknown[0]!r}, which is no control.")
    missing = [control for control in annex if control not in statement.decisions]
    if missing:
        raise ControlsError(f"The statement of applicability {file.name} says nothing of {', '.join(missing[:5])}.")
    return statement
