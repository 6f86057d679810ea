"""The diagnostics copy of the ledger in CloudWatch Logs: one line per record, for alarms and for looking.

A line says which record it is and what was decided, never what was asked, given or found. It is no evidence: CloudWatch
takes a line twice after a crash, and whoever may write to the group may write anything. The ledger is the evidence.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict

from policies.audit.errors import LedgerError, RemoteError
from policies.audit.keys import Home, write_durably
from policies.audit.reader import Reader
from policies.audit.segments import read_raw

EVENTS, SPAN_MS = 1000, 23 * 3600 * 1000
"""Lines of one call, and the time they may span: CloudWatch takes 10,000, a megabyte and a day."""
SAID = ("decision", "outcome", "status", "point", "handler", "gen_ai.tool.name", "gen_ai.request.model", "error.type")
"""Members of a body that are copied when they are short words: outcomes and names of ours, no content."""
_WORD = 128


class _Position(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    next: int = 0


class LogCopy:
    """Copies what is new in the ledger in `path` to `group`, in a stream named after the ledger."""

    def __init__(self, path: Path, client: Any, group: str, *, home: Path | None = None) -> None:
        self.path, self.client, self.group = path, client, group
        self._state = Home(path, home).path / "spool" / f"{path.name}.log.json"
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._made = False
        self.error: LedgerError | None = None

    def copy(self) -> int:
        """Copy the records that were not copied yet; how many. RemoteError when CloudWatch refuses."""
        from botocore.exceptions import BotoCoreError, ClientError

        done = 0
        with self._lock:
            origin = Reader(self.path).origin()
            if origin is None:
                return 0
            stream = hashlib.sha256(origin.encode()).hexdigest()[:32]
            try:
                self._make(stream)
                for last, events in self._batches():
                    put = self.client.put_log_events(logGroupName=self.group, logStreamName=stream, logEvents=events)
                    if put.get("rejectedLogEventsInfo"):
                        raise RemoteError(f"CloudWatch refused lines for {self.group}: {put['rejectedLogEventsInfo']}.")
                    write_durably(self._state, _Position(next=last + 1).model_dump_json().encode())
                    done += len(events)
            except (ClientError, BotoCoreError) as error:
                raise RemoteError(f"The log group {self.group} cannot be written: {error}") from error
        return done

    def start(self, every: float = 60.0) -> None:
        """Copy in the background every `every` seconds; a failure is kept in `error` and tried again."""
        self._thread = threading.Thread(target=self._run, args=(every,), name="ledger-log", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Copy what is left and stop. Raises what the last try raised."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        self.copy()

    def _run(self, every: float) -> None:
        while not self._stop.wait(every):
            try:
                self.copy()
                self.error = None
            except LedgerError as error:
                self.error = error

    def _make(self, stream: str) -> None:
        if not self._made:
            with suppress(self.client.exceptions.ResourceAlreadyExistsException):  # made by an earlier run
                self.client.create_log_stream(logGroupName=self.group, logStreamName=stream)
            self._made = True

    def _batches(self) -> Iterator[tuple[int, list[dict[str, Any]]]]:
        """(last index, lines) of what is new, cut so that CloudWatch takes each."""
        first = _Position.model_validate_json(self._state.read_bytes()).next if self._state.exists() else 0
        events: list[dict[str, Any]] = []
        index = first
        for index, leaf in read_raw(self.path / "segments", first):
            event = line(leaf)
            if events and (len(events) == EVENTS or event["timestamp"] - events[0]["timestamp"] > SPAN_MS):
                yield index - 1, events
                events = []
            events.append(event)
        if events:
            yield index, events


def line(leaf: bytes) -> dict[str, Any]:
    """The log event of the record in frame `leaf` (kind byte in front); its time is in milliseconds."""
    value = orjson.loads(leaf[1:])
    said = {name: value["body"][name] for name in SAID if _is_word(value["body"].get(name))}
    members = ("index", "type", "question", "session", "principal", "actor", "parent")
    message = {name: value[name] for name in members} | {"hash": hashlib.sha256(leaf).hexdigest()} | said
    return {"timestamp": value["time"] // 1_000_000, "message": orjson.dumps(message).decode()}


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= _WORD and " " not in value
