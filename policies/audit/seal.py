"""The seal over a derived file: that it is, byte for byte, what its last writer left.

A keyed hash beside the file, with a key of this home. Whoever can change the file but not read `keys/` cannot make
one; it is as good as the signing key that lies there, too.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from pathlib import Path

from policies.audit.keys import write_durably
from policies.audit.vault import write_new

_KEY = "index.key"
_BYTES = 32


def key(keys: Path) -> bytes:
    """The key for seals in the folder `keys`, made when there is none. OSError when it can be neither read nor made."""
    path = keys / _KEY
    if not path.exists():
        write_new(path, secrets.token_bytes(_BYTES))
    found = path.read_bytes()
    if len(found) == _BYTES:
        return found
    write_durably(path, secrets.token_bytes(_BYTES))  # of damage, too, no more comes than that all is built anew
    return path.read_bytes()


def put(path: Path, key: bytes) -> None:
    """Seal the file at `path` as it is now."""
    write_durably(_beside(path), _of(path, key))


def holds(path: Path, key: bytes) -> bool:
    """Whether the file at `path` is the one that was sealed; True, too, if there is no file."""
    if not path.exists():
        return True
    try:
        return hmac.compare_digest(_of(path, key), _beside(path).read_bytes())
    except FileNotFoundError:
        return False


def _of(path: Path, key: bytes) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(key=key, digest_size=32)).digest()


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.seal")
