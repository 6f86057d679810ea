"""Delivering: alerts, approvals, what became of them, and digests reach people in their channels.

All of it waits where it is kept anyway: alerts and digests in the outbox, approvals in the house. `Heard` says who has
heard of which, for each place and person; so a channel or a place that is down loses nothing and keeps nothing from
others. What was taken is marked afterwards: a crash in between tells it twice rather than never.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Literal, Protocol, TypeVar

import structlog

from agents.channels.heard import Heard
from agents.channels.notice import (
    ApprovalNotice,
    NothingWaits,
    Pointer,
    Settled,
    Waits,
    answer_key,
    approval_key,
    asked_key,
    settled_key,
)
from agents.channels.port import Port, RefusedError, Speaker
from tools.errors import RegentError

if TYPE_CHECKING:
    from agents.answer import Answer
    from policies.controls.outbox import Alert, Outbox

log = structlog.get_logger()
_LATELY = timedelta(days=1)
"""How far back a place that is new hears of alerts that others have heard of."""
_BEGAN = "began"
Told = Literal["told", "busy", "missed"]
_Asked = TypeVar("_Asked", ApprovalNotice, Pointer)


class Notifier(Protocol):
    """One channel's way to reach people unasked. Each call returns only when the channel took the message.

    Each raises RegentError when it did not.
    """

    channel: str
    places: tuple[str, ...]
    """Who hears of alerts, as the channel names them."""

    def notify(self, alert: Alert, place: str) -> None:
        """Tell one place of a control that left `evidenced`."""

    def ask_approver(self, notice: ApprovalNotice, approver: str) -> str:
        """Ask one approver, in private; where it was said, for `settle`."""

    def point(self, pointer: Pointer, approver: str) -> str:
        """Tell one approver, in private, of what is decided elsewhere; where it was said, for `settle`."""

    def settle(self, settled: Settled, approver: str, said: str) -> None:
        """Put what became of it in the place of what `ask_approver` said."""

    def bring(self, settled: Settled, answer: Answer | None) -> None:
        """Bring the asker, alone, the answer to what waited; None: there is none, and they are to ask again."""


class Round:
    """Goes through what waits; to be done again and again.

    Without an `outbox`, alerts stay where they are. `port` brings answers to those who asked in the channel and wait.
    """

    def __init__(
        self,
        outbox: Outbox | None,
        heard: Heard,
        notifiers: Sequence[Notifier],
        waits: Waits | None = None,
        port: Port | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._clock = clock
        self._outbox, self._heard, self._notifiers = outbox, heard, notifiers
        self._waits, self._port = waits or NothingWaits(), port

    def go(self) -> int:
        """Deliver what waits; how many did not arrive and will be tried again."""
        missed = self._alerts()
        for notifier in self._notifiers:
            missed += self._asked(notifier) + self._settled(notifier)
        return missed

    def _alerts(self) -> int:
        missed = 0
        if self._outbox is None:
            return 0
        places = [(one, place, f"{one.channel}:{place}") for one in self._notifiers for place in one.places]
        began = {who: self._began(who) for _, _, who in places}
        for alert in self._outbox.alerts() if places else ():
            if alert.left:
                missed += self._alert(self._outbox, alert, [one for one in places if _due(alert, began[one[2]])])
        return missed

    def _alert(self, outbox: Outbox, alert: Alert, places: Sequence[tuple[Notifier, str, str]]) -> int:
        told = [
            self._tell(one, f"alert/{alert.id}", who, partial(one.notify, alert, place)) for one, place, who in places
        ]
        if "told" in told and alert.delivered is None:
            outbox.delivered(alert.id, self._clock())
        return told.count("missed")

    def _began(self, who: str) -> datetime:
        """Since when a place is told of alerts: it never hears of what is older, and loses nothing that is younger."""
        found = self._heard.said(_BEGAN, who)
        if found is None:
            self._heard.mark(_BEGAN, who, self._clock().isoformat())
            found = self._heard.said(_BEGAN, who)
        return datetime.fromisoformat(found) if found else self._clock()

    def _asked(self, notifier: Notifier) -> int:
        waits, channel = self._waits, notifier.channel
        missed = self._approvers(notifier, waits.pending(channel), lambda one, who: notifier.ask_approver(one, who))
        return missed + self._approvers(notifier, waits.elsewhere(channel), lambda one, who: notifier.point(one, who))

    def _approvers(self, notifier: Notifier, waiting: Iterable[_Asked], tell: Callable[[_Asked, str], str]) -> int:
        return sum(
            self._tell(notifier, approval_key(one.approval), who, partial(tell, one, who)) == "missed"
            for one in waiting
            for who in one.approvers
        )

    def _settled(self, notifier: Notifier) -> int:
        missed = 0
        for one in self._waits.settled(notifier.channel):
            for who in one.approvers:
                said = self._heard.said(approval_key(one.approval), who)
                if said:  # they were asked, and see the buttons still, unless it was they who pressed one
                    tell = partial(notifier.settle, one, who, said)
                    missed += self._tell(notifier, settled_key(one.approval), who, tell) == "missed"
            missed += self._waited(notifier, one)
        return missed

    def _waited(self, notifier: Notifier, one: Settled) -> int:
        """Bring the answer to whoever asked in this channel, and did not decide in it."""
        port, who = self._port, one.asker_as
        if port is None or who is None or not one.over:
            return 0
        session = self._heard.said(asked_key(one.approval), who)
        if session is None:
            return 0

        def bring() -> None:
            try:
                by = Speaker(person=who, channel=notifier.channel, session=session, within=one.within)
                answer = port.resume(by, one.approval)
                notifier.bring(one, answer)
                if answer.approval is not None:  # it waits once more, for another call
                    self._heard.mark(asked_key(answer.approval), who, session)
            except RefusedError:
                if not one.given_up:
                    raise
                notifier.bring(one, None)

        return self._tell(notifier, answer_key(one.approval), who, bring) == "missed"

    def _tell(self, notifier: Notifier, what: str, who: str, tell: Callable[[], str | None]) -> Told:
        return tell_once(self._heard, notifier.channel, what, who, tell)


def tell_once(heard: Heard, channel: str, what: str, who: str, tell: Callable[[], str | None]) -> Told:
    """Tell them unless they have heard of it, now or before; `busy`: somebody else is telling them."""
    try:
        return tell_or_raise(heard, what, who, tell)
    except RegentError as error:
        log.warning("not delivered, it is tried again", channel=channel, error=str(error))
        return "missed"


def tell_or_raise(heard: Heard, what: str, who: str, tell: Callable[[], str | None]) -> Told:
    """`tell_once`, for whoever looks after a failure. RegentError when it was not told; never `missed`."""
    if heard.has(what, who):
        return "told"
    if not heard.claim(what, who):
        return "told" if heard.has(what, who) else "busy"
    try:
        said = tell()
    except BaseException:
        heard.release(what, who)
        raise
    heard.mark(what, who, said or "")
    return "told"


def _due(alert: Alert, began: datetime) -> bool:
    """Whether a place that is told since `began` is to hear of it: what nobody had heard of is never too old."""
    news = began - _LATELY
    return alert.delivered is None or max(alert.delivered, alert.at) > news
