"""Asked there: what waits in runtimes behind AgentCore, for channel functions that look every minute.

The state table says that something waits, where, and for whom; what it is, each approver's own question to the house
says. A runtime is only called for an approver who has not heard of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from agents.channels.heard import Heard
from agents.channels.notice import ApprovalNotice, Pointer, Settled, approval_key
from agents.channels.port import Port, PortError, RefusedError, Speaker, runtime_session

if TYPE_CHECKING:
    from policies.oversight.asked import Asked, AskedStore

log = structlog.get_logger()
_RUNS = timedelta(minutes=20)
"""Longer than any run goes on after its approval."""


class AskedThere:
    """`Waits` of the runtimes of a deployment."""

    def __init__(
        self,
        asked: AskedStore,
        port: Port,
        heard: Heard,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        people: str | None = None,
    ) -> None:
        """`people` is where the runtime for people with tokens is invoked, for what only they can decide."""
        self._people = people
        self._asked, self._port, self._heard, self._clock = asked, port, heard, clock

    def pending(self, channel: str) -> Iterator[ApprovalNotice]:
        for one, approvers in self._waiting(channel, envelopes=True):
            for who in approvers:
                session, within = f"{channel}:approval:{one.approval}", runtime_session(one.session)
                by = Speaker(person=who, channel=channel, session=session, within=within)
                try:
                    notice = self._notice(one, by)
                except (PortError, RefusedError) as error:
                    log.warning("what waits cannot be read, it is tried again", approval=one.approval, error=str(error))
                    continue
                if notice is not None:
                    yield notice

    def settled(self, channel: str) -> Iterator[Settled]:
        now = self._clock()
        for one in self._asked.all(now):
            if one.words is None and one.expires > now:
                continue
            since = now - (one.at or one.expires)
            yield Settled(
                approval=one.approval,
                words=one.words or f"expired at {one.expires:%Y-%m-%d %H:%M} UTC",
                asker_as=_of(channel, one.asker)[0] if _of(channel, one.asker) else None,
                approvers=_of(channel, one.approvers),
                # whoever decided goes on with it at once: nobody may come between
                over=one.envelopes and (one.words is None or one.went_on or since > _RUNS),
                given_up=since > _RUNS,
                within=runtime_session(one.session),
            )

    def elsewhere(self, channel: str) -> Iterator[Pointer]:
        for one, approvers in self._waiting(channel, envelopes=False):
            yield Pointer(
                approval=one.approval, query=one.query, within=one.session, expires=one.expires, approvers=approvers,
                url=self._people,
            )  # fmt: skip

    def _waiting(self, channel: str, *, envelopes: bool) -> Iterator[tuple[Asked, tuple[str, ...]]]:
        """What waits, and who of the channel has not heard of it."""
        now = self._clock()
        for one in self._asked.all(now):
            if one.words is not None or one.expires <= now or one.envelopes != envelopes:
                continue
            new = [who for who in _of(channel, one.approvers) if not self._heard.has(approval_key(one.approval), who)]
            if new:
                yield one, tuple(new)

    def _notice(self, one: Asked, by: Speaker) -> ApprovalNotice | None:
        """It, as this approver may see it; None when the house knows of nothing that they may decide."""
        found = next((w for w in self._port.waiting(by) if w.approval == one.approval and w.state == "pending"), None)
        if found is None or found.mine:
            return None
        return ApprovalNotice(
            approval=found.approval, asker=found.asker, session=by.session, within=by.within, query=found.query,
            asker_as=_of(by.channel, one.asker)[0] if _of(by.channel, one.asker) else None, input=found.input,
            accounts=found.accounts, reason=found.reason, expires=found.expires, approvers=(by.person,),
        )  # fmt: skip


def _of(channel: str, known_as: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(one for one in known_as if one.startswith(f"{channel}:"))
