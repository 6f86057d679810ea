"""Packaging: the runtime as one zip of arm64 code, built without Docker, the same bytes every time, with its SBOM.

    python -m infra.packaging            regent-runtime.zip and regent-runtime.cdx.json in build/runtime
    python -m infra.packaging --here     the same list for this machine, unpacked, to be run and tested

AgentCore takes at most 250 MB zipped and 750 MB unzipped; Lambda, where the same package runs, 250 MB unzipped. Ours
is held to 120 and 250.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.errors import RegentError

ROOT = Path(__file__).parents[1]
REQUIREMENTS = ROOT / "requirements" / "runtime.txt"
OUT = ROOT / "build" / "runtime"
PYTHON = "3.11"
"""Of the runtime; compiled code fits this version only."""
PLATFORM = "aarch64-manylinux2014"
ROOMS = ("agents", "policies", "tools")
ALONE = ("infra/__init__.py", "infra/applied.py")
"""Files of this room that run deployed: what applies settings by API."""
MAIN = "from agents.runtime import main\n\nmain()\n"
"""`main.py` at the root: a runtime starts a file, and our rooms must be importable from where that lies."""
LEFT_OUT = ("agents/cli", "tools/estate/")
"""The command line and the sample estate have no business in a deployed process: it refuses to start with them."""
MOST_ZIPPED, MOST_UNZIPPED = 120 * 2**20, 250 * 2**20
_EPOCH = (1980, 1, 1, 0, 0, 0)
_CHANGING = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json", "uv_build.json")
"""Files of an installation that differ from run to run and say nothing about the code."""


class PackagingError(RegentError):
    """The runtime package could not be built; nothing half-built is left behind."""


@dataclass(frozen=True, slots=True)
class Package:
    """What was built: sizes in bytes, and the SHA-256 of the zip."""

    zip: Path
    sbom: Path
    zipped: int
    unzipped: int
    sha256: str


def build(out: Path = OUT) -> Package:
    """Build the arm64 package and its SBOM.

    Raises:
        PackagingError: a dependency has no arm64 wheel, the network failed, or a size limit was passed.
    """
    folder = out / "arm64"
    assemble(folder, platform=PLATFORM)
    target, sbom = out / "regent-runtime.zip", out / "regent-runtime.cdx.json"
    unzipped = _zip(folder, target)
    zipped = target.stat().st_size
    if zipped > MOST_ZIPPED or unzipped > MOST_UNZIPPED:
        target.unlink()
        raise PackagingError(
            f"The package has {zipped / 2**20:.0f} MB zipped and {unzipped / 2**20:.0f} MB unzipped; at most "
            f"{MOST_ZIPPED / 2**20:.0f} and {MOST_UNZIPPED / 2**20:.0f} are allowed."
        )
    sha256 = hashlib.sha256(target.read_bytes()).hexdigest()
    from infra.sbom import write_sbom

    write_sbom(folder, sbom, version=_version(), package_sha256=sha256)
    return Package(target, sbom, zipped, unzipped, sha256)


def assemble(folder: Path, platform: str | None = None) -> None:
    """Install the locked runtime list into `folder` and add our rooms. `platform` None means this machine's.

    Raises:
        PackagingError: the installation failed; the sentence has the installer's last words.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    words = [
        *(Path(sys.executable).with_name("uv"), "pip", "install", "--quiet", "--no-deps", "--require-hashes"),
        *("--only-binary", ":all:", "--target", folder, "--python-version", PYTHON, "-r", REQUIREMENTS),
        *(("--python-platform", platform) if platform else ()),
    ]
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)
    if done.returncode:
        shutil.rmtree(folder)
        last = " ".join(done.stderr.split()[-40:]) or "it said nothing"
        raise PackagingError(f"The runtime's dependencies could not be installed: {last}.")
    for room in ROOMS:
        for source in _sources(ROOT / room):
            target = folder / source.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    (folder / "infra").mkdir()
    for name in ALONE:
        shutil.copyfile(ROOT / name, folder / name)
    (folder / "main.py").write_text(MAIN, encoding="utf-8")
    _strip(folder)
    _compile(folder)


def _sources(room: Path) -> Iterator[Path]:
    for path in sorted(room.rglob("*")):
        inside = path.relative_to(ROOT).as_posix()
        if path.is_file() and "__pycache__" not in path.parts and not inside.startswith(LEFT_OUT):
            yield path


def _strip(folder: Path) -> None:
    """Take out what differs from build to build, and what nothing imports."""
    shutil.rmtree(folder / "bin", ignore_errors=True)
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.name in _CHANGING and path.parent.name.endswith(".dist-info"):
            path.unlink()
        elif path.name == "__pycache__" or (path.name == "tests" and path.is_dir()):
            shutil.rmtree(path)
        elif path.suffix in (".pyi", ".pyx", ".pxd"):
            path.unlink()
    for lock in folder.glob(".lock"):
        lock.unlink()


def _compile(folder: Path) -> None:
    """Bytecode for the runtime's Python, bound to the sources by hash: a cold start saves seconds."""
    if f"{sys.version_info.major}.{sys.version_info.minor}" != PYTHON:
        raise PackagingError(f"The package is compiled for Python {PYTHON}; build it with that version.")
    # in a process of its own with a fixed hash seed: what else a process holds shows in the bytes of compiled code
    words = [
        *(sys.executable, "-s", "-S", "-P", "-m", "compileall", "-qq", "-j", "1"),
        *("--invalidation-mode", "unchecked-hash", "-s", folder, folder),
    ]
    seed = {"PYTHONHASHSEED": "0"}
    done = subprocess.run([str(word) for word in words], env=seed, capture_output=True, check=False)
    if done.returncode not in (0, 1):  # 1: a file that is no Python of this version, such as a template, stays source
        raise PackagingError(f"The package could not be compiled: {done.stderr.decode()[-300:]}.")


def _zip(folder: Path, target: Path) -> int:
    """One zip with sorted names, one date and one mode, so that the same files give the same bytes; bytes unzipped."""
    size = 0
    unfinished = target.with_suffix(".part")
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(folder.rglob("*"), key=lambda path: path.relative_to(folder).as_posix()):
            if path.is_file():
                data = path.read_bytes()
                entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _EPOCH)
                entry.external_attr, entry.compress_type = 0o100644 << 16, zipfile.ZIP_DEFLATED
                archive.writestr(entry, data)
                size += len(data)
    unfinished.replace(target)
    return size


def _version() -> str:
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


def main() -> None:
    """Build, and print what was built."""
    parser = argparse.ArgumentParser(prog="python -m infra.packaging", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--here", action="store_true", help="for this machine, unpacked, to be run and tested")
    given = parser.parse_args()
    try:
        if given.here:
            assemble(OUT / "here")
            sys.stdout.write(f"{OUT / 'here'}\n")
            return
        built = build()
    except PackagingError as error:
        sys.exit(f"infra.packaging: {error}")
    sys.stdout.write(
        f"{built.zip}\n  {built.zipped / 2**20:.1f} MB zipped, {built.unzipped / 2**20:.1f} MB unzipped\n"
        f"  sha256 {built.sha256}\n{built.sbom}\n"
    )


if __name__ == "__main__":
    main()
