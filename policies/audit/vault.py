"""Personal content: sealed with one key per person, so that destroying the key erases it everywhere.

See docs/ledger.md section 7. The vault is a directory of wrapped keys; the ledger holds pseudonyms and sealed values.
"""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
import threading
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from policies.audit.errors import KeyFileError, SealError
from policies.audit.keys import sync_directory, write_durably
from policies.audit.locks import alone
from tools.own_file import first_written

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SEALED = frozenset({"subject", "commitment", "box"})
SALT, NONCE = 32, 12
_PERSON, _RESULT = "p-", "r-"
_GOING = ".going"
"""The end of the name of a key that is being forgotten; no name ends so for longer than that takes."""
_QUESTIONS = 64
"""How many questions' keys are kept at hand for writing; an older question that goes on gets another key."""


class Wrapper(Protocol):
    """Wraps the master key before it is written: KMS. Without one, the master key lies in its file as it is."""

    def wrap(self, key: bytes) -> bytes: ...

    def unwrap(self, wrapped: bytes) -> bytes: ...


class KeyStore(Protocol):
    """Keeps the wrapped keys where this disk goes with the session. Each method raises KeyFileError."""

    def get(self, name: str) -> bytes | None: ...

    def put_new(self, name: str, data: bytes) -> bool: ...

    def names(self) -> Iterable[str]: ...

    def delete(self, name: str) -> None: ...


class _KeyFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    subject: str
    key: str
    person: str


@dataclass(frozen=True)
class Subject:
    """One key: of a person (`p-`), or of what one question of theirs found about persons (`r-`)."""

    pseudonym: str
    person: str
    cipher: AESGCM
    path: Path
    blind: bytes
    """Derived from the key: turns names into pseudonyms that nobody can guess without it."""


