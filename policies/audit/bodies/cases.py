"""What people put on record: incidents, concerns and releases, each opened, updated and closed.

What checks read (times, classes, deadlines, digests) is in the clear. What people write in their own words may be about
persons: it is sealed, with a key of the case's own. The principal of an incident's or release's record is who recorded
it. A concern has no principal but itself, so that its reporter stays unknown to whoever reads the ledger, and may be
unknown to everybody. Times are ISO 8601 in UTC.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, Field

from policies.audit.bodies.base import Body, Json, PersonalWhenMarked, Sha256

Text = Annotated[str, PersonalWhenMarked]
Said = Annotated[str, Field(min_length=1), PersonalWhenMarked]
"""Text that must not be empty."""


class _Case(BaseModel):
    """What every case record has: the case's id, and free text that is sealed."""

    case: str
    text: Text = ""
    personal_data: bool = True


class IncidentOpened(_Case, Body):
    """Something went wrong. `deadlines` hold regime, stage, due and source, from the tenant's table; `notify` says
    whether somebody must be told, None while that is open.
    """

    type: ClassVar[str] = "incident.opened"
    title: Said
    system: str
    classes: list[str]
    detected: str
    classified: str | None = None
    notify: bool | None = None
    deadlines: list[Json] = []
    controls: list[str] = []


class IncidentUpdated(_Case, Body):
    """News of an incident; what is None stays as it was.

    `done` hold regime, stage and at: deadlines met; `communications` hold to (an authority or a group of people, never
    a person's name) and at.
    """

    type: ClassVar[str] = "incident.updated"
    classes: list[str] | None = None
    classified: str | None = None
    notify: bool | None = None
    deadlines: list[Json] | None = None
    done: list[Json] = []
    communications: list[Json] = []
    controls: list[str] = []


class IncidentClosed(_Case, Body):
    """The incident is over; the sealed texts are cause and lessons, `action` names the corrective action, if any."""

    type: ClassVar[str] = "incident.closed"
    cause: Said
    lessons: Said
    action: str = ""


class ConcernOpened(_Case, Body):
    """Somebody raised a concern, from inside or outside, by name (`reporter`, sealed) or anonymously (empty)."""

    type: ClassVar[str] = "concern.opened"
    channel: str
    origin: Literal["inside", "outside"]
    system: str
    anonymous: bool
    reporter: Text = ""


class ConcernUpdated(_Case, Body):
    """The concern was looked at; `acknowledged` when its reporter could see that."""

    type: ClassVar[str] = "concern.updated"
    acknowledged: bool = False


class ConcernClosed(_Case, Body):
    """What became of the concern."""

    type: ClassVar[str] = "concern.closed"
    outcome: Literal["changed", "unfounded", "incident", "accepted"]
    incident: str | None = None


class ReleaseOpened(_Case, Body):
    """A release is proposed; the principal of this record is its author. Digests are those of what was built."""

    type: ClassVar[str] = "release.opened"
    version: str
    system: str
    change: str
    rollback: str | None = None
    artefacts: list[Sha256] = []
    prompts: list[Sha256] = []
    policies: list[Sha256] = []
    model: str | None = None
    guardrail: str | None = None
    impact_assessment: str | None = None
    evaluations: list[Sha256] = []


class ReleaseUpdated(_Case, Body):
    """A precondition was met, or the release was approved by the principal of this record; None stays as it was."""

    type: ClassVar[str] = "release.updated"
    impact_assessment: str | None = None
    rollback: str | None = None
    evaluations: list[Sha256] = []
    approved: bool = False


class ReleaseClosed(_Case, Body):
    """What became of the release."""

    type: ClassVar[str] = "release.closed"
    outcome: Literal["deployed", "rejected", "rolled-back"]
