"""The manifest: what only the entrance knows, passed in because this room must not import it.

Prompts and models belong to `agents/`; which accounts are home, which models are configured and what each channel shows
are settings. The command line fills this in; nothing of it is a status.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from policies.audit.bodies.base import Sha256


class ModelEntry(BaseModel):
    """One model that can be chosen: as the ledger names it, who made it and who supplies it (None: nobody else), where
    it runs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    provider: str | None
    supplier: str | None
    host: Literal["aws", "own", "local"]


class Disclosure(BaseModel):
    """What one channel shows with an answer, in one language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    channel: str
    language: str
    text: str


class Manifest(BaseModel):
    """Everything that the entrance tells the collectors."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    home_accounts: tuple[str, ...] = ()
    """Names or ids of the accounts in which Regent runs; none means every account in sight."""
    bedrock_models: tuple[str, ...] = ()
    guardrails: tuple[str, ...] = ()
    reader_role: str | None = None
    prompts: dict[str, Sha256] = {}
    """SHA-256 of each specialist's prompt, by specialist."""
    prompt_files: int = 0
    """How many prompt files lie in the folder, counted apart from the prompts."""
    models: tuple[ModelEntry, ...] = ()
    model_keys: int = 0
    """How many models the settings and the defaults name, counted apart."""
    disclosures: tuple[Disclosure, ...] = ()
    disclosures_expected: int = 0
    """Channels times languages."""
    generated: dict[str, str] = {}
    """Generated pages by path below the root: their text, made anew."""
