"""Identifying: questions that arrive from elsewhere, answered for whom they are verified to come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from agents.answer import Answer, Question
from agents.channels.transports import SESSION_HEADER
from policies.access.errors import NotVerifiedError, UnknownPrincipalError
from policies.access.identity import Call, Identity, Verified
from policies.access.nonces import DynamoNonces, FileNonces, Nonces

if TYPE_CHECKING:
    from starlette.requests import Request

    from agents.desk import Desk, Progress
    from agents.home import Home
    from agents.querying import QueryCall
    from agents.settings import Settings


class Who(Protocol):
    """Says who makes a call: `policies.access.identity.Identity`, or whoever sits at this machine."""

    def of(self, call: Call) -> Verified:
        """The verified caller. NotVerifiedError or UnknownPrincipalError when there is none."""


def open_identity(settings: Settings, home: Home) -> Identity:
    """The sources of identity that the settings name.

    Raises:
        SettingsError: a channel worker's key cannot be used.
    """
    from policies.access.signing import with_public_keys

    return Identity(with_public_keys(settings.identity), settings.principals, _nonces(settings, home))


def call_of(request: Request, payload: dict[str, Any]) -> Call:
    """The call of a request: every header once (two of one name stand with a comma, as HTTP has it).

    So a header that somebody added beside the proxy's own names nobody, where the last of two would win otherwise.
    """
    headers: dict[str, str] = {}
    for name, value in request.scope["headers"]:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return Call(headers, payload, headers.get(SESSION_HEADER.lower(), ""))


def answer_call(
    desk: Desk, who: Who, question: Question, call: Call, progress: Progress = lambda event: None
) -> Answer:
    """Answer for the verified principal of a call; whoever is not verified or not known is refused, on record.

    Raises:
        PrincipalsError: the principals file cannot be used.
    """
    try:
        principal, channel = who.of(call)
    except (NotVerifiedError, UnknownPrincipalError) as error:
        return refuse_call(desk, question, error)
    if channel is not None:
        question = question.model_copy(update={"channel": channel})
    return desk.answer(question, principal, progress)


def query_call(desk: Desk, who: Who, call: QueryCall, proof: Call) -> Answer:
    """Run one query for the verified principal of a call; whoever is not verified or not known is refused, on record.

    Raises:
        PrincipalsError: the principals file cannot be used.
        LedgerError: not even the refusal could be recorded.
    """
    from agents.querying import query_for

    try:
        principal, channel = who.of(proof)
    except (NotVerifiedError, UnknownPrincipalError) as error:
        return refuse_call(desk, Question(text=call.text, channel=call.channel, session=call.session), error)
    if channel is not None:
        call = call.model_copy(update={"channel": channel})
    return query_for(desk, call, principal)


def refuse_call(desk: Desk, question: Question, why: NotVerifiedError | UnknownPrincipalError) -> Answer:
    """Refuse a call that nobody known makes, on record."""
    return desk.refuse(question, why.who if isinstance(why, UnknownPrincipalError) else None, str(why))


def _nonces(settings: Settings, home: Home) -> Nonces | None:
    if settings.identity.envelopes is None:
        return None
    if settings.state_table is None:
        return FileNonces(home.path / "nonces.sqlite")
    from tools.sessions import botocore_session

    return DynamoNonces(
        botocore_session().create_client("dynamodb", region_name=settings.state_region), settings.state_table
    )
