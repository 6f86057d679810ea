"""Accounts from a file: for who may not read the organisation, or wants to be asked about a part of it only."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from tools.accounts import TAGS, Account
from tools.errors import SettingsError


class _Listed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(pattern=r"^\d{12}$")]
    name: Annotated[str, Field(min_length=1, max_length=100)]
    tags: dict[str, str] = {}
    units: tuple[str, ...] = ()


class AccountsFile(BaseModel):
    """What the file says: the accounts, and whether these are all that the payer pays for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    accounts: Annotated[tuple[_Listed, ...], Field(min_length=1)]
    whole_organisation: bool = False
    """False: bills are filtered by these accounts, so that a figure never counts one that nobody listed."""

    @model_validator(mode="after")
    def _told_apart(self) -> AccountsFile:
        for what in ("id", "name"):
            values = [str(getattr(one, what)).casefold() for one in self.accounts]
            twice = next((value for value in values if values.count(value) > 1), None)
            if twice is not None:
                raise ValueError(f"the {what} {twice} is there twice")
        unknown = sorted({tag for one in self.accounts for tag in one.tags} - set(TAGS))
        if unknown:
            raise ValueError(f"the tag {unknown[0]} is not known; accounts are told apart by {', '.join(TAGS)}")
        return self


def read_accounts(file: Path) -> tuple[tuple[Account, ...], bool]:
    """The accounts in a YAML or JSON file, and whether they are the whole organisation.

    Raises:
        SettingsError: the file cannot be read, or does not fit; the sentence says where.
    """
    try:
        found = AccountsFile.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise SettingsError(
            f"The accounts file {file.name} is wrong at {where}: {first['msg']}. Expected "
            '`accounts: [{id: "123456789012", name: shop, tags: {venue: utrecht}, units: [Casinos]}]`.'
        ) from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SettingsError(f"The accounts file {file} cannot be read: {' '.join(str(error).split())}.") from error
    return tuple(Account(**one.model_dump()) for one in found.accounts), found.whole_organisation
