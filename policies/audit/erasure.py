"""Forget a person: destroy their key, erase what other places hold of them, and record that it was done.

The ledger's bytes stay as they are; without the key, nobody can read the sealed values in them any more. Places
outside the ledger register themselves here, so that one command covers them all and one table lists them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from policies.audit.errors import LedgerError
from policies.audit.ledger import Ledger
from policies.audit.records import Record, SubjectForgotten

Eraser = Callable[[str], int]
"""Erases everything of a person from one place; returns how many items it erased."""


@dataclass(frozen=True)
class Place:
    """One place outside the ledger that holds text of persons."""

    name: str
    what: str
    erase: Eraser


PLACES: dict[str, Place] = {}


class Forgotten(BaseModel):
    """What `forget` did: pseudonyms whose keys are gone, items erased by place, index of the record of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    subjects: tuple[str, ...]
    places: dict[str, int]
    index: int


def register_place(name: str, what: str, erase: Eraser) -> None:
    """Have `regent audit forget` call `erase(person)` for a place that holds text of persons."""
    PLACES[name] = Place(name, what, erase)


def forget(ledger: Ledger, person: str) -> Forgotten:
    """Destroy the key of `person` and erase every registered place, then record it under the pseudonyms only.

    The record is written before the key goes, so that no key vanishes without one. LedgerError when nobody of that
    id is known anywhere.
    """
    subjects = ledger.vault.pseudonyms(person)
    erased = {name: place.erase(person) for name, place in PLACES.items()}
    if not subjects and not any(erased.values()):
        raise LedgerError(f"Nothing of {person!r} is held; give the id as `regent audit show` has it.")
    body = SubjectForgotten(subjects=subjects, places=erased)
    index = ledger.append(Record(actor="system", body=body))
    ledger.vault.forget(person)
    return Forgotten(subjects=tuple(subjects), places=erased, index=index)
