"""A witness on another machine: it cosigns a ledger that grows, and nothing else."""

from __future__ import annotations

import base64
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agents.cli.app import app
from policies.audit import Ledger, Note, Record, verify
from policies.audit.errors import WitnessError
from policies.audit.keys import FileSigner, Home
from policies.audit.note import Checkpoint, VerifierKey, body, sign
from policies.audit.witness import Witness, serve, submit

ROOT = Path(__file__).parents[3]


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "home" / "ledger"
    grow(path, 5)
    return path


@pytest.fixture
def witness(ledger: Path, tmp_path: Path) -> Witness:
    return Witness(FileSigner.generate("witness.example/w1"), tmp_path / "state", Home(ledger).trusted())


@pytest.fixture
def url(witness: Witness) -> Iterator[str]:
    server = serve(witness, "127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def grow(path: Path, count: int) -> None:
    with Ledger.open(path) as ledger:
        for number in range(count):
            ledger.append(Record(actor="system", body=Note(name=str(number))), wait=False)


def request(old: int, checkpoint: bytes, *path: bytes) -> bytes:
    lines = [b"old %d" % old, *(base64.b64encode(node) for node in path)]
    return b"\n".join(lines) + b"\n\n" + checkpoint


def last(path: Path) -> bytes:
    return next((path.parent / "anchors").glob("*.note")).read_bytes()


def test_a_growing_ledger_is_cosigned_again_and_again(ledger: Path, witness: Witness, url: str) -> None:
    first = submit(ledger, url, witness.vkey)
    assert first.note.signers([witness.vkey]) == [witness.vkey] and first.size == 5
    grow(ledger, 300)
    assert submit(ledger, url, witness.vkey).size == 305
    shutil.rmtree(ledger.parent / "witnesses")
    grow(ledger, 1)
    assert submit(ledger, url, witness.vkey).size == 306, "a client that forgot where it was asks and goes on"
    assert verify(ledger).code == 0


def test_a_cosigned_head_convicts_a_ledger_that_was_rolled_back(ledger: Path, witness: Witness, url: str) -> None:
    shutil.copytree(ledger, ledger.parent / "older")
    grow(ledger, 5)
    submit(ledger, url, witness.vkey)
    shutil.rmtree(ledger)
    shutil.rmtree(ledger.parent / "anchors")
    (ledger.parent / "older").rename(ledger)
    assert verify(ledger).code == 1
    with pytest.raises(WitnessError, match="saw 10"):
        submit(ledger, url, witness.vkey)


def test_a_fork_is_refused(ledger: Path, witness: Witness) -> None:
    signer = FileSigner.load(ledger.parent / "keys" / "ledger.key")
    genuine = last(ledger)
    assert witness.add_checkpoint(request(0, genuine))[0] == 200
    fork = sign(body(signer.vkey.name, 5, b"f" * 32), [signer])
    assert witness.add_checkpoint(request(5, fork))[:2] == (409, "text/x.tlog.size")
    longer = sign(body(signer.vkey.name, 9, b"f" * 32), [signer])
    assert witness.add_checkpoint(request(5, longer, b"a" * 32, b"b" * 32))[0] == 422
    assert witness.add_checkpoint(request(0, longer))[::2] == (409, b"5\n")
    assert witness.add_checkpoint(request(5, genuine))[0] == 200, "the same head again is fine"


def test_strangers_and_nonsense_are_refused(ledger: Path, witness: Witness) -> None:
    signer, stranger = FileSigner.load(ledger.parent / "keys" / "ledger.key"), FileSigner.generate("other.example/log")
    name = signer.vkey.name
    assert witness.add_checkpoint(request(0, sign(body("other.example/log", 1, b"x" * 32), [stranger])))[0] == 404
    forged = sign(body(name, 5, b"x" * 32), [FileSigner.generate(name)])
    assert witness.add_checkpoint(request(0, forged))[0] == 403
    assert witness.add_checkpoint(request(7, last(ledger)))[0] == 400
    for nonsense in (b"", b"old x\n\n", b"old 0\n\nno note", b"new 0\n\n" + last(ledger), b"\xff" * 100):
        assert witness.add_checkpoint(nonsense)[0] == 400


def test_a_witness_remembers_across_restarts(ledger: Path, witness: Witness, tmp_path: Path) -> None:
    assert witness.add_checkpoint(request(0, last(ledger)))[0] == 200
    again = Witness(witness.signer, tmp_path / "state", Home(ledger).trusted())
    assert again.add_checkpoint(request(0, last(ledger)))[::2] == (409, b"5\n")


def test_an_answer_that_is_no_cosignature_is_not_kept(ledger: Path, witness: Witness, url: str) -> None:
    other = FileSigner.generate("witness.example/w2")
    with pytest.raises(WitnessError, match="cosignature"):
        submit(ledger, url, Witness(other, ledger, []).vkey)
    assert Home(ledger).witnessed("witness.example/w2") is None
    with pytest.raises(WitnessError, match="cannot be reached"):
        submit(ledger, "http://127.0.0.1:9", witness.vkey)
    assert Checkpoint.parse(last(ledger)).size == 5


def test_a_second_machine_witnesses_by_command(ledger: Path, tmp_path: Path) -> None:
    """`regent witness` in a process of its own, and `regent audit witness` at the ledger's side."""
    key = (ledger.parent / "keys" / "ledger.vkey").read_text().strip()
    arguments = ["--log", key, "--name", "audit.example/w1", "--state", str(tmp_path / "second"), "--port", "0"]
    command = [sys.executable, "-u", "-c", "from agents.cli import main; main()", "witness", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        assert process.stdout is not None
        vkey = process.stdout.readline().split()[1]
        address = process.stdout.readline().split()[2].removesuffix("/add-checkpoint;")
        asked = CliRunner().invoke(app, ["audit", "witness", address, "--key", vkey, "--ledger", str(ledger)])
        assert asked.exit_code == 0 and "audit.example/w1 cosigned 5 records" in asked.output
        shutil.rmtree(ledger.parent / "witnesses")
        for path in (ledger / "segments").iterdir():
            path.write_bytes(path.read_bytes().replace(b'"name":"3"', b'"name":"4"'))
        again = CliRunner().invoke(app, ["audit", "verify", str(ledger)])
        assert again.exit_code == 1
    finally:
        process.terminate()
        process.wait(60)
    assert VerifierKey.parse(vkey).name == "audit.example/w1"
