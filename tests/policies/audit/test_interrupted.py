"""Ctrl-C at every line of the ledger's own code: what is recorded stays right, in this process and in the next."""

from __future__ import annotations

import asyncio
import errno
import linecache
import operator
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from policies.audit import Ledger, LedgerError, LedgerUnwritableError, Note, Record, frames, verify
from policies.audit.disk import Disk
from policies.audit.group import Group
from policies.audit.keys import Home
from policies.audit.pace import Pace
from policies.audit.rotation import rotate

AUDIT = str(Path(frames.__file__).parent)


def note(name: str) -> Record:
    return Record(actor="system", body=Note(name=name))


class CtrlC:
    """Raises KeyboardInterrupt at the `at`th line of the ledger's code that this thread comes to."""

    def __init__(self, at: int) -> None:
        self.left, self.where = at, ""

    def __enter__(self) -> CtrlC:
        sys.settrace(self._trace)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(None)

    def _trace(self, frame: FrameType, event: str, _: Any) -> Any:
        if not frame.f_code.co_filename.startswith(AUDIT):
            return None
        # the interpreter looks for signals after calls and jumps, and so never between a block and what leaves it, nor
        # at a `try:`, which does nothing and lies outside of what is caught: raised there, no `with` around it lets go
        if event == "line" and not linecache.getline(frame.f_code.co_filename, frame.f_lineno).lstrip().startswith(
            ("with ", "try:")
        ):
            if self.left == 0:
                self.where = f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}"
                sys.settrace(None)
                raise KeyboardInterrupt
            self.left -= 1
        return self._trace


WORK: dict[str, Callable[[Ledger], object]] = {
    "append": lambda ledger: ledger.append(note("at")),
    "append without waiting": lambda ledger: ledger.append(note("at"), wait=False),
    "flush": lambda ledger: ledger.flush(),
    "checkpoint": lambda ledger: ledger.checkpoint(),
    "root": lambda ledger: ledger.root(),
    "size": lambda ledger: ledger.size,
}


def given_back(ledger: Ledger) -> bool:
    """Whether other processes get their turn: nobody works in it, or somebody who will give it back does."""
    with ledger._io, ledger._mutex:
        return not ledger._turn.held or ledger._group is not None


@pytest.mark.parametrize(
    "work", [pytest.param(work, marks=pytest.mark.slow if work == "checkpoint" else ()) for work in WORK]
)
def test_ctrl_c_at_any_line_leaves_a_ledger_that_goes_on_and_verifies(tmp_path: Path, work: str) -> None:
    wrong = []
    for at in range(10_000):
        home = tmp_path / str(at)
        ledger = Ledger.open(home / "ledger")
        kept = {ledger.append(note("before")): "before"}
        if work not in ("append", "size"):
            ledger.append(Record(actor="system", question="q", body=Note(name="waits")), wait=False)
        stop = CtrlC(at)
        try:
            with stop:
                WORK[work](ledger)
        except KeyboardInterrupt:
            pass
        if not stop.where:
            break
        if not given_back(ledger):
            wrong.append(f"{stop.where}: the turn is kept although nobody works in it")
        try:
            kept[ledger.append(note("after"))] = "after"
            with Ledger.open(home / "ledger") as other:  # whose turn it would never be if it were not given back
                kept[other.append(note("other"))] = "other"
            kept[ledger.append(note("last"))] = "last"
            ledger.checkpoint()
            ledger.close()
        except LedgerError as error:
            wrong.append(f"{stop.where}: {error}")
            continue
        verdict = verify(home / "ledger")
        with Ledger.open(home / "ledger") as again:
            found = {one.index: getattr(one.body, "name", "") for one in again.read()}
        if verdict.code != 0 or {index: found.get(index) for index in kept} != kept:
            wrong.append(f"{stop.where}: {verdict.reason} {found}")
    assert not wrong, "\n".join(wrong)
    assert at > 5


@pytest.mark.parametrize("part", ["_store", "_store.tiles", "_turn"])
def test_who_is_interrupted_while_closing_a_file_never_closes_anothers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    """Closed twice, its number may be somebody else's file by then."""
    ledger = Ledger.open(tmp_path / "ledger")
    ledger.append(note("before"))
    ledger.checkpoint()
    ledger._closed = True  # its parts are closed here, and nothing else at exit
    close, close_file = operator.attrgetter(f"{part}.close")(ledger), os.close

    def stop(fd: int) -> None:
        close_file(fd)
        monkeypatch.undo()
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "close", stop)
    with pytest.raises(KeyboardInterrupt):
        close()
    others = [(tmp_path / name).open("w") for name in "abc"]
    close()
    for other in others:
        other.write("mine")
        other.close()


