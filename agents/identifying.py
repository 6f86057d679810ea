"""Identifying: questions that arrive from elsewhere, answered for whom they are verified to come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents.answer import Answer, Question
from policies.access.errors import NotVerifiedError, UnknownPrincipalError
from policies.access.identity import Call, Identity
from policies.access.nonces import DynamoNonces, FileNonces, Nonces

if TYPE_CHECKING:
    from agents.desk import Desk, Progress
    from agents.home import Home
    from agents.querying import QueryCall
    from agents.settings import Settings

UNVERIFIED = "unverified"


def open_identity(settings: Settings, home: Home) -> Identity:
    """The sources of identity that the settings name.

    Raises:
        SettingsError: a channel worker's key cannot be used.
    """
    return Identity(settings.identity, settings.principals, _nonces(settings, home))


def answer_call(
    desk: Desk, identity: Identity, question: Question, call: Call, progress: Progress = lambda event: None
) -> Answer:
    """Answer for the verified principal of a call; whoever is not verified or not known is refused, on record.

    Raises:
        PrincipalsError: the principals file cannot be used.
    """
    try:
        principal, channel = identity.of(call)
    except NotVerifiedError as error:
        return desk.refuse(question, UNVERIFIED, str(error))
    except UnknownPrincipalError as error:
        return desk.refuse(question, error.who or UNVERIFIED, str(error))
    if channel is not None:
        question = question.model_copy(update={"channel": channel})
    return desk.answer(question, principal, progress)


def query_call(desk: Desk, identity: Identity, call: QueryCall, proof: Call) -> Answer:
    """Run one query for the verified principal of a call; whoever is not verified or not known is refused, on record.

    Raises:
        PrincipalsError: the principals file cannot be used.
        LedgerError: not even the refusal could be recorded.
    """
    from agents.querying import query_for

    question = Question(text=call.text, channel=call.channel, session=call.session)
    try:
        principal, channel = identity.of(proof)
    except NotVerifiedError as error:
        return desk.refuse(question, UNVERIFIED, str(error))
    except UnknownPrincipalError as error:
        return desk.refuse(question, error.who or UNVERIFIED, str(error))
    if channel is not None:
        call = call.model_copy(update={"channel": channel})
    return query_for(desk, call, principal)


def _nonces(settings: Settings, home: Home) -> Nonces | None:
    if settings.identity.envelopes is None:
        return None
    if settings.state_table is None:
        return FileNonces(home.path / "nonces.sqlite")
    from botocore.session import Session

    return DynamoNonces(Session().create_client("dynamodb", region_name=settings.state_region), settings.state_table)
