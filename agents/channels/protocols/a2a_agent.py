"""A2A: other agents ask in words and get a message: the text, and the whole answer as data.

The context names the conversation, as this house keeps it for its asker. An answer is one message and no task, so that
nothing of it stays here for somebody else to fetch.
"""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Any

from a2a.auth.user import User
from a2a.helpers import new_data_part, new_message, new_text_part
from a2a.server.agent_execution import AgentExecutor, RequestContext
from a2a.server.context import ServerCallContext
from a2a.server.request_handlers import DefaultRequestHandler
from a2a.server.routes import create_jsonrpc_routes
from a2a.server.routes.agent_card_routes import create_agent_card_routes
from a2a.server.routes.common import ServerCallContextBuilder
from a2a.server.tasks import InMemoryTaskStore
from a2a.types import (
    AgentCapabilities,
    AgentCard,
    AgentInterface,
    AgentSkill,
    HTTPAuthSecurityScheme,
    Message,
    Role,
    SecurityRequirement,
    SecurityScheme,
    SendMessageRequest,
    StringList,
    Task,
)
from a2a.utils.constants import PROTOCOL_VERSION_CURRENT, VERSION_HEADER
from a2a.utils.errors import ContentTypeNotSupportedError, InvalidParamsError
from starlette.applications import Starlette
from starlette.requests import Request

from agents.acting import House
from agents.answer import Question
from agents.channels.protocols.border import (
    already,
    in_thread,
    refusal,
    reply,
    shown,
)
from agents.channels.protocols.rpc import NOTHING, VERIFIED, verified_first

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from a2a.server.events import Event, EventQueue

    from agents.channels.protocols.routing import AsgiApp
    from policies.access.identity import Verified

CHANNEL = "a2a"
_LONGEST_NAME = 200
_EXACT = 2**53
"""Up to here a double holds every whole number."""
_RUNTIME_URL = "AGENTCORE_RUNTIME_URL"
"""Where a runtime of protocol A2A is reached from outside; the same name that AgentCore's own SDK reads."""
TEXT_ONLY = "Only text is read here: send the question as parts with text, and nothing else beside them."
NO_QUESTION = f"A question has words, and its context id {_LONGEST_NAME} characters at most."
NOT_A_PERSONS = "What is asked has the role ROLE_USER; messages with another role are an agent's own and no question."
_OURS = frozenset((TEXT_ONLY, NO_QUESTION, NOT_A_PERSONS))
_SAID = {
    -32001: "There is no such task.",
    -32009: f"This version of A2A is not spoken here; send {VERSION_HEADER}: {PROTOCOL_VERSION_CURRENT}.",
}


class _Asker(User):
    def __init__(self, who: str) -> None:
        self._who = who

    @property
    def is_authenticated(self) -> bool:
        return True

    @property
    def user_name(self) -> str:
        return self._who


class _Context(ServerCallContextBuilder):
    """Who was verified, and the version of the protocol; of the headers nothing else, because they hold tokens."""

    def build(self, request: Request) -> ServerCallContext:
        verified: Verified = request.scope[VERIFIED]
        headers = {VERSION_HEADER: request.headers.get(VERSION_HEADER, "")}
        return ServerCallContext(user=_Asker(verified.principal.id), state={VERIFIED: verified, "headers": headers})