def test_a_checkpoint_by_another_thread_does_not_end_the_one_in_the_background(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signed between the two looks at the time: the background thread died of it, and `aappend` waited for ever."""
    pace = Pace()
    for look in (lambda: pace.pause(None), lambda: pace.due):
        pace.wrote(1, ends_question=False)
        with monkeypatch.context() as patched:
            patched.setattr("policies.audit.pace.time.monotonic", lambda: (pace.signed(), 5.0)[1])
            look()


def test_who_left_its_event_loop_does_not_end_the_writer() -> None:
    loop = asyncio.new_event_loop()
    group = Group()
    group.waiter(loop, threading.Condition())
    loop.is_closed = lambda: False  # type: ignore[method-assign]  # it is closed a moment after it was looked at
    asyncio.BaseEventLoop.close(loop)
    group.succeed()
    assert group.done


TWO_IN_ONE_LOOP = """
import asyncio, sys
from pathlib import Path
from policies.audit import Ledger, Note, Record

async def main(site):
    record = Record(actor="system", body=Note(name="n"))
    with Ledger.open(site) as one, Ledger.open(site) as other:
        for first, second in ((one, other), (other, one)):
            await first.aappend(record)
            first.checkpoint()
            with first._wake:  # its background thread has nothing to do, and waits to be told
                first._wake.notify()
            await asyncio.sleep(0.1)
            assert len(set(await asyncio.gather(first.aappend(record), second.aappend(record)))) == 2

asyncio.run(main(Path(sys.argv[1]) / "ledger"))
"""


def test_two_ledgers_of_one_directory_in_one_loop_wait_for_each_other_and_not_for_ever(tmp_path: Path) -> None:
    """The loop waits for the turn of a group that only the loop could have had written."""
    done = subprocess.run(
        [sys.executable, "-c", TWO_IN_ONE_LOOP, str(tmp_path)], capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 0, done.stderr
    assert verify(tmp_path / "ledger").code == 0


@pytest.mark.parametrize("work", ["close", "checkpoint", "root"])
def test_what_was_lost_without_waiting_is_said_by_whoever_makes_the_rest_durable(tmp_path: Path, work: str) -> None:
    disk = FullOnce()
    ledger = Ledger.open(tmp_path / "ledger", disk=disk)
    ledger.append(note("kept"))
    disk.full = True
    ledger.append(note("lost"), wait=False)
    with pytest.raises(LedgerUnwritableError, match="No space"):
        getattr(ledger, work)()
    ledger.close()
    assert verify(tmp_path / "ledger").code in (0, 2)


def test_what_was_lost_of_no_question_is_told_once_and_the_ledger_goes_on(tmp_path: Path) -> None:
    disk = FullOnce()
    with Ledger.open(tmp_path / "ledger", disk=disk) as ledger:
        disk.full = True
        ledger.append(note("lost"), wait=False)
        with pytest.raises(LedgerUnwritableError, match="No space"):
            ledger.flush()
        with pytest.raises(LedgerUnwritableError, match="were lost"):
            ledger.append(note("told"))
        assert ledger.append(note("goes on")) == 0
        assert ledger.append(Record(actor="system", question="q", body=Note(name="innocent"))) == 1


class FullOnce(Disk):
    full = False

    def write(self, fd: int, data: bytes | memoryview, offset: int) -> None:
        if self.full:
            self.full = False
            raise OSError(errno.ENOSPC, "No space left on device")
        super().write(fd, data, offset)


FORKS = """
import os, sys, time
from pathlib import Path
from policies.audit import Ledger, LedgerClosedError, Note, Record, verify
site = Path(sys.argv[1]) / "ledger"
ledger = Ledger.open(site)
with ledger._mutex:
    ledger.append(Record(actor="system", body=Note(name="waits")), wait=False)
    child = os.fork()
    if not child:
        try:
            ledger.append(Record(actor="system", body=Note(name="child")))
        except LedgerClosedError:
            ledger.close()
            os._exit(0)
        os._exit(1)
    assert os.waitpid(child, 0)[1] == 0
    other = os.open(site, os.O_RDONLY)
    import fcntl
    try:
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        sys.exit("the child gave the parent's turn away")
    except BlockingIOError:
        pass
    os.close(other)
ledger.close()
assert verify(site).code == 0
"""


def test_a_forked_child_that_closes_the_ledger_takes_no_turn_from_its_parent(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", FORKS, str(tmp_path)], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr


def test_a_rotation_that_is_interrupted_leaves_a_ledger_that_opens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "ledger"
    with Ledger.open(site) as ledger:
        ledger.append(note("before"))

        def stop(*_: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
            patched.setattr(Home, "trust", stop)
            rotate(ledger)
    for name in ("once", "again"):
        with Ledger.open(site) as ledger:
            ledger.append(note(name))
    assert verify(site).code == 0
