"""Principals: who is asking, and what they may see. Only a verified source makes one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tools.errors import RegentError

Role = Literal["manager", "engineer", "auditor", "admin"]
Domain = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
SHIPPED = Path(__file__).with_name("principals.yaml")


class UnknownPrincipalError(RegentError):
    """Nobody of that id is known; nothing was asked on their behalf."""


class PrincipalsError(RegentError):
    """The principals file cannot be used; the sentence says where and why."""


class Principal(BaseModel):
    """A verified asker. `accounts` and `domains` of None mean all; `assurance` says how the id was verified."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    role: Role
    name: str = ""
    accounts: tuple[str, ...] | None = None
    """Account names or ids in sight."""
    domains: tuple[Domain, ...] | None = None
    assurance: Literal["local", "iam", "oidc", "envelope"] = "local"


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    role: Role
    name: str = ""
    accounts: tuple[str, ...] | None = None
    domains: tuple[Domain, ...] | None = None


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    principals: dict[str, _Entry]


def local_principal(principal_id: str, file: Path = SHIPPED) -> Principal:
    """The principal of this id from a local file: what the operating system's user says, not a proof of identity.

    Raises:
        UnknownPrincipalError: the file has nobody of that id.
        PrincipalsError: the file is missing or malformed.
    """
    entries = _read(file)
    entry = entries.get(principal_id)
    if entry is None:
        raise UnknownPrincipalError(f"Nobody is known as {principal_id!r}; ask an administrator to add you.")
    return Principal(id=principal_id, assurance="local", **entry.model_dump())


def _read(file: Path) -> dict[str, _Entry]:
    try:
        return _File.model_validate(yaml.safe_load(file.read_text(encoding="utf-8"))).principals
    except (OSError, yaml.YAMLError) as error:
        raise PrincipalsError(f"The principals file {file.name} cannot be read: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "top level"
        raise PrincipalsError(f"The principals file {file.name} is wrong at {where}: {first['msg']}.") from error
