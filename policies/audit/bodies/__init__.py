"""What the ledger records: one pydantic model per record type, one module per subject.

To add a record type, write one `Body` subclass with a `type` in the module of its subject; nothing else changes: the
envelope finds it by that name. Fields marked `Personal` hold text about a person; the ledger never stores them in the
clear.
"""

from policies.audit.bodies.base import KNOWN, Actor, Body, Id, Json, Named, Personal, PersonalWhenMarked, Sha256
from policies.audit.bodies.cases import (
    ConcernClosed,
    ConcernOpened,
    ConcernUpdated,
    IncidentClosed,
    IncidentOpened,
    IncidentUpdated,
    ReleaseClosed,
    ReleaseOpened,
    ReleaseUpdated,
)
from policies.audit.bodies.channels import CallsRefused, FeedbackGiven, FeedbackRefused, MessageChanged
from policies.audit.bodies.controls import ControlsEvaluated, DocumentAttested, EvaluationRecorded, EvidenceCollected
from policies.audit.bodies.keeping import KeyIntroduced, KeyRevoked, LedgerRecovered, Note, SubjectForgotten
from policies.audit.bodies.oversight import (
    ApprovalConsumed,
    ApprovalDecided,
    ApprovalExpired,
    ApprovalRefused,
    ApprovalRequested,
    ApprovalResumed,
    SwitchRefused,
    SwitchResumed,
    SwitchStopped,
)
from policies.audit.bodies.question import (
    AnswerDelivered,
    GateDecided,
    GroundingChecked,
    GuardAssessed,
    LimitReached,
    ModelCalled,
    QueryCalled,
    QueryFailed,
    QueryMore,
    QueryReturned,
    QuestionAsked,
    SightResolved,
    SpecialistStarted,
)

__all__ = [
    "KNOWN",
    "Actor",
    "AnswerDelivered",
    "ApprovalConsumed",
    "ApprovalDecided",
    "ApprovalExpired",
    "ApprovalRefused",
    "ApprovalRequested",
    "ApprovalResumed",
    "Body",
    "CallsRefused",
    "ConcernClosed",
    "ConcernOpened",
    "ConcernUpdated",
    "ControlsEvaluated",
    "DocumentAttested",
    "EvaluationRecorded",
    "EvidenceCollected",
    "FeedbackGiven",
    "FeedbackRefused",
    "GateDecided",
    "GroundingChecked",
    "GuardAssessed",
    "Id",
    "IncidentClosed",
    "IncidentOpened",
    "IncidentUpdated",
    "Json",
    "KeyIntroduced",
    "KeyRevoked",
    "LedgerRecovered",
    "LimitReached",
    "MessageChanged",
    "ModelCalled",
    "Named",
    "Note",
    "Personal",
    "PersonalWhenMarked",
    "QueryCalled",
    "QueryFailed",
    "QueryMore",
    "QueryReturned",
    "QuestionAsked",
    "ReleaseClosed",
    "ReleaseOpened",
    "ReleaseUpdated",
    "Sha256",
    "SightResolved",
    "SpecialistStarted",
    "SubjectForgotten",
    "SwitchRefused",
    "SwitchResumed",
    "SwitchStopped",
]
