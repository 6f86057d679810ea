"""Principals: who is asking, and what they may see. Only a verified source makes one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tools.errors import RegentError

Role = Literal["manager", "engineer", "auditor", "admin"]
Assurance = Literal["local", "iam", "oidc", "envelope"]
"""How an id was verified: `local` is a claim on this machine and no proof."""
Tag = Annotated[str, Field(pattern="^(venue|team|env)$")]
Domain = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
SHIPPED = Path(__file__).with_name("principals.yaml")


class UnknownPrincipalError(RegentError):
    """Nobody of that id is known; nothing was asked on their behalf."""


class PrincipalsError(RegentError):
    """The principals file cannot be used; the sentence says where and why."""


class Scope(BaseModel):
    """A role, and what a person is limited to. Several limits hold together; None, or no tags, limits nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: Role
    name: str = ""
    accounts: tuple[str, ...] | None = None
    """Account names or ids."""
    units: tuple[str, ...] | None = None
    """Names of organisational units; the units within them are included."""
    tags: dict[Tag, Annotated[tuple[str, ...], Field(min_length=1)]] = {}
    """Allowed values by tag, as written in AWS: `{"venue": ("utrecht",)}`."""
    domains: tuple[Domain, ...] | None = None

    @property
    def unlimited(self) -> bool:
        """Whether every account is in sight."""
        return self.accounts is None and self.units is None and not self.tags


class Principal(Scope):
    """A verified asker. `assurance` says how the id was verified."""

    id: str = Field(min_length=1, max_length=128)
    assurance: Assurance = "local"


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    principals: dict[str, Scope]


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
    return Principal(id=principal_id, assurance="local", **dict(entry))


def _read(file: Path) -> dict[str, Scope]:
    try:
        return _File.model_validate(yaml.safe_load(file.read_text(encoding="utf-8"))).principals
    except (OSError, yaml.YAMLError) as error:
        raise PrincipalsError(f"The principals file {file.name} cannot be read: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "top level"
        raise PrincipalsError(f"The principals file {file.name} is wrong at {where}: {first['msg']}.") from error
