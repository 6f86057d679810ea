"""The zip: sorted names, fixed dates, a manifest of every file, signed with the ledger's key; whole or not at all."""

from __future__ import annotations

import hashlib
import io
import json
import os
import secrets
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from policies.audit.note import Signer, sign
from policies.controls.errors import ControlsError

_EPOCH = (1980, 1, 1, 0, 0, 0)
FORM = "regent-pack/1"


def encode(value: Any) -> bytes:
    """JSON for people and programs; the same value gives the same bytes."""
    return (json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def seal(files: Mapping[str, bytes], origin: str, signer: Signer) -> bytes:
    """The zip of `files` with manifest and signature. The note is over four lines: form, origin, SHA-256, nothing."""
    listed = {name: {"sha256": _sha256(data), "size": len(data)} for name, data in files.items()}
    manifest = encode({"form": FORM, "origin": origin, "files": listed})
    note = sign(f"{FORM}\n{origin}\n{_sha256(manifest)}\n".encode(), [signer])
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted({**files, "manifest.json": manifest, "manifest.sig": note}.items()):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, 0o644 << 16, 3
            archive.writestr(entry, data)
    return out.getvalue()


def writable(out: Path) -> None:
    """ControlsError when nothing can be written to `out`; found out before the work is done."""
    if out.is_dir():
        raise ControlsError(f"The pack cannot be written to {out}: it is a folder; name a file.")
    if not out.parent.is_dir():
        raise ControlsError(f"The pack cannot be written to {out}: there is no folder {out.parent}; make it first.")
    if not os.access(out.parent, os.W_OK):
        raise ControlsError(f"The pack cannot be written to {out}: the folder {out.parent} may not be written to.")


def write(out: Path, data: bytes) -> None:
    """Write the pack in one step. ControlsError when it cannot be written; then nothing of it is left."""
    part = out.with_name(f".{out.name}.{secrets.token_hex(4)}")
    try:
        with part.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(out)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise ControlsError(f"The pack cannot be written to {out}: {error.strerror}.") from error


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
