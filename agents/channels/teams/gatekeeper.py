"""The gatekeeper of Teams: lets through what the Bot Framework signed for this app, from people of this tenant."""

from __future__ import annotations

import json
import os
from typing import Any

from agents.channels.delivery import ChannelError, Delivery
from agents.channels.front import Arrived, Reply
from agents.channels.inbox import Answers, Taken
from agents.channels.secrets import Secret
from agents.channels.teams.activity import Came, Shapeless, read, tenants
from agents.channels.teams.clouds import CLOUDS
from agents.channels.teams.genuine import CHANNEL, BotTokens, same_address
from policies.access.errors import KeysUnreadableError, NotVerifiedError

PATH = "/api/messages"
NAME = "teams"
_UNAUTHORIZED = Reply(401, {"error": "Unauthorized"})
_HEARD = {"feedback": "Thank you; it goes on record.", "decide": "Taken; the card will say what came of it."}
"""What whoever presses a button reads at once."""


def gatekeeper(secret: Secret, answers: Answers) -> TeamsGatekeeper:
    """What `lambda_front` asks every channel for. The front needs no secret: whom it serves is in the environment.

    Raises:
        ChannelError: the app or the tenant is not set, or there is no such cloud.
    """
    named = os.environ
    app_id, tenant = named.get("REGENT_TEAMS__APP_ID", ""), named.get("REGENT_TEAMS__TENANT", "")
    cloud = named.get("REGENT_TEAMS__CLOUD", "public")
    if not app_id or not tenant or cloud not in CLOUDS:
        raise ChannelError(
            "Set REGENT_TEAMS__APP_ID and REGENT_TEAMS__TENANT, and REGENT_TEAMS__CLOUD to a known cloud."
        )
    issuer, openid = named.get("REGENT_TEAMS__ISSUER"), named.get("REGENT_TEAMS__OPENID")
    return TeamsGatekeeper(BotTokens(app_id.lower(), cloud, issuer=issuer, openid=openid), tenant)


class TeamsGatekeeper:
    """Checks requests to the messaging endpoint of the app in `tenant`. A `Gatekeeper`."""

    def __init__(self, tokens: BotTokens, tenant: str, path: str = PATH) -> None:
        self._tokens, self._tenant, self._path = tokens, tenant.lower(), path

    def admit(self, arrived: Arrived) -> Delivery | Reply:
        if arrived.path != self._path:
            return Reply(404, {"error": f"There is only {self._path} here."})
        if arrived.method != "POST":
            return Reply(405, {"error": "Only POST is taken here."})
        try:
            service = self._tokens.service_url(arrived.headers.get("authorization", ""))
        except KeysUnreadableError as error:
            raise ChannelError(f"Whether a request comes from Teams cannot be told now: {error}") from error
        except NotVerifiedError:
            return _UNAUTHORIZED
        try:
            activity = json.loads(arrived.body)
        except (ValueError, RecursionError):
            return Reply(400, {"error": "The body is not JSON."})
        if not isinstance(activity, dict):
            return Reply(400, {"error": "The body is no activity."})
        return self._look(activity, service, int(arrived.now))

    def _look(self, activity: dict[str, Any], service: str, at: int) -> Delivery | Reply:
        # whatever the token does not state is only as good as the address that the token does state
        if not same_address(str(activity.get("serviceUrl") or ""), service):
            return _UNAUTHORIZED
        if activity.get("channelId") != CHANNEL:
            return Reply(403, {"error": "Only Teams is answered here."})
        if tenants(activity) != {self._tenant}:
            return Reply(403, {"error": "Only people of the app's own tenant are answered here."})
        try:
            came = read(activity, self._tenant, service)
        except Shapeless:
            return Reply(400, {"error": "The body is no activity."})
        if came is None:
            # 501 says that an invocation is not known; anything else is heard and needs no answer
            return Reply(501 if activity.get("type") == "invoke" else 200, {})
        by = came.person if came.kind == "said" else ""  # a button waits for nothing
        return Delivery(NAME, came.name, came.session, came.to_text(), at, by)

    def accepted(self, delivery: Delivery, taken: Taken) -> Reply:
        came = Came.from_text(delivery.body)
        if came.kind != "pressed":
            return Reply(200, {})
        said = _HEARD.get(came.button[0], "Taken; one moment.")
        return Reply(200, {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": said})
