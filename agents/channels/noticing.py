"""Noticing: what waits in a house for a second person, what became of it, and who of a channel is to hear of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from agents.channels.notice import ApprovalNotice, Pointer, Settled
from agents.local import as_now
from agents.resuming import check_place, run_of
from policies.access import UnknownPrincipalError, names_of
from policies.access.principal import SHIPPED
from policies.oversight import ApprovalError

if TYPE_CHECKING:
    from agents.acting import House
    from policies.access import Principal
    from policies.oversight import History

_LATELY = timedelta(days=2)
"""For how long after an approval would have expired people hear of what became of it."""
_RUNS = timedelta(minutes=20)
"""Longer than any run goes on after its approval."""


class WaitsHere:
    """`Waits` of a house in this process: whatever its ledger knows, wherever it was asked."""

    def __init__(self, house: House) -> None:
        self._house = house

    def pending(self, channel: str) -> Iterator[ApprovalNotice]:
        for known, asker in self._of_here(pending=True, since=datetime.now(UTC)):
            yield ApprovalNotice(
                approval=known.approval, asker=known.asker, session=f"{channel}:approval:{known.approval}",
                asker_as=self._known_as(known, channel), query=known.call.query, input=dict(known.call.input),
                accounts=tuple(known.call.accounts), reason=known.call.reason, expires=known.expires,
                approvers=self._house.able(known, asker, channel),
            )  # fmt: skip

    def settled(self, channel: str) -> Iterator[Settled]:
        now = datetime.now(UTC)
        for known, asker in self._of_here(pending=False, since=now - _LATELY):
            decided = known.decided_at or known.expires
            yield Settled(
                approval=known.approval,
                words=known.outcome,
                asker_as=self._known_as(known, channel),
                approvers=self._house.able(known, asker, channel),
                # whoever decided goes on with it at once: nobody may come between
                over=known.state in ("consumed", "expired") or now - decided > _RUNS,
                given_up=known.state == "consumed" and now - decided > _RUNS,
            )

    def elsewhere(self, channel: str) -> tuple[Pointer, ...]:
        return ()  # whatever waits here can be decided here

    def _of_here(self, *, pending: bool, since: datetime) -> Iterator[tuple[History, Principal]]:
        approvals = self._house.desk.oversight.approvals
        for known in approvals.all(since.timestamp()):
            if (known.state == "pending") != pending:
                continue
            try:
                run = run_of(approvals, known.approval)
                check_place(self._house.desk, run)
                yield known, as_now(self._house.settings, run.asker)
            except (ApprovalError, UnknownPrincipalError):
                continue  # forgotten, of another estate, or of somebody who is gone: nobody can decide it here

    def _known_as(self, known: History, channel: str) -> str | None:
        """The asker, as the channel knows them."""
        names = names_of(known.asker, self._house.settings.principals or SHIPPED)
        return next((one for one in names if one.startswith(f"{channel}:")), None)