class Vault:
    """The subject keys below `path`, wrapped by the master key beside it. Safe for threads and processes.

    With `store` every key is there before it is used, and those of other sessions are fetched when they are looked
    for; a person has a key in each session that does not look.
    """

    def __init__(self, path: Path, wrapper: Wrapper | None = None, store: KeyStore | None = None) -> None:
        self.path, self._wrapper, self._store = path, wrapper, store
        self.master_file = path.parent / ("master.key" if wrapper is None else "master.wrapped")
        self._lock = threading.RLock()
        self._by_person: dict[str, Subject] = {}
        self._by_pseudonym: dict[str, Subject] = {}
        self._by_question: dict[tuple[str, str | None], Subject] = {}
        self._master_cipher: AESGCM | None = None

    def subject(self, person: str) -> Subject:
        """The key of `person`, made when there is none; one that was forgotten meanwhile is not used again."""
        known = self._by_person.get(person)
        if known is not None and known.path.exists():
            return known
        with self._lock:
            self._load()
            return self._by_person.get(person) or self._first(person)

    def result(self, person: str, question: str | None) -> Subject:
        """The key of what `question` of `person` finds about persons, so that one result can go without all others.

        A process that goes on with a question after another began it uses a second key; both are erased alike.
        """
        known = self._by_question.get((person, question))
        if known is not None and known.path.exists():
            return known
        with self._lock:
            known = self._by_question[(person, question)] = self._create(person, _RESULT)
            while len(self._by_question) > _QUESTIONS:
                del self._by_question[next(iter(self._by_question))]
            return known

    def pseudonym(self, person: str) -> str:
        return self.subject(person).pseudonym

    def session(self, person: str, session: str) -> str:
        """What stands for a session in the ledger: its name may say who the person is."""
        named = hashlib.blake2b(session.encode(), key=self.subject(person).blind, digest_size=8)
        return f"s-{named.hexdigest()}"

    def person(self, pseudonym: str) -> str | None:
        """Who that is, unless forgotten or from elsewhere."""
        known = self._find(pseudonym)
        return known.person if known else None

    def pseudonyms(self, person: str) -> list[str]:
        """Every pseudonym under which `person` is known here, without making one."""
        with self._lock:
            self._fetch()
            self._load()
            return [s.pseudonym for s in self._by_pseudonym.values() if s.person == person]

    def seal(self, subject: Subject, value: Any) -> dict[str, str]:
        """`value` (JSON) sealed with the key of `subject`, in its stored form."""
        salted = secrets.token_bytes(SALT) + orjson.dumps(value)
        nonce = secrets.token_bytes(NONCE)
        box = subject.cipher.encrypt(nonce, salted, subject.pseudonym.encode())
        return {
            "subject": subject.pseudonym,
            "commitment": hashlib.sha256(salted).hexdigest(),
            "box": base64.b64encode(nonce + box).decode(),
        }

    def disclose(self, sealed: dict[str, str]) -> bytes | None:
        """`salt || value` of a sealed value, for whoever is to check its commitment; None when forgotten.

        SealError when the box does not hold what it was committed to.
        """
        from cryptography.exceptions import InvalidTag

        known = self._find(sealed["subject"])
        if known is None:
            return None
        raw = base64.b64decode(sealed["box"], validate=True)
        try:
            salted = known.cipher.decrypt(raw[:NONCE], raw[NONCE:], known.pseudonym.encode())
        except InvalidTag as error:
            raise SealError(f"A sealed value of {known.pseudonym} does not open with its key.") from error
        if hashlib.sha256(salted).hexdigest() != sealed["commitment"]:
            raise SealError(f"A sealed value of {known.pseudonym} is not the one that was committed to.")
        return salted

    def open(self, sealed: dict[str, str]) -> tuple[bool, Any]:
        """(True, value) of a sealed value, or (False, None) when its key is gone."""
        salted = self.disclose(sealed)
        return (False, None) if salted is None else (True, orjson.loads(salted[SALT:]))

    def forget(self, pseudonyms: Iterable[str]) -> list[str]:
        """Destroy these keys; those that were there. Overwritten first, as far as the disk honours it.

        A key loses its name before it is overwritten, so that whoever reads keys meanwhile finds a whole one or none.
        """
        with self._lock:
            self._fetch()
            self._load()
            gone = [self._by_pseudonym[name] for name in pseudonyms if name in self._by_pseudonym]
            for subject in gone:
                if self._store is not None:
                    self._store.delete(subject.path.name)
                with suppress(FileNotFoundError):  # another process forgets it, too
                    subject.path.rename(self.path / f".{subject.path.name}{_GOING}")
                self._drop(subject.pseudonym)
            self._overwrite()
            return [subject.pseudonym for subject in gone]

    def end_forgetting(self) -> list[str]:
        """Destroy the keys that a process left half forgotten when it died; their pseudonyms."""
        with self._lock:
            return self._overwrite()

    def _overwrite(self) -> list[str]:
        """Destroy the keys that lost their names, those included that a process left when it died."""
        going = [*self.path.glob(f".[pr]-*.json{_GOING}")] if self.path.is_dir() else []
        for path in going:
            with suppress(FileNotFoundError), path.open("r+b") as file:
                file.write(secrets.token_bytes(path.stat().st_size))
                file.flush()
                os.fsync(file.fileno())
                path.unlink()
        if going:
            sync_directory(self.path)
        return sorted(path.name.removeprefix(".").removesuffix(f".json{_GOING}") for path in going)

    def _find(self, pseudonym: str) -> Subject | None:
        known = self._by_pseudonym.get(pseudonym)
        if known is None and self._store is not None:
            with self._lock:
                self._fetch()
        if known is None and (self.path / f"{pseudonym}.json").exists():
            with self._lock:
                self._load()
            known = self._by_pseudonym.get(pseudonym)
        return known if known is not None and known.path.exists() else None

    def _fetch(self) -> None:
        """Lay out here what the store has, and drop what it has no more."""
        while self._store is not None and self._laid_out(self._store):
            pass  # what was forgotten while it was laid out goes again

    def _laid_out(self, store: KeyStore) -> bool:
        """Whether there were keys to lay out. The disk is looked at first: every key is in the store before."""
        here = {path.name for path in self.path.glob("[pr]-*.json")}
        there = {name for name in store.names() if name.startswith((_PERSON, _RESULT)) and name.endswith(".json")}
        for name in here - there:
            (self.path / name).unlink(missing_ok=True)  # forgotten elsewhere
        found = [(name, data) for name in there - here if (data := store.get(name)) is not None]
        for name, data in found:
            write_durably(self.path / name, data)
        return bool(found)

    def _load(self) -> None:
        """Read the key files that appeared, drop those that went."""
        there = {path.stem: path for path in self.path.glob("[pr]-*.json")} if self.path.is_dir() else {}
        for pseudonym in [p for p in self._by_pseudonym if p not in there]:
            self._drop(pseudonym)
        for pseudonym, path in there.items():
            if pseudonym not in self._by_pseudonym:
                try:
                    subject = self._by_pseudonym[pseudonym] = self._read(path)
                except KeyFileError:
                    if path.exists():
                        raise
                    continue  # forgotten by another process in this moment
                if pseudonym.startswith(_PERSON):
                    self._by_person.setdefault(subject.person, subject)

    def _drop(self, pseudonym: str) -> None:
        gone = self._by_pseudonym.pop(pseudonym)
        if self._by_person.get(gone.person) is gone:
            del self._by_person[gone.person]

    def _read(self, path: Path) -> Subject:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            file = _KeyFile.model_validate_json(path.read_bytes())
            raw, person = base64.b64decode(file.key), base64.b64decode(file.person)
            aad = file.subject.encode()
            key = self._master().decrypt(raw[:NONCE], raw[NONCE:], aad)
            cipher = AESGCM(key)
            name = cipher.decrypt(person[:NONCE], person[NONCE:], aad).decode()
        except (OSError, ValidationError, ValueError, InvalidTag) as error:
            raise KeyFileError(
                f"The subject key {path} cannot be used ({type(error).__name__}); restore keys/ from its backup."
            ) from error
        return Subject(file.subject, name, cipher, path, _blind(key))

    def _first(self, person: str) -> Subject:
        """The key of a person who has none: one, for all who need it in this moment."""
        try:
            held = alone(self.path.parent / ".lock")
        except OSError as error:
            raise self._unwritable(error) from error
        with held:
            self._load()
            known = self._by_person.get(person)
            if known is None:
                known = self._by_person[person] = self._create(person, _PERSON)
            return known

    def _unwritable(self, error: OSError) -> KeyFileError:
        return KeyFileError(f"The key for a person's content cannot be written to {self.path}: {error}.")

    def _create(self, person: str, kind: str) -> Subject:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        pseudonym, key = f"{kind}{secrets.token_hex(8)}", AESGCM.generate_key(256)
        cipher, aad = AESGCM(key), pseudonym.encode()
        path = self.path / f"{pseudonym}.json"
        file = _KeyFile(
            subject=pseudonym, key=_encrypt(self._master(), key, aad), person=_encrypt(cipher, person.encode(), aad)
        )
        data = file.model_dump_json().encode()
        if self._store is not None:
            self._store.put_new(path.name, data)
        try:
            write_durably(path, data)
        except OSError as error:
            raise self._unwritable(error) from error
        subject = self._by_pseudonym[pseudonym] = Subject(pseudonym, person, cipher, path, _blind(key))
        return subject

    def _master(self) -> AESGCM:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        if self._master_cipher is None:
            if not self.master_file.exists() and not self._fetched_master():
                used = self.path.is_dir() and any(self.path.glob("[pr]-*.json"))
                if used and not self.master_file.exists():  # else another process made both in this moment
                    raise KeyFileError(f"The master key {self.master_file} is missing; restore it from its backup.")
                fresh = AESGCM.generate_key(256)
                wrapped = fresh if self._wrapper is None else self._wrapper.wrap(fresh)
                data = base64.b64encode(wrapped) + b"\n"
                if self._store is not None and not self._store.put_new(self.master_file.name, data):
                    self._fetched_master()  # another session was first
                try:
                    write_new(self.master_file, data)
                except OSError as error:
                    raise KeyFileError(f"The master key cannot be written: {error}.") from error
            raw = base64.b64decode(self.master_file.read_bytes())
            self._master_cipher = AESGCM(raw if self._wrapper is None else self._wrapper.unwrap(raw))
        return self._master_cipher

    def _fetched_master(self) -> bool:
        data = self._store.get(self.master_file.name) if self._store is not None else None
        if data is not None:
            write_new(self.master_file, data)
        return data is not None


def write_new(path: Path, data: bytes) -> None:
    """Write `path` durably unless another process was first."""
    first_written(path, data)
    sync_directory(path.parent)


def _encrypt(cipher: AESGCM, data: bytes, aad: bytes) -> str:
    nonce = secrets.token_bytes(NONCE)
    return base64.b64encode(nonce + cipher.encrypt(nonce, data, aad)).decode()


def _blind(key: bytes) -> bytes:
    return hashlib.blake2b(b"names", key=key, digest_size=32).digest()


def is_sealed(value: Any) -> bool:
    """Whether this stands in a record in the place of something that was sealed."""
    return isinstance(value, dict) and value.keys() == SEALED
