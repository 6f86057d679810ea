"""The ledger: append a record, durable before `append` returns; read records back by index."""

from __future__ import annotations

import asyncio
import atexit
import threading
import time
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from policies.audit import locks
from policies.audit.checkpoints import sign_checkpoint
from policies.audit.disk import Disk
from policies.audit.encoding import encode, place
from policies.audit.errors import LedgerClosedError, LedgerError, LedgerUnwritableError
from policies.audit.group import Group
from policies.audit.keys import Home
from policies.audit.note import Checkpoint, Signer
from policies.audit.pace import PATIENCE, Pace
from policies.audit.reader import Reader
from policies.audit.records import Record, StoredRecord
from policies.audit.recovery import recover
from policies.audit.store import Store, TornByOtherError
from policies.audit.vault import KeyStore, Vault, Wrapper


class Ledger:
    """One append-only ledger in a directory, for threads, tasks and processes; see docs/ledger.md section 10."""

    def __init__(self, path: Path, home: Home, signer: Signer | None, disk: Disk, vault: Vault) -> None:
        """Use `Ledger.open`."""
        self.path, self.home, self.vault, self._disk, self._signer = path, home, vault, disk, signer
        self._turn = locks.Turn(path, path / "segments")
        self._store: Store | None = None
        self._mutex = threading.RLock()
        self._wake = threading.Condition(self._mutex)
        self._io = threading.RLock()
        self._group: Group | None = None
        self._spare: Group | None = None
        self._next, self._time = 0, 0
        self._lost: dict[str | None, str] = {}
        self._failed: str | None = None
        self._closed = False
        self._forks = locks.forks
        self._thread: threading.Thread | None = None
        self._pace = Pace()

    @classmethod
    def open(
        cls,
        path: Path,
        origin: str | None = None,
        *,
        home: Path | None = None,
        signer: Signer | None = None,
        disk: Disk | None = None,
        wrapper: Wrapper | None = None,
        store: KeyStore | None = None,
    ) -> Self:
        """Open or create the ledger in directory `path`; a torn tail is cut, kept in quarantine and recorded.

        `origin` names a new ledger (default: a random one) or must be the name of the one that is there. Keys,
        known heads and quarantine lie in `home` (default: the directory that holds `path`). `signer` replaces the
        key file, `wrapper` wraps the key under which personal content lies, `store` keeps those keys besides this disk.

        Raises LedgerUnwritableError (cannot be created or written) and LedgerDamagedError (not what was written,
        shorter than last seen, another ledger).
        """
        place = Home(path, home)
        ledger = cls(path, place, signer, disk or Disk(), Vault(place.keys / "subjects", wrapper, store))
        try:
            (path / "segments").mkdir(parents=True, exist_ok=True, mode=0o700)
            (path / "tile").mkdir(exist_ok=True, mode=0o700)
            ledger._turn.open()
            ledger._turn.take()
            try:
                ledger._recover(origin)
            finally:
                ledger._turn.release()
        except OSError as error:
            ledger._turn.close()
            raise LedgerUnwritableError(f"The ledger {path} cannot be opened for writing: {error}.") from error
        except LedgerError:
            ledger._turn.close()
            raise
        atexit.register(_close_at_exit, weakref.ref(ledger))
        return ledger

    @property
    def origin(self) -> str:
        return self._open_store().origin

    @property
    def signer(self) -> Signer:
        """Whatever signs this ledger's checkpoints now."""
        return self._signer or self.home.signer(self.origin)

    @property
    def size(self) -> int:
        """How many records there are, those not yet durable included."""
        with self._mutex:
            if self._group is None and not self._turn.held:
                self._enter()
                self._turn.release()
            return self._next

    def root(self) -> str:
        """Hex root hash over everything recorded so far, which is durable on return."""
        with self._io:
            store = self._settled()
            try:
                return store.tree.root().hex()
            except OSError as error:
                raise self._give_up(error, None) from error
            finally:
                self._leave()

    def append(self, record: Record, wait: bool = True) -> int:
        """Add `record` and return its index. With `wait` it is durable on return, and so is all before it.

        Raises LedgerUnwritableError, LedgerClosedError, RecordTooLargeError; then nothing was acknowledged.
        """
        encoded = encode(record, self.vault)
        with self._mutex:
            group, index = self._enqueue(record, encoded, wait)
        if wait or group.full:
            self._commit(group)
        return index

    async def aappend(self, record: Record, wait: bool = True) -> int:
        """`append` for async code: the event loop goes on while the disk syncs."""
        encoded = encode(record, self.vault)
        with self._mutex:
            group, index = self._enqueue(record, encoded, wait)
            done = group.waiter(asyncio.get_running_loop(), self._wake) if wait or group.full else None
        if done is not None:
            await done
        return index

    def flush(self) -> None:
        """Make every record appended so far durable."""
        with self._mutex:
            self._usable()
            group = self._group
        with self._io:  # waits for a write under way, too
            if group is not None:
                self._commit(group)

    def checkpoint(self) -> Checkpoint | None:
        """Make everything durable and sign it, unless the last checkpoint covers it already; the last checkpoint."""
        with self._io:
            store = self._settled()
            try:
                if store.size and (store.signed is None or store.signed.size < store.size):
                    self._sign(store, self.signer)
                if store.signed is not None:
                    self.home.remember(store.signed)
                self._pace.signed()
            except OSError as error:
                raise self._give_up(error, None) from error
            finally:
                self._leave()
            return store.signed

    def sign_with(self, *signers: Signer) -> Checkpoint:
        """A checkpoint over everything, by these keys: how an old key introduces a new one."""
        with self._io:
            store = self._settled()
            try:
                return self._sign(store, *signers)
            except OSError as error:
                raise self._give_up(error, None) from error
            finally:
                self._leave()

    def read(self, first: int = 0, last: int | None = None) -> Iterator[StoredRecord]:
        """Records `first` to `last` inclusive, in order; `last=None` reads to the end."""
        self.flush()
        return Reader(self.path, self.vault).read(first, last)

    def close(self) -> None:
        """Make everything durable, sign it, and let go of the files. Closing twice is allowed."""
        if self._closed:
            return
        try:
            with self._io:
                while not self._closed and self._failed is None and self._forks == locks.forks:
                    self.checkpoint()
                    with self._mutex:  # what others appended meanwhile is written, too
                        self._closed = self._group is None
        finally:
            with self._mutex:
                self._closed = True
                self._wake.notify_all()
            if self._thread is not None and self._thread is not threading.current_thread():
                self._thread.join()
            with self._io:
                if self._store is not None:
                    self._store.close()
                self._turn.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _settled(self) -> Store:
        """The store with all that was appended so far written and the turn held. io held.

        The store is touched only like this, under io with the turn held, or under the mutex by whoever takes the turn.
        """
        with self._mutex:
            self._usable()
            if self._group is None:
                self._enter()
        if self._group is not None:
            self._write()
        with self._mutex:
            if not self._turn.held:
                self._enter()
        return self._open_store()

    def _sign(self, store: Store, *signers: Signer) -> Checkpoint:
        signed = sign_checkpoint(store, *signers)
        store.add_checkpoint(signed)
        self.home.remember(signed)
        return signed

    def _leave(self) -> None:
        """Give the turn back unless records are waiting to be written."""
        with self._mutex:
            if self._group is None:
                self._turn.release()

    def _open_store(self) -> Store:
        if self._store is None:
            raise LedgerClosedError(f"The ledger {self.path} is not open.")
        return self._store

    def _usable(self) -> None:
        if self._closed:
            raise LedgerClosedError(f"The ledger {self.path} is closed; open it anew.")
        if self._failed:
            raise LedgerClosedError(
                f"The ledger {self.path} stopped: {self._failed}. Mend the disk, then open it anew."
            )
        if self._forks != locks.forks:
            raise LedgerClosedError(f"The ledger {self.path} was opened before this process forked; open it anew.")

    def _enqueue(self, record: Record, encoded: bytes, wait: bool) -> tuple[Group, int]:
        """Give the record its place. Mutex held."""
        if self._closed or self._failed or self._forks != locks.forks:
            self._usable()
        if self._lost and (reason := self._lost.get(record.question) or self._lost.pop(None, None)):
            raise LedgerUnwritableError(f"Records appended before this one were lost: {reason}.")
        entered = not self._turn.held
        if self._group is None:
            self._enter()
        if record.parent is not None and record.parent >= self._next:
            if entered:  # else a checkpoint is being written in this turn
                self._leave()
            raise LedgerError(
                f"A {record.type} record names record {record.parent} as its parent; there are {self._next} so far."
            )
        if self._group is None:
            self._group, self._spare = self._spare or Group(), None
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="ledger", daemon=True)
                self._thread.start()
        group, index, now = self._group, self._next, time.time_ns()
        if now <= self._time:
            now = self._time + 1
        if group.add(place(encoded, index, now), record, wait):
            self._wake.notify()
        self._next, self._time = index + 1, now
        return group, index

    def _enter(self) -> None:
        """Hold the lock between processes and know what they wrote. Mutex held."""
        store = self._open_store()
        if self._turn.held:
            return
        self._usable()
        try:
            self._turn.take()
            try:
                store.catch_up()
            except TornByOtherError:
                self._recover(store.origin)
        except OSError as error:
            self._turn.release()
            raise LedgerUnwritableError(f"The ledger {self.path} cannot be read: {error}.") from error
        except LedgerError:
            self._turn.release()
            raise
        store = self._open_store()
        self._next, self._time = store.size, store.time

    def _recover(self, origin: str | None) -> None:
        """(Re)open the files. The process lock is held."""
        if self._store is not None:
            self._store.close()
        store = self._store = recover(self.path, self.home, origin, self._signer, self._disk, self.vault)
        self._next, self._time = store.size, store.time
        unsigned = store.size - (store.signed.size if store.signed else 0)
        if unsigned:
            self._pace.wrote(unsigned, ends_question=False)

    def _commit(self, group: Group) -> None:
        """Return when `group` is durable: lead the write, or wait for whoever leads it."""
        with self._io:
            if not group.done:
                self._write()
        if group.error is not None:
            raise group.error

    def _write(self) -> None:
        """Write and sync the current group. io held."""
        with self._mutex:
            group, self._group = self._group, None
            if group is None:
                return
            last = self._time
            # The lock stays held: the next group's indexes go on from this one's.
            if self._turn.contended():
                if self._write_group(group, last):
                    self._wake.notify()
                self._turn.release()
                return
            self._group = following = self._spare or Group()
            self._spare = None
        wake = self._write_group(group, last)
        with self._mutex:
            if self._group is following and not following.leaves:
                self._group, self._spare = None, following
                self._turn.release()
            if wake:
                self._wake.notify()

    def _write_group(self, group: Group, last: int) -> bool:
        """Write and sync `group`, tell its waiters; whether the background thread must hear of it."""
        store = self._open_store()
        try:
            store.append(group.leaves, last)
        except (OSError, LedgerError) as error:
            self._give_up(error, group)
            return True
        wake = self._pace.wrote(len(group.leaves), group.ends_question)
        group.succeed()
        return wake

    def _give_up(self, error: OSError | LedgerError, group: Group | None) -> LedgerUnwritableError:
        """Fail `group` and what was placed behind it; go on later only if the write was undone cleanly."""
        store = self._open_store()
        failure = LedgerUnwritableError(
            f"The ledger {self.path} cannot be written: {error}. Nothing of this was recorded; free or mend the disk."
        )
        with self._mutex:
            self._failed = store.failed
            following, self._group = self._group, None
            for lost in (group, following):
                if lost is not None:
                    self._lost.update(dict.fromkeys(lost.unwaited, str(error)))
                    lost.fail(failure)
            self._turn.release()
        return failure

    def _run(self) -> None:
        """The background thread: writes what async code waits for, what lingers, and checkpoints that are due."""
        while True:
            with self._mutex:
                while not (self._closed or self._failed or (wait := self._pace.pause(self._group)) == 0):
                    self._wake.wait(wait)
                if self._closed or self._failed:
                    return
                group = self._group
            try:
                if group is not None and group.leaves and not group.done:
                    self._commit(group)
                if self._pace.due:
                    self.checkpoint()
            except LedgerError as error:
                if group is not None and group.error is error:
                    continue  # whoever appended to it was told
                self._pace.put_off()
                if self._pace.failures >= PATIENCE:
                    self._failed = self._failed or f"no checkpoint could be written: {error}"


def _close_at_exit(reference: weakref.ref[Ledger]) -> None:
    ledger = reference()
    if ledger is not None and ledger._forks == locks.forks:
        ledger.close()
