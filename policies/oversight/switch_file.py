"""The kill switch as a file beside the ledger, which is the truth: a file that went is written anew from its records.

Reading takes some tens of microseconds, so every check reads the file and none is remembered.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from policies.audit.bodies import SwitchResumed, SwitchStopped
from policies.audit.errors import LedgerError
from policies.audit.keys import write_durably
from policies.audit.segments import list_segments
from policies.oversight.switch import Scope, Stop, Stops, SwitchError, with_stop, without
from tools.own_file import own_folder

if TYPE_CHECKING:
    from policies.audit import Ledger

_NEEDLE = b'"type":"switch.'
"""Stands in no other record: inside a JSON string its quotes would be escaped."""
_INDEX = re.compile(rb'"index":(\d+),"time":\d+,$')


class _State(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    origin: str
    last: int
    """Index of the last `switch.` record that is in it; -1: none yet."""
    stops: Stops = ()


class _File:
    """The file itself: a checksum, a line end, and the state as JSON."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> _State:
        """SwitchError when it is missing, cannot be read, or is not what was written."""
        name = self.path.name
        try:
            raw = self.path.read_bytes()
        except FileNotFoundError:
            raise SwitchError(f"The kill switch {name} is missing.") from None
        except OSError as error:
            raise SwitchError(f"The kill switch {name} cannot be read: {error.strerror}.") from error
        digest, _, body = raw.partition(b"\n")
        if hashlib.sha256(body).hexdigest().encode() != digest:
            raise SwitchError(f"The kill switch {name} is damaged.")
        try:
            return _State.model_validate_json(body)
        except ValidationError as error:
            raise SwitchError(f"The kill switch {name} is damaged.") from error

    def save(self, state: _State) -> None:
        body = state.model_dump_json().encode()
        write_durably(self.path, hashlib.sha256(body).hexdigest().encode() + b"\n" + body)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One writer at a time, between processes. SwitchError when it cannot be written."""
        try:
            own_folder(self.path.parent)
            lock = self.path.with_name(f".{self.path.name}.lock")
            door = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(door, fcntl.LOCK_EX)
                yield
            finally:
                os.close(door)
        except OSError as error:
            raise SwitchError(f"The kill switch {self.path.name} cannot be written: {error.strerror}.") from error


class FileSwitch:
    """The stops in `path`. Made for one ledger; a copy from before its last change is noticed when it is opened."""

    def __init__(self, path: Path, ledger: Ledger) -> None:
        """Bring the file up to the ledger. Never raises for a file that cannot be used: reading it says so."""
        self._file, self._ledger = _File(path), ledger
        with suppress(SwitchError, LedgerError), self._file.alone():
            self._settle()

    remote = False

    def read(self) -> Stops:
        return self._file.load().stops

    def change(self, edit: Callable[[Stops], Stops]) -> None:
        """Replace the stops. A file that cannot be read is first rebuilt from the ledger."""
        with self._file.alone():
            try:
                held = self._file.load().stops
            except SwitchError:
                held = self._from_ledger().stops
            try:
                latest = self._latest(everywhere=True)
            except LedgerError:
                latest = None  # a stop takes effect even when the ledger is of no use
            last = -1 if latest is None else latest
            self._file.save(_State(origin=self._ledger.origin, last=last, stops=edit(held)))

    def _settle(self) -> None:
        """Write the file from the ledger when it is missing, or when the ledger knows of a later change."""
        if not self._file.path.exists():
            self._file.save(self._from_ledger())
            return
        state, latest = self._file.load(), self._latest()
        if state.origin != self._ledger.origin or (latest is not None and latest != state.last):
            # what only the file knows stays stopped: a stop takes effect even when the ledger cannot record it
            known = self._from_ledger()
            scopes = {stop.scope for stop in known.stops}
            extra = tuple(stop for stop in state.stops if stop.scope not in scopes)
            self._file.save(known.model_copy(update={"stops": (*known.stops, *extra)}))

    def _latest(self, *, everywhere: bool = False) -> int | None:
        """Index of the latest `switch.` record in the newest segment (or anywhere), None when there is none."""
        self._ledger.flush()
        for segment in reversed(list_segments(self._ledger.path / "segments")):
            data = segment.read()
            at = data.rfind(_NEEDLE)
            if at >= 0:
                found = _INDEX.search(data, max(0, at - 80), at)
                return int(found[1]) if found else None
            if not everywhere:
                return None
        return None

    def _from_ledger(self) -> _State:
        """What all `switch.` records together say."""
        from policies.audit.encoding import decode
        from policies.audit.segments import read_raw

        self._ledger.flush()
        stops: Stops = ()
        last = -1
        for index, leaf in read_raw(self._ledger.path / "segments"):
            if _NEEDLE not in leaf:
                continue
            stored = decode(index, leaf, "", self._ledger.vault)
            last = index
            match stored.body:
                case SwitchStopped() as body:
                    scope = Scope(kind=body.scope, name=body.name or body.person)
                    at = datetime.fromtimestamp(stored.time / 1e9, UTC)
                    stops = with_stop(stops, Stop(scope=scope, reason=body.reason, by=body.by, at=at))
                case SwitchResumed() as body:
                    stops = without(stops, Scope(kind=body.scope, name=body.name or body.person))
        return _State(origin=self._ledger.origin, last=last, stops=stops)


def erase_stops(path: Path, gone: Callable[[Stop], Stop | None]) -> int:
    """Replace each stop in the file by what `gone` makes of it (None: removed); how many changed."""
    file = _File(path)
    if not path.exists():
        return 0
    with file.alone():
        state = file.load()
        made = [(stop, gone(stop)) for stop in state.stops]
        file.save(state.model_copy(update={"stops": tuple(after for _, after in made if after is not None)}))
        return sum(1 for before, after in made if before != after)
