"""The writer: gives records their places and writes them, for all threads of a process and beside other processes.

The locking rule, said here and nowhere else. Three locks, taken in this order and never the other way round:

`_io`     whoever writes, hashes or signs: one thread at a time, for as long as the disk takes;
`_mutex`  whoever gives a record its place: a moment only, so that records gather while others are written;
`_turn`   this process between processes (`locks.Turn`): held for as long as anything is not written.

The store is touched under `_io` with the turn held, or under `_mutex` by whoever takes the turn: nobody is in it then,
because who is in it holds the turn. A record's place is `Group.first` plus how many stand before it in its group, or
`Store.size` where there is no group; each changes in one step.

KeyboardInterrupt, or a defect, may come between any two steps. What was under way is then in doubt (`_doubt`): what
memory holds counts no more, what was not acknowledged fails, and the files are read anew before anything else.
Whoever was interrupted sees to it that what waits is written, or that a turn in which nobody works is given back
(`_stir`).
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from policies.audit import locks
from policies.audit.disk import Disk
from policies.audit.encoding import place
from policies.audit.errors import LedgerClosedError, LedgerError, LedgerUnwritableError
from policies.audit.group import Group
from policies.audit.keys import Home
from policies.audit.note import Signer
from policies.audit.pace import PATIENCE, Pace
from policies.audit.records import Record
from policies.audit.recovery import recover
from policies.audit.store import Store, TornByOtherError
from policies.audit.vault import Vault

_WRITERS: weakref.WeakSet[Writer] = weakref.WeakSet()


class Writer(ABC):
    """What `Ledger` writes with."""

    def __init__(self, path: Path, home: Home, signer: Signer | None, disk: Disk, vault: Vault) -> None:
        self.path, self.home, self.vault, self._disk, self._signer = path, home, vault, disk, signer
        self._turn = locks.Turn(path, path / "segments")
        self._store: Store | None = None
        self._fresh_locks()
        self._group: Group | None = None
        self._spare: Group | None = None
        self._lost: dict[str | None, str] = {}
        self._failed: str | None = None
        self._closed = self._doubt = False
        self._forks = locks.forks
        self._thread: threading.Thread | None = None
        self._pace = Pace()
        _WRITERS.add(self)

    def _fresh_locks(self) -> None:
        self._mutex = threading.RLock()
        self._wake = threading.Condition(self._mutex)
        self._io = threading.RLock()

    def _open_store(self) -> Store:
        if self._store is None:
            raise LedgerClosedError(f"The ledger {self.path} is not open.")
        return self._store

    def _usable(self) -> None:
        """Raise unless records are taken. Mutex held, unless this process was forked."""
        if self._forks != locks.forks:
            raise LedgerClosedError(f"The ledger {self.path} was opened before this process forked; open it anew.")
        if self._closed:
            raise LedgerClosedError(f"The ledger {self.path} is closed; open it anew.")
        if self._failed:
            raise LedgerClosedError(
                f"The ledger {self.path} stopped: {self._failed}. Mend the disk, then open it anew."
            )
        if self._doubt and self._turn.held:  # interrupted again before the first time was dealt with
            self._drop(self._interrupted(), None)

    def _enqueue(self, record: Record, encoded: bytes, wait: bool) -> tuple[Group, int]:
        """Give the record its place. Mutex held."""
        if self._closed or self._failed or self._doubt or self._forks != locks.forks:
            self._usable()
        # what belonged to no question is told once, to whoever comes next
        if self._lost and (reason := self._lost.pop(None, None) or self._lost.get(record.question)):
            raise LedgerUnwritableError(f"Records appended before this one were lost: {reason.rstrip('.')}.")
        entered = not self._turn.held
        try:
            group = self._group
            if group is None:
                store = self._enter()
                index, now = store.size, store.time
            else:
                index, now = group.first + len(group.leaves), group.time
            if record.parent is not None and record.parent >= index:
                raise LedgerError(
                    f"A {record.type} record names record {record.parent} as its parent; there are {index} so far."
                )
            if group is None:
                group = self._begin(index)
            now = max(now + 1, time.time_ns())
            group.time = now
            if group.add(place(encoded, index, now), record, wait):
                self._wake.notify()
            return group, index
        except BaseException:
            if entered and (self._group is None or not self._group.leaves):  # else somebody works in this turn
                self._group = None
                self._turn.release()
            raise

    def _begin(self, first: int) -> Group:
        """A group whose first record gets the index `first`. Mutex and turn held."""
        if self._thread is None:
            thread = threading.Thread(target=self._run, name="ledger", daemon=True)
            thread.start()
            self._thread = thread
        group, self._spare = self._spare or Group(), None
        group.first = first
        self._group = group
        return group

    def _enter(self) -> Store:
        """The store, with the turn held and what other processes wrote taken in. Mutex held."""
        store = self._open_store()
        if self._turn.held and not self._doubt:
            return store
        self._usable()
        try:
            self._turn.take()
            try:
                if self._doubt:
                    self._recover(store.origin)
                else:
                    store.catch_up()
            except TornByOtherError:
                self._recover(store.origin)
        except BaseException as error:
            self._doubt = True
            self._turn.release()
            if isinstance(error, OSError):
                raise LedgerUnwritableError(f"The ledger {self.path} cannot be read: {error}.") from error
            raise
        return self._open_store()

    def _recover(self, origin: str | None) -> None:
        """(Re)open the files. The turn is held."""
        if self._store is not None:
            self._store.close()
        store = self._store = recover(self.path, self.home, origin, self._signer, self._disk, self.vault)
        self._doubt = False
        unsigned = store.size - (store.signed.size if store.signed else 0)
        if unsigned:
            self._pace.wrote(unsigned, ends_question=False)

    @contextmanager
    def _settled(self) -> Iterator[Store]:
        """The store with all that was appended so far written, and the turn held.

        Raises what kept it from being written.
        """
        with self._io:
            try:
                with self._mutex:
                    self._usable()
                    group = self._group
                    if group is None:
                        self._enter()
                if group is not None:
                    self._write()
                    if group.error is not None:
                        raise group.error
                with self._mutex:
                    store = self._enter()
                yield store
            except OSError as error:
                raise self._give_up(error, None) from error
            except LedgerError:
                raise
            except BaseException as error:
                self._give_up(error, None)
                raise
            finally:
                try:
                    with self._mutex:
                        if self._group is None:
                            self._turn.release()
                except BaseException:
                    self._stir()
                    raise

    def _commit(self, group: Group) -> None:
        """Return when `group` is durable: lead the write, or wait for whoever leads it."""
        with self._io:
            if not group.done:
                self._write()
        if group.error is not None:
            raise group.error
        if group.leaves and not group.done:
            raise self._interrupted()

    def _write(self) -> None:
        """Write and sync the current group. io held."""
        group: Group | None = None
        try:
            with self._mutex:
                group = self._group
                if group is None:
                    return
                # The turn stays held: the next group's indexes go on from this one's.
                if self._turn.contended():
                    wake = self._write_group(group)
                    self._group = None
                    self._turn.release()
                    if wake:
                        self._wake.notify()
                    return
                following, self._spare = self._spare or Group(), None
                following.first, following.time = group.first + len(group.leaves), group.time
                self._group = following
            wake = self._write_group(group)
            with self._mutex:
                if self._group is following and not following.leaves:
                    self._group, self._spare = None, following
                    self._turn.release()
                if wake:
                    self._wake.notify()
        except BaseException as error:
            self._give_up(error, group)
            raise

    def _write_group(self, group: Group) -> bool:
        """Write and sync `group`, tell its waiters; whether the background thread must hear of it."""
        store = self._open_store()
        try:
            store.append(group.leaves, group.time)
        except (OSError, LedgerError) as error:
            self._give_up(error, group)
            return True
        wake = self._pace.wrote(len(group.leaves), group.ends_question)
        group.succeed()
        return wake

    def _give_up(self, error: BaseException, group: Group | None) -> LedgerUnwritableError:
        """Fail `group` and what was placed behind it; go on later only if the write was undone cleanly."""
        if isinstance(error, OSError | LedgerError):
            failure = LedgerUnwritableError(
                f"The ledger {self.path} cannot be written: {error}. "
                "Nothing of this was recorded; free or mend the disk."
            )
        else:
            self._doubt = True
            failure = self._interrupted()
        with self._mutex:
            self._failed = self._open_store().failed or self._failed
            self._drop(failure, group)
        return failure

    def _drop(self, failure: LedgerUnwritableError, group: Group | None) -> None:
        """Fail what was not acknowledged yet, and give the turn back. Mutex held."""
        following, self._group = self._group, None
        for lost in (group, following):
            if lost is not None and not lost.done:
                self._lost.update(dict.fromkeys(lost.unwaited, str(failure)))
                lost.fail(failure)
        self._turn.release()

    def _interrupted(self) -> LedgerUnwritableError:
        return LedgerUnwritableError(
            f"A write to the ledger {self.path} was interrupted; what of it is recorded shows when it is read."
        )

    def _stir(self) -> None:
        """Whoever was to write what waits, or to give the turn back, was interrupted: the background thread writes."""
        with self._io, self._mutex:
            if self._group is None:
                self._turn.release()
            elif self._group.leaves:
                self._group.urgent = True
            self._wake.notify()

    def _run(self) -> None:
        """The background thread: writes what async code waits for, what lingers, and checkpoints that are due."""
        try:
            while self._kept_up():
                pass
        except BaseException as error:  # nobody may wait for a thread that is gone
            self._failed = self._failed or f"its background thread met {error!r}"
            self._give_up(error, None)
            raise

    def _kept_up(self) -> bool:
        """Wait for something to do and do it; whether there may be more."""
        with self._mutex:
            while not (self._closed or self._failed or (wait := self._pace.pause(self._group)) == 0):
                self._wake.wait(wait)
            if self._closed or self._failed:
                return False
            group = self._group
        try:
            if group is not None and group.leaves and not group.done:
                self._commit(group)
            if self._pace.due:
                self.checkpoint()
        except LedgerError as error:
            if group is None or group.error is not error:  # else whoever appended to it was told
                self._pace.put_off()
                if self._pace.failures >= PATIENCE:
                    self._failed = self._failed or f"no checkpoint could be written: {error}"
        return True

    @abstractmethod
    def checkpoint(self) -> object:
        """Sign what is durable, as `Ledger` does."""

    def _after_fork(self) -> None:
        """In the child: no lock is held by a thread that is not there, and the turn is still the parent's."""
        self._fresh_locks()
        self._turn.forget()


def _after_fork_in_child() -> None:
    for writer in list(_WRITERS):
        writer._after_fork()


os.register_at_fork(after_in_child=_after_fork_in_child)
