"""The zip: fixed dates, a manifest of every file, signed with the ledger's key; whole or not at all.

Files are written as they come and only their hashes are kept, so that a pack may be larger than memory.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from policies.controls.errors import ControlsError
from tools.whole_file import written_whole

_EPOCH = (1980, 1, 1, 0, 0, 0)
FORM, WHOLE = "regent-pack/1", "regent-pack-file/1"
MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"


def encode(value: Any) -> bytes:
    """JSON for people and programs; the same value gives the same bytes."""
    return (json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def seal(
    files: Iterable[tuple[str, bytes]], origin: str, sign: Callable[[bytes], bytes], out: IO[bytes]
) -> dict[str, str]:
    """Write the zip of `files`, then manifest and signature. The note is over form, origin and the manifest's SHA-256.

    The zip's comment is another note, over the SHA-256 of every byte before the comment's length: a zip has bytes that
    are in no file. `out` can be read, and sought in.

    Raises:
        ControlsError: two files have one name.
    """
    listed: dict[str, dict[str, object]] = {}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            if name in listed:
                raise ControlsError(f"Two files of the pack would be called {name}; rename one of them.")
            listed[name] = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
            _add(archive, name, data)
        manifest = encode({"form": FORM, "origin": origin, "files": listed})
        note = sign(f"{FORM}\n{origin}\n{hashlib.sha256(manifest).hexdigest()}\n".encode())
        _add(archive, MANIFEST, manifest)
        _add(archive, SIGNATURE, note)
    out.seek(-2, os.SEEK_END)
    end = out.tell()
    out.seek(0)
    whole = sign(f"{WHOLE}\n{origin}\n{_hash(out, end)}\n".encode())
    out.seek(end)
    out.write(len(whole).to_bytes(2, "little") + whole)
    return {name: str(one["sha256"]) for name, one in listed.items()}


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, 0o644 << 16, 3
    archive.writestr(entry, data)


def _hash(file: IO[bytes], size: int) -> str:
    digest = hashlib.sha256()
    while size and (data := file.read(min(size, 1 << 20))):
        digest.update(data)
        size -= len(data)
    return digest.hexdigest()


def writable(out: Path) -> None:
    """ControlsError when nothing can be written to `out`; found out before the work is done."""
    if out.is_dir():
        raise ControlsError(f"The pack cannot be written to {out}: it is a folder; name a file.")
    if out.exists() and not out.is_file():  # what is written is read again, to be signed
        raise ControlsError(f"The pack cannot be written to {out}: it is a pipe or a device; name a file.")
    if not out.parent.is_dir():
        raise ControlsError(f"The pack cannot be written to {out}: there is no folder {out.parent}; make it first.")
    if not os.access(out.parent, os.W_OK):
        raise ControlsError(f"The pack cannot be written to {out}: the folder {out.parent} may not be written to.")


@contextmanager
def writing(out: Path) -> Iterator[IO[bytes]]:
    """`written_whole`, with ControlsError for what cannot be written."""
    try:
        with written_whole(out) as file:
            yield file
    except OSError as error:
        raise ControlsError(f"The pack cannot be written to {out}: {error.strerror}.") from error
