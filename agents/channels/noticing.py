"""Noticing: what waits in a house for a second person, and who of a channel may decide it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from agents.channels.delivering import ApprovalNotice
from agents.local import as_now
from agents.resuming import check_place, run_of
from policies.access import UnknownPrincipalError, people
from policies.access.principal import SHIPPED
from policies.oversight import ApprovalError

if TYPE_CHECKING:
    from agents.acting import House


def notices(house: House, channel: str) -> Iterator[ApprovalNotice]:
    """Every approval that waits, wherever it was asked, with its approvers as the channel knows them."""
    approvals, file = house.desk.oversight.approvals, house.settings.principals or SHIPPED
    for known in approvals.all():
        if known.state != "pending":
            continue
        try:
            run = run_of(approvals, known.approval)
            check_place(house.desk, run)
            asker = as_now(house.settings, run.asker)
        except (ApprovalError, UnknownPrincipalError):
            continue  # forgotten, of another estate, or of somebody who is gone: nobody can decide it here
        able = house.able(known, asker, channel)
        names = [one for person, known_as in people(file) if person.id == asker.id for one in known_as]
        yield ApprovalNotice(
            approval=known.approval, asker=known.asker, session=f"{channel}:approval:{known.approval}",
            asker_as=next((one for one in names if one.startswith(f"{channel}:")), None), query=known.call.query,
            input=dict(known.call.input), accounts=tuple(known.call.accounts), reason=known.call.reason,
            expires=known.expires, approvers=able,
        )  # fmt: skip
