"""The target: a Lambda function that runs one query for whoever the token proves to be calling.

The Gateway lets nobody in without a token and asks its policy engine. Neither counts here: the token is verified again,
and the gate decides every call, with people, accounts and circumstances that the Gateway does not know.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from functools import cache
from typing import TYPE_CHECKING, Any

import structlog

from agents.querying import QueryCall
from policies.access.identity import Call, Identity
from tools.errors import RegentError, SettingsError

if TYPE_CHECKING:
    from agents.desk import Desk

log = structlog.get_logger()
CHANNEL = "gateway"
_TOOL, _HEADERS = "bedrockAgentCoreToolName", "bedrockAgentCorePropagatedHeaders"
_FAILED = "The query could not be run because of an internal error."


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """One tool call: the event holds the inputs, the client context which tool it is and what was handed on."""
    custom: Mapping[str, Any] = getattr(context.client_context, "custom", None) or {}
    try:
        desk, identity = _opened()
        return answer(desk, identity, custom, event)
    except RegentError as error:
        log.error("query failed", error=type(error).__name__, said=str(error))
        return {"status": "error", "text": str(error)}
    except Exception as error:  # noqa: BLE001 - the border: exception text may hold anything and must not leave
        log.error("query failed", error=type(error).__name__)
        return {"status": "error", "text": _FAILED}


def answer(desk: Desk, identity: Identity, custom: Mapping[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """What the query brought back, or why it was refused, as the object that every channel gets.

    Raises:
        LedgerError: not even a refusal could be recorded.
        PrincipalsError: the principals file cannot be used.
    """
    from agents.identifying import query_call

    name = str(custom.get(_TOOL, "")).rpartition("___")[2]
    headers = custom.get(_HEADERS) or {}
    proof = Call({str(key): str(value) for key, value in headers.items()}, given)
    return query_call(desk, identity, QueryCall(name=name[:128], given=given, channel=CHANNEL), proof).to_json()


@cache
def _opened() -> tuple[Desk, Identity]:
    """The desk and the sources of identity, opened by the first call and kept while the process lives."""
    from agents.home import Home
    from agents.identifying import open_identity
    from agents.knowing import with_principals
    from agents.opening import open_desk
    from agents.settings import load_settings

    settings = with_principals(load_settings(), Home.find())
    if settings.identity.oidc is None:
        raise SettingsError("The Gateway's target needs a source of tokens, and identity.oidc is not set.")
    desk = _open.enter_context(open_desk(estate=settings.estate, settings=settings))
    return desk, open_identity(settings, desk.home)


_open = ExitStack()
"""Never closed: what a call left is in the bucket before it returns, and Lambda ends processes without a word."""
