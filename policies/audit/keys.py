"""Where the ledger's keys and known heads lie: beside the ledger directory, never inside it."""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
from pathlib import Path

from policies.audit.errors import KeyFileError, SignatureError
from policies.audit.locks import alone
from policies.audit.note import ED25519, Checkpoint, VerifierKey
from tools.own_file import own_folder


class FileSigner:
    """An Ed25519 key in a file, in the text form of Go's note package: PRIVATE+KEY+name+id+base64."""

    def __init__(self, name: str, seed: bytes) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        self._seed = seed
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self._vkey = VerifierKey(name, ED25519, self._key.public_key().public_bytes_raw())

    @property
    def vkey(self) -> VerifierKey:
        return self._vkey

    def sign(self, text: bytes) -> bytes:
        return self._key.sign(text)

    @classmethod
    def generate(cls, name: str) -> FileSigner:
        return cls(name, secrets.token_bytes(32))

    @classmethod
    def load(cls, path: Path) -> FileSigner:
        """KeyFileError when the file is missing, open to others, or no key."""
        try:
            if path.stat().st_mode & 0o077:
                raise KeyFileError(f"The key file {path} can be read by others; run `chmod 600 {path}`.")
            private, word, name, _, encoded = path.read_text("utf-8").strip().split("+", 4)
            raw = base64.b64decode(encoded, validate=True)
        except OSError as error:
            raise KeyFileError(f"The key file {path} cannot be read: {error}.") from error
        except ValueError as error:
            raise KeyFileError(f"The key file {path} holds no signing key; restore it from its backup.") from error
        if (private, word) != ("PRIVATE", "KEY") or len(raw) != 33 or raw[0] != ED25519:
            raise KeyFileError(f"The key file {path} holds no Ed25519 signing key; restore it from its backup.")
        return cls(name, raw[1:])

    def save(self, path: Path) -> None:
        key = self._vkey
        encoded = base64.b64encode(bytes([ED25519]) + self._seed).decode()
        write_durably(path, f"PRIVATE+KEY+{key.name}+{key.id.hex()}+{encoded}\n".encode())


class Home:
    """The directories around one ledger: `keys/`, `anchors/`, `witnesses/`, `index/`, `quarantine/` beside it."""

    def __init__(self, ledger: Path, home: Path | None = None) -> None:
        self.ledger = ledger
        self.path = home if home is not None else ledger.parent
        self.keys, self.anchors = self.path / "keys", self.path / "anchors"
        self.witnesses = self.path / "witnesses" / ledger.name
        self.index, self.quarantine = self.path / "index", self.path / "quarantine"

    @property
    def key_file(self) -> Path:
        return self.keys / f"{self.ledger.name}.key"

    @property
    def trust_file(self) -> Path:
        return self.keys / f"{self.ledger.name}.vkey"

    def signer(self, origin: str, fresh: bool = False) -> FileSigner:
        """The ledger's signing key; with `fresh` it is made when there is none, and trusted. KeyFileError when it is
        lost."""
        if not self.key_file.exists():
            if not fresh:
                raise KeyFileError(
                    f"The signing key {self.key_file} of the ledger {origin} is missing; restore it from its backup, "
                    "or run `regent audit keys replace` to go on with a new one."
                )
            FileSigner.generate(origin).save(self.key_file)
        signer = FileSigner.load(self.key_file)
        if fresh:  # also one that lies there already: whoever made it died before it was trusted
            self.trust(signer.vkey)
        return signer

    def trusted(self) -> list[VerifierKey]:
        """The verifier keys that this machine trusts for the ledger; empty when there is no such file."""
        try:
            lines = self.trust_file.read_text("utf-8").splitlines()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise KeyFileError(f"The verifier keys in {self.trust_file} cannot be read: {error}.") from error
        return [VerifierKey.parse(line) for line in lines if line.strip() and not line.startswith("#")]

    def trust(self, key: VerifierKey) -> None:
        if key in self.trusted():
            return
        with alone(self.keys / ".lock"):
            keys = self.trusted()
            if key not in keys:
                write_durably(self.trust_file, "".join(f"{k}\n" for k in [*keys, key]).encode())

    def anchor_file(self, origin: str) -> Path:
        return self.anchors / f"{hashlib.sha256(origin.encode()).hexdigest()[:32]}.note"

    def traces(self) -> list[Path]:
        """What lies here only after a ledger was written: keys, heads seen, an index, sealed content, responses.

        Empty in a home where none ever was, so that one that is gone is told from one that is not there yet.
        """
        files = (self.key_file, self.trust_file)
        folders = (self.keys / "subjects", self.anchors, self.witnesses, self.index, self.quarantine)
        beside = (self.path / "receipts", self.path / "evidence")
        return [path for path in files if path.exists()] + [path for path in (*folders, *beside) if _holds_any(path)]

    def known_heads(self) -> list[Checkpoint]:
        """Every checkpoint remembered in this home, of whatever ledger, those that a witness cosigned included."""
        return [_head(path) for path in (*sorted(self.anchors.glob("*.note")), *sorted(self.witnesses.glob("*.note")))]

    def witnessed(self, name: str) -> Checkpoint | None:
        """The last checkpoint that the witness `name` cosigned for this ledger."""
        path = self.witnesses / f"{hashlib.sha256(name.encode()).hexdigest()[:32]}.note"
        return _head(path) if path.exists() else None

    def keep_witnessed(self, name: str, cosigned: Checkpoint) -> None:
        write_durably(self.witnesses / f"{hashlib.sha256(name.encode()).hexdigest()[:32]}.note", cosigned.raw)

    def anchor(self, origin: str) -> Checkpoint | None:
        """The last checkpoint seen of ledger `origin`."""
        path = self.anchor_file(origin)
        return _head(path) if path.exists() else None

    def remember(self, checkpoint: Checkpoint) -> None:
        """Keep `checkpoint` as the last one seen; an older one never replaces a newer one."""
        if self._knows(checkpoint):
            return
        with alone(self.anchors / ".lock"):
            if not self._knows(checkpoint):
                write_durably(self.anchor_file(checkpoint.origin), checkpoint.raw)

    def _knows(self, checkpoint: Checkpoint) -> bool:
        known = self.anchor(checkpoint.origin)
        return known is not None and known.size >= checkpoint.size


def _holds_any(folder: Path) -> bool:
    """Whether something lies in `folder`, hidden or not; one that cannot be looked into counts as full."""
    try:
        return any(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True


def _head(path: Path) -> Checkpoint:
    try:
        return Checkpoint.parse(path.read_bytes())
    except (OSError, SignatureError) as error:
        raise KeyFileError(f"The known head in {path} cannot be used: {error}") from error


def write_durably(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Replace `path` by `data` in one step, synced before it takes the name."""
    own_folder(path.parent)
    part = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    fd = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        with os.fdopen(fd, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    sync_directory(path.parent)


def sync_directory(path: Path) -> None:
    """Make names in `path` durable."""
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
