"""Composing: a digest's questions are asked, each on its own, and put beside what changed and what waits."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from agents.channels.digests.composed import Composed, Part
from agents.channels.port import Port, PortError, RefusedError, Speaker
from agents.channels.rendering import view
from agents.would_run import briefly
from tools.errors import RegentError

if TYPE_CHECKING:
    from agents.settings import Disclosure
    from policies.controls.digests_kept import KeptDigests
    from policies.controls.outbox import Alert, Outbox
    from policies.oversight.digest import Digest

log = structlog.get_logger()
CHANNEL = "digest"
LATE = timedelta(minutes=15)
"""From when on a digest says that it is late."""
TRIES = timedelta(minutes=45)
"""For how long a question that cannot be asked is tried again, before the digest goes out and says so."""
PERSONAL = "The answer holds data about persons, so a digest does not bring it. Ask it yourself, in direct messages."
_MOST_LINES = 20


class Composer:
    """Composes what is due, once however many processes there are."""

    def __init__(
        self,
        digests: Iterable[Digest],
        port: Port,
        kept: KeptDigests,
        outbox: Outbox,
        disclosure: Disclosure,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._digests, self._port, self._kept, self._outbox = tuple(digests), port, kept, outbox
        self._disclosure, self._clock = disclosure, clock

    def go(self) -> int:
        """Compose what is due; how many could not be composed and will be tried again."""
        failed = 0
        for digest in self._digests:
            try:
                self._due(digest)
            except RegentError as error:
                log.warning("a digest is not composed, it is tried again", digest=digest.name, error=str(error))
                failed += 1
        return failed

    def now(self, digest: Digest) -> Composed:
        """What would be sent at this moment. RegentError when a question cannot be asked."""
        now = self._clock()
        composed = self._frame(digest, now, digest.slot(now), now)
        return self._filled(digest, composed, now, keep=lambda part: None, patient=True)

    def _due(self, digest: Digest) -> None:
        now = self._clock()
        since = self._kept.since(digest.name, now)
        slots = digest.slots(since, now)
        if not slots:
            return
        slot = slots[-1]
        begun = self._kept.begin(digest.name, slot, now)
        if begun is None:
            return
        try:
            if begun.body:  # somebody began it and died: what was asked is not asked again
                composed = Composed.model_validate_json(begun.body)
            else:
                before = min(since, _before(digest, slot))  # the first one tells of a whole day or week, too
                composed = self._frame(digest, slot, before, now, tuple(slots[:-1]))
            patient = now - begun.at < TRIES

            def keep(part: Composed) -> None:
                self._kept.keep(digest.name, slot, part.model_dump_json(), self._clock(), done=False)

            whole = self._filled(digest, composed, now, keep, patient=patient)
            self._kept.keep(digest.name, slot, whole.model_dump_json(), self._clock(), done=True)
        except BaseException:
            self._kept.release(digest.name, slot)
            raise

    def _frame(
        self, digest: Digest, slot: datetime, since: datetime, now: datetime, missed: tuple[datetime, ...] = ()
    ) -> Composed:
        return Composed(
            name=digest.name, heading=digest.heading, slot=slot, since=since, at=now, zone=digest.zone,
            late=now - slot > LATE, missed=missed, to=digest.to, contact=self._disclosure.contact,
        )  # fmt: skip

    def _filled(
        self, digest: Digest, composed: Composed, now: datetime, keep: Callable[[Composed], None], *, patient: bool
    ) -> Composed:
        for number, question in list(enumerate(digest.questions))[len(composed.parts) :]:
            part = self._part(digest, composed, number, question, patient=patient)
            composed = composed.model_copy(update={"parts": (*composed.parts, part)})
            keep(composed)
        changes, alerts = self._controls(digest, composed.since, now)
        found = {"changes": changes, "alerts": alerts, "approvals": self._waiting(digest, composed, patient=patient)}
        return composed.model_copy(update=found)

    def _part(self, digest: Digest, composed: Composed, number: int, question: str, *, patient: bool) -> Part:
        try:
            shown = view(self._port.ask(_speaker(digest, f"{composed.key}/{number}"), question), self._disclosure)
        except RefusedError as error:
            return Part(question=question, said=f"Not answered: {error}")
        except PortError as error:
            if patient:
                raise
            return Part(question=question, said=f"It could not be asked in {_minutes(TRIES)}: {error}")
        # whose data it is, an answer does not say; so none of it goes to anybody who did not ask
        return Part(question=question, said=PERSONAL) if shown.personal else Part(question=question, view=shown)

    def _waiting(self, digest: Digest, composed: Composed, *, patient: bool) -> tuple[str, ...]:
        """What waits that its principal may see: no word of who asked, or for what about whom."""
        if not digest.approvals:
            return ()
        try:
            found = self._port.waiting(_speaker(digest, composed.key))
        except RefusedError:
            return ()
        except PortError:
            if patient:
                raise
            return ("It is not known which approvals wait.",)
        waiting = (one for one in found if one.state == "pending")
        return _few(f"{briefly(one.query)}, until {one.expires:%Y-%m-%d %H:%M} UTC" for one in waiting)

    def _controls(self, digest: Digest, since: datetime, now: datetime) -> tuple[tuple[str, ...], tuple[str, ...]]:
        if not digest.controls:
            return (), ()
        known, still = self._outbox.alerts(), dict[tuple[str, str], "Alert"]()
        for one in known:
            if one.left:
                still[one.source, one.control] = one
            elif one.after == "evidenced":
                still.pop((one.source, one.control), None)
        changed = (one for one in known if since < one.at <= now)
        return _few(map(_change, changed)), _few(map(_open, still.values()))


def _speaker(digest: Digest, session: str) -> Speaker:
    return Speaker(person=digest.person, channel=CHANNEL, session=session)


def _before(digest: Digest, slot: datetime) -> datetime:
    return digest.slot(slot - timedelta(seconds=1))


def _change(one: Alert) -> str:
    return f"{one.control}: {one.before}, now {one.after} ({one.at:%Y-%m-%d %H:%M} UTC, estate {one.source})"


def _open(one: Alert) -> str:
    return f"{one.control} left evidenced on {one.at:%Y-%m-%d %H:%M} UTC (estate {one.source}, record {one.record})"


def _few(found: Iterable[str]) -> tuple[str, ...]:
    lines = list(found)
    left = len(lines) - _MOST_LINES
    return (*lines[:_MOST_LINES], *([f"and {left} more"] if left > 0 else []))


def _minutes(span: timedelta) -> str:
    return f"{span.total_seconds() / 60:.0f} minutes"
