"""Forget a person: destroy their keys, erase what other places hold of them, and record that it was done.

The ledger's bytes stay as they are; without the keys, nobody can read the sealed values in them any more. Places
outside the ledger register themselves here, so that one command covers them all and one table lists them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict

from policies.audit.bodies import SubjectForgotten
from policies.audit.errors import LedgerError
from policies.audit.ledger import Ledger
from policies.audit.records import Record
from policies.audit.segments import read_raw
from policies.audit.vault import Vault, is_sealed


class Traces(BaseModel):
    """What is to be erased: a person, every name they go by, the questions they asked or occur in the results of,
    and the receipts of the queries about persons in those questions.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    person: str
    names: tuple[str, ...]
    questions: frozenset[str] = frozenset()
    receipts: frozenset[str] = frozenset()

    def named_in(self, *texts: str) -> bool:
        """Whether one of the names occurs as a word in one of the texts."""
        return any(_pattern(self.names).search(text) for text in texts)


Eraser = Callable[[Path, Traces], int]
"""Erases traces from one place below a Regent home; returns how many items it erased."""


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
    """Have `regent audit forget` call `erase(home, traces)` for a place that holds text of persons."""
    PLACES[name] = Place(name, what, erase)


def forget(ledger: Ledger, person: str, names: Iterable[str] = ()) -> Forgotten:
    """Destroy the keys of `person`, and of every result about persons that names them, and erase every other place.

    `names` are further names under which they occur in results (an IAM user, a mail address). The other places go
    first and the keys last, because the keys are needed to find what there is: a forgetting that was interrupted is
    simply run again. What a question of theirs seals meanwhile, until it is on record, goes with the rest; and after
    the keys the places are gone through once more, for what such a question put there (one that goes on notices by the
    keys, see `Turn.forgotten`). LedgerError when nothing of them is held.
    """
    ended = ledger.vault.end_forgetting()
    traces, subjects = _traces(ledger, person, tuple(dict.fromkeys((person, *names))))
    erased = {name: place.erase(ledger.home.path, traces) for name, place in PLACES.items()}
    if not subjects and not any(erased.values()):
        subjects = ended  # all that was left to do; whose keys they were nobody can tell any more
    if not subjects and not any(erased.values()):
        raise LedgerError(f"Nothing of {person!r} is held; give the id as `regent audit show` has it.")
    subjects = sorted({*subjects, *ledger.vault.pseudonyms(person)})  # what a question of theirs made meanwhile, too
    index = ledger.append(Record(actor="system", body=SubjectForgotten(subjects=subjects, places=erased)))
    ledger.vault.forget(subjects)
    late, _ = _traces(ledger, person, traces.names, doomed=subjects)
    for name, place in PLACES.items():
        erased[name] += place.erase(ledger.home.path, late)
    return Forgotten(subjects=tuple(subjects), places=erased, index=index)


def sealed_shut(raw: bytes, vault: Vault) -> bool:
    """Whether a stored record has a sealed value whose key is gone."""
    return any(vault.person(subject) is None for subject in _subjects(orjson.loads(raw)["body"]))


def _traces(
    ledger: Ledger, person: str, names: tuple[str, ...], doomed: Iterable[str] | None = None
) -> tuple[Traces, list[str]]:
    """The traces, and the pseudonyms of the keys to destroy, in one reading of the ledger. `doomed` are all of them if
    that is known already: afterwards there is no telling."""
    ledger.flush()
    vault, looked, known = ledger.vault, Traces(person=person, names=names), doomed is not None
    doomed = set(vault.pseudonyms(person) if doomed is None else doomed)
    receipts: dict[str, set[str]] = {}
    questions: dict[str, set[str]] = {}
    for _, leaf in read_raw(ledger.path / "segments"):
        if b'"commitment":"' not in leaf:
            continue
        value = orjson.loads(leaf[1:])
        body = value["body"]
        for subject in set(_subjects(body)):
            questions.setdefault(subject, set()).add(str(value["question"]))
            if not subject.startswith("r-"):
                continue
            receipts.setdefault(subject, set()).update(one["id"] for one in body.get("receipts") or ())
            if not known and subject not in doomed and looked.named_in(*_texts(body, vault)):
                doomed.add(subject)
    found = looked.model_copy(
        update={
            "questions": frozenset(q for s in doomed for q in questions.get(s, ())),
            "receipts": frozenset(r for s in doomed for r in receipts.get(s, ())),
        }
    )
    return found, sorted(doomed)


def _subjects(body: dict[str, Any]) -> Iterator[str]:
    return (item["subject"] for item in body.values() if is_sealed(item))


def _texts(body: dict[str, Any], vault: Vault) -> Iterator[str]:
    """The sealed values of a body as texts, as far as they can be opened."""
    for item in body.values():
        if is_sealed(item):
            there, value = vault.open(item)
            if there:
                yield orjson.dumps(value).decode()


def _pattern(names: Iterable[str]) -> re.Pattern[str]:
    """Any of the names as a word of its own: `ann` is not in `annual`."""
    return re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in names), re.IGNORECASE)
