"""The runtime's package for this machine: made once for the test that runs it and for what is deployed here."""

from __future__ import annotations

import hashlib
import sys
import zipfile
from pathlib import Path

from infra import packaging
from infra.packaging import ALONE, REQUIREMENTS, ROOMS, ROOT, assemble
from tests.deploy.emulator import WORK

FOLDER = WORK / "package"
"""Unpacked; what runs from it writes nothing there."""


def package() -> Path:
    """The locked runtime list and our rooms, for this machine, as a zip that takes no time to make; made when stale."""
    target, stamp = WORK / "package.zip", WORK / "package.sha256"
    digest = _inputs()
    if target.exists() and stamp.exists() and stamp.read_text() == digest:
        return target
    stamp.unlink(missing_ok=True)
    assemble(FOLDER)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(FOLDER.rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo(path.relative_to(FOLDER).as_posix(), (1980, 1, 1, 0, 0, 0))
                entry.external_attr = 0o100644 << 16
                archive.writestr(entry, path.read_bytes())
    stamp.write_text(digest)
    return target


def _inputs() -> str:
    """SHA-256 over everything that the package is made of."""
    digest = hashlib.sha256(sys.version.encode())
    sources = (path for room in ROOMS for path in sorted((ROOT / room).rglob("*")) if "__pycache__" not in path.parts)
    for path in (REQUIREMENTS, Path(packaging.__file__), *(ROOT / name for name in ALONE), *sources):
        if path.is_file():
            digest.update(path.relative_to(ROOT).as_posix().encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
