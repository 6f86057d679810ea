"""A genuine ledger to attack, and three judges that must all notice: the library, the CLI and verify.py."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from policies.audit import AnswerDelivered, Ledger, Note, QuestionAsked, Record, frames
from policies.audit.merkle import Tree
from policies.audit.note import Checkpoint, VerifierKey
from policies.audit.verifying import verify

ROOT = Path(__file__).parents[3]
VERIFY_PY = ROOT / "verify.py"


@dataclass(frozen=True)
class Site:
    """A Regent home with a ledger in it, and what an auditor kept elsewhere: a key and a checkpoint."""

    home: Path
    key: str
    head: bytes

    @property
    def ledger(self) -> Path:
        return self.home / "ledger"

    @property
    def segment(self) -> Path:
        return sorted((self.ledger / "segments").iterdir())[0]

    def copy(self, to: Path) -> Site:
        shutil.copytree(self.home, to)
        return replace(self, home=to)

    def judge(self, schema: bool = True) -> int:
        """The library's verdict for an auditor who holds the key and the head, and trusts nothing at the site."""
        keys, since = [VerifierKey.parse(self.key)], Checkpoint.parse(self.head)
        auditor = self.home.parent / f"{self.home.name}-auditor"
        return verify(self.ledger, keys, since, home=auditor, schema=schema, remember=False).code

    def judge_cli(self) -> int:
        """The exit code of `regent audit verify` with the auditor's key and head."""
        from typer.testing import CliRunner

        from agents.cli.audit import app

        auditor = self.home.parent / f"{self.home.name}-auditor"
        auditor.mkdir(exist_ok=True)
        head = auditor / "head"
        head.write_bytes(self.head)
        args = ["verify", str(self.ledger), "--key", self.key, "--since", str(head)]
        return CliRunner().invoke(app, args).exit_code

    def judge_alone(self) -> int:
        """verify.py's verdict, in a process of its own."""
        head = self.home.parent / f"{self.home.name}-head"
        head.write_bytes(self.head)
        command = [sys.executable, str(VERIFY_PY), str(self.ledger), "--key", self.key, "--head", str(head)]
        return subprocess.run(command, capture_output=True, check=False).returncode


def note(name: str, **data: object) -> Record:
    return Record(actor="system", body=Note(name=name, data=dict(data)))


def write_question(ledger: Ledger, number: int) -> None:
    """A question of a person, some notes, and its answer."""
    asked = QuestionAsked(
        text=f"Question {number}: what did we spend?",
        channel="cli",
        principal_id="vera@example.com",
        role="manager",
        assurance="local",
        model="offline",
        estate="sample",
    )
    question = f"q{number}"
    ledger.append(Record(actor="person", question=question, principal="vera@example.com", body=asked))
    for step in range(3):
        ledger.append(note(f"step {step}", decision="allow", corner=2**53 + 1, text="\u2028 \x7f 漢 🎲"), wait=False)
    body = AnswerDelivered(status="answered", text_sha256="ab" * 32, figures=1)
    ledger.append(Record(actor="system", question=question, body=body))


def build(home: Path, questions: int = 8) -> Site:
    with Ledger.open(home / "ledger") as ledger:
        for number in range(questions):
            write_question(ledger, number)
            if number % 2:
                ledger.checkpoint()
    key = (home / "keys" / "ledger.vkey").read_text().strip()
    return Site(home, key, next((home / "anchors").glob("*.note")).read_bytes())


def leaves_of(site: Site) -> list[bytes]:
    return [leaf for batch in frames.walk(site.segment.read_bytes()) for leaf in batch.leaves]


def rewrite(
    site: Site,
    leaves: list[bytes],
    sign: Callable[[str, int, bytes], bytes] | None = None,
    origin: str | None = None,
) -> None:
    """Write the ledger anew from `leaves` with everything that needs no key: frames, checksums, tiles, commits."""
    name = origin or Checkpoint.parse(site.head).origin
    tree = Tree()
    tree.extend([_sha(leaf) for leaf in leaves])
    header = frames.frame(frames.HEADER, frames.header_text(name, 0, []))
    data = frames.batch([header, *frames.record_frames(leaves)], len(leaves))
    if sign is not None:
        data += frames.batch([frames.frame(frames.CHECKPOINT, sign(name, len(leaves), tree.root()))], len(leaves))
    site.segment.write_bytes(data)
    rewrite_tiles(site, leaves)


def rewrite_tiles(site: Site, leaves: list[bytes]) -> None:
    from policies.audit.tiles import Tiles

    shutil.rmtree(site.ledger / "tile")
    (site.ledger / "tile").mkdir()
    Tree().extend([_sha(leaf) for leaf in leaves], Tiles(site.ledger / "tile").write)


def _sha(data: bytes) -> bytes:
    import hashlib

    return hashlib.sha256(data).digest()
