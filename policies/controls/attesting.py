"""Attesting: a person states that they approve a document as it lies; the ledger binds that to the file's hash."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from policies.access import Principal
from policies.audit import Ledger, Record
from policies.audit.bodies import DocumentAttested
from policies.controls.documents import Document, due, refuse_attestation
from policies.controls.errors import ControlsError
from tools.errors import nearest


def pick(documents: Mapping[str, tuple[Document, ...]], name: str) -> Document:
    """The document of this id, or the one of this type.

    Raises:
        ControlsError: there is none, or several of that type; the sentence lists candidates.
    """
    everything = [document for some in documents.values() for document in some]
    by_id = [document for document in everything if document.matter.id == name]
    found = by_id or [document for document in everything if document.matter.type == name]
    if len(found) == 1:
        return found[0]
    ids = sorted(document.matter.id for document in found or everything)
    close = ", ".join(ids if found else nearest(name, ids)) or "none is similar"
    raise ControlsError(f"There is no one document {name!r} ({close}).")


def attest(
    ledger: Ledger, document: Document, principal: Principal, now: datetime, known_as: Sequence[str] = ()
) -> int:
    """Record that `principal` approves `document`; the index of the record, which is durable.

    `known_as` are other ids of the same person: an owner is not somebody else for being named otherwise.

    Raises:
        ControlsError: they may not approve it, or it cannot be approved as it is.
    """
    refuse_attestation(document, principal.id, now.date())
    matter, last = document.matter, due(document.matter)
    owner = matter.owner.strip().casefold()
    names = (principal.name, principal.name.partition(",")[0], *known_as, *(one.partition(":")[2] for one in known_as))
    if owner in {name.strip().casefold() for name in names if name.strip()}:
        raise ControlsError(f"{matter.id} approves itself: its owner {matter.owner} is {principal.id}.")
    if matter.approved_on is None or last is None:
        raise ControlsError(f"{matter.id} has no date of approval or review.")
    body = DocumentAttested(
        document=matter.id,
        kind=matter.type,
        version=matter.version,
        sha256=document.sha256,
        approved_on=matter.approved_on.isoformat(),
        review_due=last.isoformat(),
        assurance=principal.assurance,
    )
    index = ledger.append(Record(actor="person", body=body, principal=principal.id))
    ledger.checkpoint()
    return index
