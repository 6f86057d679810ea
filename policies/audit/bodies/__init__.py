"""What the ledger records: one pydantic model per record type, one module per subject.

To add a record type, write one `Body` subclass with a `type` in the module of its subject; nothing else changes: the
envelope finds it by that name. Fields marked `Personal` hold text about a person; the ledger never stores them in the
clear.
"""

from policies.audit.bodies.base import KNOWN, Actor, Body, Id, Json, Personal, PersonalWhenMarked, Sha256
from policies.audit.bodies.keeping import KeyIntroduced, KeyRevoked, LedgerRecovered, Note, SubjectForgotten
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
    "Body",
    "GateDecided",
    "GroundingChecked",
    "GuardAssessed",
    "Id",
    "Json",
    "KeyIntroduced",
    "KeyRevoked",
    "LedgerRecovered",
    "LimitReached",
    "ModelCalled",
    "Note",
    "Personal",
    "PersonalWhenMarked",
    "QueryCalled",
    "QueryFailed",
    "QueryMore",
    "QueryReturned",
    "QuestionAsked",
    "Sha256",
    "SightResolved",
    "SpecialistStarted",
    "SubjectForgotten",
]
