"""Documents that only people can state: what lies in the folder, and what the ledger says of its approval.

A document is Markdown with front matter (or `soa.yaml`). What counts is an attestation in the ledger by the approver
whom the front matter names, bound to the SHA-256 of the file's bytes: any later edit makes it `changed`. What ships
are drafts in `documents/`; a tenant's own folder replaces them type by type.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from policies.controls.catalogue import DocumentKind, document_kinds
from policies.controls.errors import ControlsError
from policies.controls.status import Attested
from tools.unique import load_unique

SHIPPED = Path(__file__).with_name("documents")
UNFILLED = "[fill in"
"""What templates have where a person must write; a document that still has it is a draft."""


class Matter(BaseModel):
    """The front matter. `sha256`, if given, is over the text below it. Dates are ISO dates, people principal ids."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    type: str
    version: str
    owner: str = Field(min_length=1)
    approver: str | None
    approved_on: date | None
    review_due: date | None
    scope: tuple[str, ...] = Field(min_length=1)
    sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")


class Document(BaseModel):
    """One document as it lies on disk. `sha256` is over the file's bytes; attestations are bound to it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    matter: Matter
    text: str
    path: Path
    sha256: str
    shipped: bool

    @property
    def own_hash_holds(self) -> bool:
        """Whether the hash in the front matter, if there is one, is that of the text."""
        said = self.matter.sha256
        return said is None or said == hashlib.sha256(self.text.encode()).hexdigest()


class Attestation(BaseModel):
    """What the ledger holds of one approval. `approver` is None where the person was forgotten meanwhile."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    document: str
    sha256: str
    approver: str | None
    index: int


def load_documents(folder: Path | None) -> dict[str, tuple[Document, ...]]:
    """All documents by type: the tenant's where there is one of that type, else the shipped drafts.

    Raises:
        ControlsError: a file cannot be read, two have one id, or a type is unknown; the sentence names the file.
    """
    own = _read_folder(folder, shipped=False) if folder is not None else {}
    return {kind: own.get(kind) or _shipped().get(kind, ()) for kind in document_kinds()}


def standing(kind: str, documents: Sequence[Document], attested: Mapping[str, Attestation], today: date) -> Attested:
    """How one type of document stands: the worst of its documents. `attested` is the last attestation by document."""
    if not documents:
        return Attested(type=kind, state="missing", said="there is no such document")
    order = ("self-approved", "changed", "draft", "overdue", "valid")
    found = [_one(document, attested.get(document.matter.id), today) for document in documents]
    return min(found, key=lambda one: order.index(one.state))


def refuse_attestation(document: Document, principal: str, today: date) -> None:
    """Whether `principal` may attest this document now.

    Raises:
        ControlsError: they may not; the sentence says why and what to do.
    """
    matter, name = document.matter, document.matter.id
    if document.shipped:
        raise ControlsError(
            f"{name} is a draft that ships with Regent; copy {document.path.name} into your own folder (setting "
            "`documents`), fill it in, and attest that."
        )
    missing = [key for key in ("approver", "approved_on", "review_due") if getattr(matter, key) is None]
    if missing:
        raise ControlsError(f"{name} cannot be attested: its front matter has no {', '.join(missing)}.")
    if _same(matter.owner, matter.approver):
        raise ControlsError(f"{name} approves itself: owner and approver are both {matter.owner}; name another person.")
    if not _same(principal, matter.approver):
        raise ControlsError(f"{name} is to be approved by {matter.approver}, not by {principal}.")
    fault = _fault(document, today)
    if fault is not None:
        raise ControlsError(f"{name} cannot be attested: {fault}.")


def due(matter: Matter) -> date | None:
    """When it must be reviewed: as it says, but never later than its kind allows."""
    if matter.review_due is None or matter.approved_on is None:
        return None
    return min(matter.review_due, matter.approved_on + timedelta(days=document_kinds()[matter.type].review_days))


