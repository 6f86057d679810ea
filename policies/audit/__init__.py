"""The ledger: an append-only record of every question, decision, query and answer, verifiable by anyone offline.

`Ledger.open(path).append(record)` writes, `verify(path)` checks, `story(ledger, question)` tells.
"""

from __future__ import annotations

from policies.audit.bodies import (
    AnswerDelivered,
    Body,
    GateDecided,
    GroundingChecked,
    GuardAssessed,
    LedgerRecovered,
    LimitReached,
    ModelCalled,
    Note,
    Personal,
    QueryCalled,
    QueryFailed,
    QueryMore,
    QueryReturned,
    QuestionAsked,
    SightResolved,
    SpecialistStarted,
)
from policies.audit.errors import (
    LedgerClosedError,
    LedgerDamagedError,
    LedgerError,
    LedgerUnwritableError,
    NoSuchRecordError,
    RecordTooLargeError,
)
from policies.audit.ledger import Ledger
from policies.audit.records import Record, StoredRecord
from policies.audit.story import Story, StoryStep, story
from policies.audit.verdict import Verdict
from policies.audit.verifying import verify

__all__ = [
    "AnswerDelivered",
    "Body",
    "GateDecided",
    "GroundingChecked",
    "GuardAssessed",
    "Ledger",
    "LedgerClosedError",
    "LedgerDamagedError",
    "LedgerError",
    "LedgerRecovered",
    "LedgerUnwritableError",
    "LimitReached",
    "ModelCalled",
    "NoSuchRecordError",
    "Note",
    "Personal",
    "QueryCalled",
    "QueryFailed",
    "QueryMore",
    "QueryReturned",
    "QuestionAsked",
    "Record",
    "RecordTooLargeError",
    "SightResolved",
    "SpecialistStarted",
    "StoredRecord",
    "Story",
    "StoryStep",
    "Verdict",
    "story",
    "verify",
]
