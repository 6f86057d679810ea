"""Delivering: alerts and approvals reach people in their channels. What a channel did not take is tried again.

Both wait where they are kept anyway: alerts in the outbox, approvals in the house. A mark says who has heard of which;
it is set after a channel took it, never before. So a channel that is down loses nothing, and a crash between taking and
marking tells it twice rather than never.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import structlog
from pydantic import BaseModel, ConfigDict

from agents.channels.delivery import ChannelError
from policies.access.principal import KnownAs
from tools.errors import RegentError

if TYPE_CHECKING:
    import sqlite3

    from policies.controls.outbox import Alert, Outbox

log = structlog.get_logger()
EVERY_SECONDS = 15.0
_FORGET_SECONDS = 400 * 24 * 3600
_LATELY = timedelta(days=7)
"""How far back a new channel tells of alerts that others have delivered."""
_TOLD = timedelta(seconds=_FORGET_SECONDS) - timedelta(days=1)
"""How far back a channel tells of what it has not told: no further than who heard of what is remembered."""
_BEGAN = "began"


class ApprovalNotice(BaseModel):
    """An approval that waits, as its approvers hear of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    approval: str
    asker: str
    asker_as: KnownAs | None
    """The asker in the channel, if they are known there: whom the answer goes to."""
    session: str
    """The asker's conversation."""
    query: str
    input: Mapping[str, Any]
    accounts: tuple[str, ...]
    reason: str
    expires: datetime
    approvers: tuple[str, ...]
    """Who may decide it, as the channel knows them."""


class Notifier(Protocol):
    """One channel's way to reach people unasked. Each call returns only when the channel took the message."""

    channel: str

    def notify(self, alert: Alert) -> None:
        """Tell of a control that left `evidenced`. RegentError when it could not be delivered."""

    def ask_approver(self, notice: ApprovalNotice, approver: str) -> None:
        """Ask one approver, in private. RegentError when it could not be delivered."""


class Heard(Protocol):
    """Who has heard of what. Safe for threads and processes; each may raise ChannelError."""

    def has(self, what: str, who: str) -> bool:
        """Whether it was marked before."""

    def mark(self, what: str, who: str) -> None:
        """Remember it for a year and more."""


class HeardFile:
    """`Heard` in the file at `path`."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self._path, self._clock = path, clock

    def has(self, what: str, who: str) -> bool:
        with self._open() as db:
            return db.execute("select 1 from heard where what = ? and who = ?", (what, who)).fetchone() is not None

    def mark(self, what: str, who: str) -> None:
        now = self._clock()
        with self._open() as db:
            db.execute("delete from heard where at < ?", (now - _FORGET_SECONDS,))
            db.execute("insert or ignore into heard values (?, ?, ?)", (what, who, now))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        import sqlite3
        from contextlib import closing

        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with closing(sqlite3.connect(self._path, timeout=15, isolation_level=None)) as db:
                db.execute(
                    "create table if not exists heard (what text, who text, at real, primary key (what, who)) "
                    "without rowid"
                )
                yield db
        except (sqlite3.Error, OSError) as error:
            raise ChannelError(f"The file {self._path.name} of who heard what cannot be used: {error}.") from error


class Round:
    """Goes through what waits, again and again. `approvals` gives those that wait, for one channel's people.

    Without an `outbox`, alerts stay where they are, for a channel that has somebody to tell them.
    """

    def __init__(
        self,
        outbox: Outbox | None,
        heard: Heard,
        notifiers: Sequence[Notifier],
        approvals: Callable[[str], Iterable[ApprovalNotice]] = lambda channel: (),
        every: float = EVERY_SECONDS,
    ) -> None:
        self._every = every
        self._outbox, self._heard, self._notifiers, self._approvals = outbox, heard, notifiers, approvals
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def go(self) -> int:
        """Deliver what waits; how many did not arrive and will be tried again."""
        return self._alerts() + sum(self._approvals_of(notifier) for notifier in self._notifiers)

    def __enter__(self) -> Round:
        self._thread = threading.Thread(target=self._run, name="delivering")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self._every if self._settled() else self._every / 3):
            pass

    def _settled(self) -> bool:
        try:
            return self.go() == 0
        except Exception as error:  # noqa: BLE001 - the border: one failure must not end the rounds
            log.error("delivering failed", error=type(error).__name__, said=str(error))
            return False

    def _alerts(self) -> int:
        missed = 0
        if self._outbox is None:
            return 0
        self._begin(self._outbox)
        for alert in _since(self._outbox, _TOLD) if self._notifiers else ():
            reached = [self._tell(n, _key(alert), n.channel, lambda n=n, a=alert: n.notify(a))  # type: ignore[misc]
                       for n in self._notifiers]  # fmt: skip
            if all(reached) and alert.delivered is None:
                self._outbox.delivered(alert.id, datetime.now(UTC))
            missed += reached.count(False)
        return missed

    def _begin(self, outbox: Outbox) -> None:
        """A channel that is new leaves what others told long ago; one that was down for long leaves nothing."""
        for notifier in self._notifiers:
            if self._heard.has(_BEGAN, notifier.channel):
                continue
            lately = {alert.id for alert in _since(outbox, _LATELY)}
            for alert in outbox.alerts():
                if alert.id not in lately:
                    self._heard.mark(_key(alert), notifier.channel)
            self._heard.mark(_BEGAN, notifier.channel)

    def _approvals_of(self, notifier: Notifier) -> int:
        missed = 0
        for notice in self._approvals(notifier.channel):
            for who in notice.approvers:
                reached = self._tell(
                    notifier,
                    approval_key(notice),
                    who,
                    lambda notice=notice, who=who: notifier.ask_approver(notice, who),  # type: ignore[misc]
                )
                missed += not reached
        return missed

    def _tell(self, notifier: Notifier, what: str, who: str, tell: Callable[[], None]) -> bool:
        """Whether they have heard of it, now or before."""
        try:
            if not self._heard.has(what, who):
                tell()
                self._heard.mark(what, who)
        except RegentError as error:
            log.warning("not delivered, it is tried again", channel=notifier.channel, error=str(error))
            return False
        return True


def tell_each(heard: Heard, alert: str, channel: str, places: Sequence[str], tell: Callable[[str], None]) -> None:
    """Tell every place of a channel of the alert with this id, each once, whatever becomes of the others.

    Raises:
        RegentError: the first failure, after all were tried; the next call tries only those that did not hear.
    """
    failed: RegentError | None = None
    for place in places:
        what, who = f"alert/{alert}", f"{channel}:{place}"
        try:
            if not heard.has(what, who):
                tell(place)
                heard.mark(what, who)
        except RegentError as error:
            failed = failed or error
    if failed is not None:
        raise failed


def approval_key(notice: ApprovalNotice) -> str:
    """What `Heard` knows an approval by."""
    return f"approval/{notice.approval}"


def _key(alert: Alert) -> str:
    return f"alert/{alert.id}"


def _since(outbox: Outbox, ago: timedelta) -> list[Alert]:
    """Alerts that wait, and those that another channel, in another process, has told its people of since."""
    since = datetime.now(UTC) - ago
    return [one for one in outbox.alerts() if one.delivered is None or one.delivered > since]
