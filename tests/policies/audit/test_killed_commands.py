"""SIGKILL at every step that an audit command takes on the disk: the same command, run again, finishes the job."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from agents.answer import Question
from agents.home import Home
from agents.opening import open_desk
from policies.access import local_principal
from policies.audit import Ledger, QuestionAsked, export, verify
from policies.audit.keys import FileSigner
from policies.audit.keys import Home as Keys
from policies.audit.note import VerifierKey
from tests.homes import furnished

CANARY = "kanarie99"
STEPS = ("fsync", "fdatasync", "pwrite", "replace", "rename", "unlink", "link", "ftruncate", "mkdir")
"""What changes the disk, or makes sure of a change: who dies between two of them leaves one of these states."""


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which carla and the local user have asked something."""
    home = Home(tmp_path_factory.mktemp("asked") / "home")
    furnished(home.path)
    with open_desk(home=home) as desk:
        for person, text in (("carla", f"What did we spend, says {CANARY}?"), ("local", "What did we spend?")):
            desk.answer(Question(text=text, session="s"), local_principal(person))
    return home.path


@pytest.fixture
def home(asked: Path, tmp_path: Path) -> Iterator[Callable[[], Path]]:
    """A fresh copy each time it is called."""
    made: list[Path] = []

    def copy() -> Path:
        for old in made:
            shutil.rmtree(old)
        made[:] = [tmp_path / "home"]
        shutil.copytree(asked, made[0], ignore=shutil.ignore_patterns("cache"))
        return made[0]

    return copy  # type: ignore[return-value]


def dying_at(step: int | None) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let this process be killed at that step on the disk; calls of what the returned function wraps are steps, too."""
    count = [0]

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **more: Any) -> Any:
            count[0] += 1
            if count[0] == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*given, **more)

        return call

    for name in STEPS:
        setattr(os, name, counted(getattr(os, name)))
    return counted


def ran(home: Path, words: list[str], *, dies_at: int | None = None) -> int:
    """The exit code of `regent WORDS` in a process of its own; -9 when it was killed at that step."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:  # in the child, which never returns
        os.environ["REGENT_HOME"] = str(home)
        for fd in (1, 2):
            os.dup2(os.open(home.parent / f"said.{fd}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), fd)
        sys.stdout, sys.stderr = os.fdopen(1, "w", closefd=False), os.fdopen(2, "w", closefd=False)
        counted = dying_at(dies_at)
        real = export.export

        def lines(*given: Any) -> Iterator[bytes]:
            for line in real(*given):
                counted(int)()
                yield line

        export.export = lines
        from agents.cli.app import main

        code = 1
        try:
            sys.argv = ["regent", *words]
            main()
            code = 0
        except SystemExit as error:
            code = int(error.code or 0)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    finally:
        os._exit(70)


def said(home: Path) -> str:
    return "".join((home.parent / f"said.{fd}").read_text() for fd in (1, 2))


def forgotten(home: Path) -> None:
    holding = [p for p in home.rglob("*") if p.is_file() and CANARY.encode() in p.read_bytes()]
    assert not holding
    assert not list((home / "keys" / "subjects").glob(".*.going"))
    with Ledger.open(home / "ledger") as ledger:
        texts = {one.body.text for one in ledger.read() if isinstance(one.body, QuestionAsked)}
    assert texts == {"[forgotten]", "What did we spend?"}


def rotated(home: Path) -> None:
    keys = Keys(home / "ledger")
    with Ledger.open(home / "ledger") as ledger:
        checkpoint = ledger.checkpoint()
    assert checkpoint is not None and checkpoint.note.signers([FileSigner.load(keys.key_file).vkey])
    assert len(keys.trusted()) >= 2


def exported(home: Path) -> None:
    with Ledger.open(home / "ledger") as ledger:
        size = ledger.size
    assert len((home.parent / "out.jsonl").read_bytes().splitlines()) == size


COMMANDS: dict[str, tuple[list[str], Callable[[Path], None]]] = {
    "forget": (["audit", "forget", "carla", "--name", CANARY, "--yes"], forgotten),
    "rotate": (["audit", "keys", "rotate"], rotated),
    "replace": (["audit", "keys", "replace"], rotated),
    "export": (["audit", "export", "-o", "OUT"], exported),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_that_was_killed_at_any_step_is_finished_by_the_next(
    home: Callable[[], Path], name: str, tmp_path: Path
) -> None:
    words, done = COMMANDS[name]
    words = [str(tmp_path / "out.jsonl") if word == "OUT" else word for word in words]
    killed = 0
    for at in range(1, 400):
        here = home()
        (tmp_path / "out.jsonl").unlink(missing_ok=True)
        before: VerifierKey = FileSigner.load(Keys(here / "ledger").key_file).vkey
        if name == "replace":
            Keys(here / "ledger").key_file.unlink()
        code = ran(here, words, dies_at=at)
        if code == 0:
            break
        assert code == -signal.SIGKILL, f"step {at}: {said(here)}"
        killed += 1
        if name == "export" and (tmp_path / "out.jsonl").exists():
            done(here)  # there wholly, or not at all
        again = ran(here, words)
        told = said(here)
        # killed after the last of it was done, there is nothing left to do, and the command says so
        over = "Nothing of 'carla' is held" in told or "is still there" in told
        assert again == 0 or over, f"step {at}: exit {again}: {told}"
        done(here)
        verdict = verify(here / "ledger")
        assert verdict.code == 0, f"step {at}: {verdict.reason}"
        assert before in Keys(here / "ledger").trusted()
    else:
        raise AssertionError("it never came to its end")
    assert killed >= 2
    done(here)
