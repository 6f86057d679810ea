"""Specialists: one agent per domain, each with a short prompt of its own and only the queries of its domain."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from tools.catalogue import queries
from tools.registry import Query

_FOLDER = Path(__file__).parent


class Specialist(BaseModel):
    """One domain's specialist. `prompt_sha256` goes to the ledger, so that a changed prompt shows."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    domain: str
    prompt: str
    prompt_sha256: str
    queries: tuple[Query, ...]


@cache
def specialists() -> dict[str, Specialist]:
    """All specialists by domain. A domain that a company adds gets the common prompt alone."""
    known = queries().values()
    shared = tuple(query for query in known if query.domain == "shared")
    found = {}
    for domain in sorted({query.domain for query in known} - {"shared"}):
        own = tuple(query for query in known if query.domain == domain)
        prompt = _prompt(domain)
        digest = hashlib.sha256(prompt.encode()).hexdigest()
        found[domain] = Specialist(domain=domain, prompt=prompt, prompt_sha256=digest, queries=own + shared)
    return found


def _prompt(domain: str) -> str:
    common = (_FOLDER / "common.md").read_text(encoding="utf-8")
    own = _FOLDER / f"{domain}.md"
    return f"{own.read_text(encoding='utf-8').strip()}\n\n{common}" if own.exists() else common


def as_of(prompt: str, now: datetime) -> str:
    """A prompt with the day on which it is read below it: a model has no calendar, and is asked about "Tuesday".

    The day stands last, so that what a provider keeps of the prompt serves every day; it is not in `prompt_sha256`.
    """
    return f"{prompt.rstrip()}\n\nToday is {now.astimezone(UTC):%A, %Y-%m-%d} (UTC)."


@cache
def repair_prompt() -> str:
    """The prompt for the one repair of a draft with unbound figures."""
    return (_FOLDER / "repair.md").read_text(encoding="utf-8")
