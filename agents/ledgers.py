"""Ledgers: the one in REGENT_HOME opened as the settings say, any other as it lies there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from agents.home import Home
from agents.settings import Settings, load_settings
from policies.audit import Ledger
from tools.errors import SettingsError

if TYPE_CHECKING:
    from policies.audit.deployed import Deployment
    from policies.audit.note import Signer
    from policies.audit.vault import Vault

_PREFIX = "ledger_"


def deployment(settings: Settings) -> Deployment:
    """Where the ledger's keys and copies are. SettingsError when the settings do not fit together."""
    from policies.audit.deployed import Deployment

    given = {name: getattr(settings, f"{_PREFIX}{name}") for name in Deployment.model_fields}
    try:
        return Deployment(**given)
    except ValidationError as error:
        why = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise SettingsError(
            f"The ledger's settings do not fit together: {why}. See `regent doctor --settings`."
        ) from error


@contextmanager
def open_ledger(path: Path | None = None, settings: Settings | None = None) -> Iterator[Ledger]:
    """Open the ledger in `path` (default: the one in REGENT_HOME) for writing, and close it.

    Raises:
        LedgerError: it cannot be opened, or its key or bucket cannot be reached.
    """
    from policies.audit.deployed import open_deployed

    own = Home.find().ledger
    if path is not None and path.absolute() != own:
        with Ledger.open(path) as ledger:
            yield ledger
        return
    with open_deployed(path or own, deployment(settings or load_settings())) as ledger:
        yield ledger


def kms_signer(key: str, origin: str) -> Signer:
    """A KMS key as the signer of the ledger `origin`. KeyFileError when KMS has no such key."""
    from policies.audit.deployed import Deployment, signer_of

    signer = signer_of(Deployment(key=key), origin)
    assert signer is not None  # a key was named
    return signer


def vault_of(ledger: Path) -> Vault:
    """The keys of persons beside `ledger`, for reading; those in the `ledger_keys` bucket too, for any ledger."""
    from policies.audit.deployed import store_of, wrapper_of
    from policies.audit.keys import Home as Keys
    from policies.audit.vault import Vault

    where = deployment(load_settings())
    if where.keys is None and ledger.absolute() != Home.find().ledger:
        return Vault(Keys(ledger).keys / "subjects")
    return Vault(Keys(ledger).keys / "subjects", wrapper_of(where), store_of(where))