def _one(document: Document, attestation: Attestation | None, today: date) -> Attested:
    matter = document.matter

    def says(state: Any, said: str) -> Attested:
        return Attested(type=matter.type, state=state, said=said, sha256=document.sha256)

    if matter.approver is not None and _same(matter.owner, matter.approver):
        return says("self-approved", f"{matter.id} approves itself: owner and approver are both {matter.owner}")
    if document.shipped or matter.approver is None or matter.approved_on is None or matter.review_due is None:
        return says("draft", f"{matter.id} is a draft")
    if attestation is None:
        return says(
            "draft", f"{matter.id} was not attested: `regent controls attest {matter.id} --as {matter.approver}`"
        )
    if attestation.sha256 != document.sha256 or not document.own_hash_holds:
        return says("changed", f"{matter.id} was changed after it was approved; have it approved anew")
    if attestation.approver is None or not _same(attestation.approver, matter.approver):
        return says("draft", f"{matter.id} was attested by somebody who is not its approver {matter.approver}")
    last = due(matter)
    if last is not None and last < today:
        return says("overdue", f"{matter.id} was to be reviewed by {last}")
    fault = _fault(document, today)
    if fault is not None:
        return says("draft", f"{matter.id}: {fault}")
    return says("valid", f"{matter.id} {matter.version}, approved {matter.approved_on}, review due {last}")


def _fault(document: Document, today: date) -> str | None:
    matter, last = document.matter, due(document.matter)
    if UNFILLED in document.text:
        return f"there are places still to fill in ({UNFILLED}…])"
    if not document.own_hash_holds:
        return "the sha256 in its front matter is not that of its text"
    if matter.approved_on is not None and matter.approved_on > today:
        return f"it says that it was approved on {matter.approved_on}, which is yet to come"
    if last is not None and last < today:
        return f"its review was due on {last}"
    return None


def _same(one: str, other: str | None) -> bool:
    return other is not None and one.strip().casefold() == other.strip().casefold()


@cache
def _shipped() -> dict[str, tuple[Document, ...]]:
    return _read_folder(SHIPPED, shipped=True)


def _read_folder(folder: Path, *, shipped: bool) -> dict[str, tuple[Document, ...]]:
    if not folder.is_dir():
        raise ControlsError(f"The documents folder {folder} is not there; make it, or mend the setting `documents`.")
    found: dict[str, list[Document]] = {}
    ids: dict[str, str] = {}
    for path in sorted([*folder.rglob("*.md"), *folder.rglob("soa.yaml")]):
        if path.name.casefold() == "readme.md":
            continue
        document = read_document(path, shipped=shipped)
        other = ids.setdefault(document.matter.id, path.name)
        if other != path.name:
            raise ControlsError(f"Two documents have the id {document.matter.id!r}: {other} and {path.name}.")
        found.setdefault(document.matter.type, []).append(document)
    return {kind: tuple(documents) for kind, documents in found.items()}


def read_document(path: Path, *, shipped: bool = False) -> Document:
    """Read one document.

    Raises:
        ControlsError: it cannot be read or its front matter does not fit; the sentence names file and field.
    """
    try:
        data = path.read_bytes()
        head, text = _split(path, data.decode("utf-8"))
        matter = Matter.model_validate(head)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ControlsError(f"The document {path.name} cannot be read: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "front matter"
        raise ControlsError(f"The front matter of {path.name} is wrong at {where}: {first['msg']}.") from error
    _kind(path, matter)
    digest = hashlib.sha256(data).hexdigest()
    return Document(matter=matter, text=text, path=path, sha256=digest, shipped=shipped)


def _kind(path: Path, matter: Matter) -> DocumentKind:
    kind = document_kinds().get(matter.type)
    if kind is None:
        raise ControlsError(f"{path.name} has the type {matter.type!r}, which no control asks for.")
    return kind


def _split(path: Path, text: str) -> tuple[Any, str]:
    """Front matter and text; of `soa.yaml`, the keys of the front matter and all the rest."""
    if path.suffix == ".yaml":
        whole = load_unique(text)
        if not isinstance(whole, dict):
            raise ControlsError(f"{path.name} is no statement of applicability: expected keys and values.")
        return {key: value for key, value in whole.items() if key in Matter.model_fields}, text
    if not text.startswith("---\n") or "\n---\n" not in text:
        raise ControlsError(f"{path.name} has no front matter: a block of keys between two lines of `---`.")
    head, _, body = text[4:].partition("\n---\n")
    return load_unique(head), body
