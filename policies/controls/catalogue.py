"""The catalogue: which controls and clauses there are, and which documents only people can state."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from policies.controls.errors import ControlsError
from tools.unique import read_unique

FRAMEWORK = "iso42001"
SHIPPED = Path(__file__).with_name("catalogue.yaml")
_CONTROL = re.compile(r"A\.\d{1,2}(\.\d)?\.\d{1,2}")
_CLAUSE = re.compile(r"\d{1,2}\.\d(\.\d)?")

DocumentType = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]


class Control(BaseModel):
    """One clause (`4.1`) or Annex A control (`A.6.2.8`), with a title in our own words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    title: str
    attests: tuple[DocumentType, ...]
    """Documents that people must state and approve; empty where evidence alone carries the control."""

    @property
    def annex(self) -> bool:
        """Whether it is an Annex A control (those the Statement of Applicability lists)."""
        return self.id.startswith("A.")


class DocumentKind(BaseModel):
    """Who usually owns a document, and after how many days it must be reviewed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    owner: str
    review_days: int = Field(ge=1, le=1100)


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = Field(min_length=3)
    attests: tuple[DocumentType, ...]


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    clauses: dict[str, _Entry]
    controls: dict[str, _Entry]
    documents: dict[DocumentType, DocumentKind]

    @model_validator(mode="after")
    def _consistent(self) -> _File:
        wrong = [name for name in self.clauses if not _CLAUSE.fullmatch(name)]
        wrong += [name for name in self.controls if not _CONTROL.fullmatch(name) or name.endswith(".1")]
        if wrong:
            raise ValueError(f"{wrong[0]!r} is no identifier of a clause or control (x.1 are headings, never controls)")
        named = {document for entry in [*self.clauses.values(), *self.controls.values()] for document in entry.attests}
        unknown, unused = sorted(named - set(self.documents)), sorted(set(self.documents) - named)
        if unknown or unused:
            raise ValueError(f"documents do not fit: unknown {unknown[:1]}, named by nobody {unused[:1]}")
        return self


@cache
def catalogue(file: Path = SHIPPED) -> dict[str, Control]:
    """All clauses and controls by id, in the standard's order.

    Raises:
        ControlsError: the file is unreadable, has an id twice, or names what does not exist.
    """
    read = _read(file)
    return {
        name: Control(id=name, title=entry.title, attests=entry.attests)
        for part in (read.clauses, read.controls)
        for name, entry in part.items()
    }


@cache
def document_kinds(file: Path = SHIPPED) -> dict[str, DocumentKind]:
    """The kinds of documents that people attest, by type. Raises as `catalogue` does."""
    return dict(_read(file).documents)


def _read(file: Path) -> _File:
    try:
        return _File.model_validate(read_unique(file))
    except (OSError, yaml.YAMLError) as error:
        raise ControlsError(f"The catalogue {file.name} cannot be read: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "top level"
        raise ControlsError(f"The catalogue {file.name} is wrong at {where}: {first['msg']}.") from error
