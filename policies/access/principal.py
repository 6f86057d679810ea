"""Principals: who is asking, and what they may see. Only a verified source makes one."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from policies.access.errors import PrincipalsError, UnknownPrincipalError
from tools.unique import read_unique

Role = Literal["manager", "engineer", "auditor", "admin"]
Assurance = Literal["local", "iam", "oidc", "envelope", "proxy"]
"""How an id was verified: `local` is a claim on this machine and no proof."""
Tag = Annotated[str, Field(pattern="^(venue|team|env)$")]
Domain = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
KnownAs = Annotated[str, Field(pattern=r"^(oidc|iam|slack|teams|webhook|proxy|digest):\S+$")]
"""An id of somebody in a verified source: `oidc:SUBJECT`, `iam:ROLE_ARN`, `slack:TEAM/USER`, `teams:TENANT/USER`,
`webhook:CLIENT/PERSON`, `proxy:ID` (what the configured proxy's person header says), `digest:NAME` (a scheduled digest
asks as them)."""
SHIPPED = Path(__file__).with_name("principals.yaml")


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

    @property
    def verified(self) -> bool:
        """Whether more than a claim on this machine says who they are."""
        return self.assurance != "local"

    def stands_for(self, before: Principal) -> bool:
        """Whether what `before` left is theirs: of the same id, and verified if `before` was."""
        return self.id == before.id and (self.verified or not before.verified)


class _Entry(Scope):
    known_as: tuple[KnownAs, ...] = ()


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    principals: dict[Annotated[str, Field(pattern=r"^[^\s:]+$", max_length=128)], _Entry]

    @model_validator(mode="after")
    def _one_person_each(self) -> _File:
        seen: dict[str, str] = {}
        for name, entry in self.principals.items():
            for alias in entry.known_as:
                if seen.setdefault(alias, name) != name:
                    raise ValueError(f"{alias} is both {seen[alias]} and {name}; one person has one entry")
        return self


def local_principal(principal_id: str, file: Path = SHIPPED) -> Principal:
    """The principal of this id from a local file: what the operating system's user says, not a proof of identity.

    Raises:
        UnknownPrincipalError: the file has nobody of that id.
        PrincipalsError: the file is missing or malformed.
    """
    entry = _read(file).get(principal_id)
    if entry is None:
        raise UnknownPrincipalError(
            f"Nobody is known as {principal_id!r}; ask an administrator to add you to the principals file."
        )
    return _principal(principal_id, entry, "local")


def known_principal(known_as: str, assurance: Assurance, file: Path = SHIPPED) -> Principal | None:
    """The principal who is known by this id of a verified source, or None. Ids of the file itself count for nothing.

    One person has one id, however they come in: somebody who asks in Slack cannot approve by token what they asked.

    Raises:
        PrincipalsError: the file is missing or malformed.
    """
    for name, entry in _read(file).items():
        if known_as in entry.known_as:
            return _principal(name, entry, assurance)
    return None


def people(file: Path = SHIPPED, assurance: Assurance = "local") -> list[tuple[Principal, tuple[KnownAs, ...]]]:
    """Everybody in the file, verified so, and what they are known as. PrincipalsError as before."""
    return [(_principal(name, entry, assurance), entry.known_as) for name, entry in _read(file).items()]


def names_of(person: str, file: Path = SHIPPED) -> tuple[KnownAs, ...]:
    """What the person with this id is known as in channels; nothing, if nobody has it. PrincipalsError as before."""
    return tuple(name for one, known_as in people(file) if one.id == person for name in known_as)


def _principal(name: str, entry: _Entry, assurance: Assurance) -> Principal:
    return Principal(id=name, assurance=assurance, **{key: getattr(entry, key) for key in Scope.model_fields})


def _read(file: Path) -> dict[str, _Entry]:
    try:
        found = file.stat()
    except OSError as error:
        raise PrincipalsError(f"The principals file {file.name} cannot be read: {error}.") from error
    return _parsed(file, found.st_ctime_ns, found.st_ino, found.st_size)


@lru_cache(maxsize=8)
def _parsed(file: Path, _changed: int, _inode: int, _size: int) -> dict[str, _Entry]:
    # read again only when it changed: every token that is verified asks for it
    try:
        return _File.model_validate(read_unique(file)).principals
    except (OSError, yaml.YAMLError) as error:
        raise PrincipalsError(f"The principals file {file.name} cannot be read: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "top level"
        raise PrincipalsError(f"The principals file {file.name} is wrong at {where}: {first['msg']}.") from error