class Answering(AgentExecutor):
    """One message is one question."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def execute(self, context: RequestContext, event_queue: EventQueue) -> None:
        """Answer, whatever goes wrong: what this raised would reach the caller as it is."""
        try:
            parts = await self._answer(context)
        except Exception as error:  # noqa: BLE001 - the border: exception text may hold anything and must not leave
            parts = [new_text_part(str(refusal(error))), new_data_part({"status": "error"})]
        await event_queue.enqueue_event(new_message(parts, context_id=context.context_id))

    async def _answer(self, context: RequestContext) -> list[Any]:
        assert context.message is not None  # `Asked` has looked at it
        text = _words(context.message)
        question = Question(text=text, channel=CHANNEL, session=f"a2a:{context.context_id}")
        mine = already(self._house, context.call_context.state[VERIFIED])
        answer = await in_thread(lambda: reply(mine, question, NOTHING))
        return [new_text_part(shown(self._house, answer)), new_data_part(answer.to_json())]

    async def cancel(self, context: RequestContext, event_queue: EventQueue) -> None:
        """There are no tasks; the SDK says so before it comes here."""


class Asked(DefaultRequestHandler):
    """Looks at a message before the SDK makes anything of it: what is no question is an error of the protocol."""

    async def on_message_send(self, params: SendMessageRequest, context: ServerCallContext) -> Message | Task:
        """One message for one. A2AError when it is no question."""
        _look(params.message)
        told: Message | Task = await super().on_message_send(params, context)
        return told

    async def on_message_send_stream(
        self, params: SendMessageRequest, context: ServerCallContext
    ) -> AsyncGenerator[Event, None]:
        """The same, as events."""
        _look(params.message)
        async for event in super().on_message_send_stream(params, context):
            yield event


def _look(message: Message) -> None:
    """A2AError when it is no question: of another role than a client's, with other parts than text, or without words.

    What lacks a part that the protocol asks for is left to the SDK, which says so.
    """
    if message.role not in (Role.ROLE_USER, Role.ROLE_UNSPECIFIED):
        raise InvalidParamsError(message=NOT_A_PERSONS)
    if not all(part.HasField("text") for part in message.parts):
        raise ContentTypeNotSupportedError(message=TEXT_ONLY)
    if message.parts and (not _words(message).strip() or len(message.context_id) > _LONGEST_NAME):
        raise InvalidParamsError(message=NO_QUESTION)


def _words(message: Message) -> str:
    return "\n".join(part.text for part in message.parts)


def whole_numbers(found: Any) -> Any:
    """JSON with its whole numbers as such: on its way through the SDK each number of an answer became a double."""
    if isinstance(found, dict):
        return {name: whole_numbers(one) for name, one in found.items()}
    if isinstance(found, list):
        return [whole_numbers(one) for one in found]
    return int(found) if isinstance(found, float) and found.is_integer() and abs(found) < _EXACT else found


def build(house: House) -> AsgiApp:
    """The app of this protocol."""
    logging.getLogger("a2a").setLevel(logging.CRITICAL)  # it logs exceptions and payloads by itself
    described = card(house, "")
    handler = Asked(Answering(house), InMemoryTaskStore(), described)
    rpc = Starlette(routes=create_jsonrpc_routes(handler, "/a2a", _Context()))

    verified = verified_first(house, CHANNEL, _asked, rpc, _SAID, _OURS, whole_numbers)

    async def serve(scope: Any, receive: Any, send: Any) -> None:
        if scope["method"] != "GET":
            await verified(scope, receive, send)
            return
        told = card(house, _address(house, Request(scope)))
        await Starlette(routes=create_agent_card_routes(told, cache_control="no-store"))(scope, receive, send)

    return serve


def _address(house: House, request: Request) -> str:
    """Where messages are sent: in a runtime of its own what its environment says, or the root; else its path here."""
    settings = house.settings
    base = (settings.public_url or f"http://{request.headers.get('host', 'localhost')}").rstrip("/")
    if settings.serve_protocol != "a2a":
        return f"{base}/a2a"
    return os.environ.get(_RUNTIME_URL) or f"{base}/"


def card(house: House, url: str) -> AgentCard:
    """Who this agent is and what it can be asked at `url`, for anybody: nothing of the estate, of people or of keys."""
    bearer = SecurityScheme(http_auth_security_scheme=HTTPAuthSecurityScheme(scheme="bearer", bearer_format="JWT"))
    guarded = bool(house.settings.identity.verifies)
    skills = {
        "cost": ("Cost", "What was spent, on what, by whom, and how that changed.", "What did we spend last month?"),
        "security": ("Security", "Findings, exposure, keys and access.", "Which findings are critical?"),
        "ops": ("Operations", "Alarms, incidents, backups, quotas and change.", "Which alarms are firing?"),
    }
    return AgentCard(
        name="Regent",
        description="Answers questions about an AWS estate, read-only; every figure has a receipt. An AI system.",
        version="1",
        supported_interfaces=[
            AgentInterface(url=url, protocol_binding="JSONRPC", protocol_version=PROTOCOL_VERSION_CURRENT),
        ],
        capabilities=AgentCapabilities(streaming=True),
        default_input_modes=["text/plain"],
        default_output_modes=["text/markdown", "application/json"],
        security_schemes={"bearer": bearer} if guarded else {},
        security_requirements=[SecurityRequirement(schemes={"bearer": StringList()})] if guarded else [],
        skills=[
            AgentSkill(id=key, name=name, description=about, tags=[key, "aws"], examples=[example])
            for key, (name, about, example) in skills.items()
        ],
    )


def _asked(payload: dict[str, Any]) -> str:
    """The words of a message, for the record of a refusal; empty if the request asks nothing."""
    params = payload.get("params")
    message = params.get("message") if isinstance(params, dict) else None
    parts = message.get("parts") if isinstance(message, dict) else None
    texts = [part.get("text") for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []
    return "\n".join(text for text in texts if isinstance(text, str))[:4000]
