"""The webhook's worker: asks for the person whom the system named, and brings the answer to the system's callback.

The answer is kept for a day where the front finds it, so a system without a callback fetches it instead. A callback is
signed as requests are, over the callback's own path, and goes to the registered address and nowhere else.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, ValidationError

from agents.channels.delivery import ChannelError, Delivery, DeliveryError
from agents.channels.inbox import Answers
from agents.channels.port import Port, RefusedError, Speaker, StillWaitsError
from agents.channels.rendering import view
from agents.channels.secrets import Secret
from agents.channels.webhook import CHANNEL, CLIENT, FAILED, SIGNATURE, TIMESTAMP, clients, signature
from agents.wording import refused

if TYPE_CHECKING:
    from ssl import SSLContext

    from agents.answer import Answer
    from agents.channels.digests.composed import Composed
    from agents.settings import Disclosure

_SECONDS = 20


class Asked(BaseModel):
    """What a front queued."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    client: str
    id: str
    person: str
    prompt: str = ""
    resume: str = ""
    session: str
    reason: str | None = None

    @property
    def speaker(self) -> Speaker:
        """Who asks: known to us under the client's name, so that no client speaks for another's people."""
        person, session = f"webhook:{self.client}/{self.person}", f"{self.client}/{self.session}"
        return Speaker(person=person, channel=CHANNEL, session=session)


def adapter(port: Port, secret: Secret, answers: Answers) -> WebhookWorker:
    """What `lambda_worker` asks every channel for; settings come from the environment."""
    from agents.settings import load_settings

    return WebhookWorker(port, secret, load_settings().disclosure)


class AwayError(ChannelError):
    """A receiver did not take a call: an answer waits for it, and no apology may overtake the answer."""

    @property
    def away(self) -> bool:
        return True


class WebhookWorker:
    """The webhook's `Adapter`, and what brings digests. `trust` is what TLS trusts; None: what the machine does."""

    channel = CHANNEL

    def __init__(
        self,
        port: Port,
        secret: Secret,
        disclosure: Disclosure,
        *,
        trust: SSLContext | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._port, self._secret, self._disclosure = port, secret, disclosure
        self._trust, self._clock = trust, clock

    def ask(self, delivery: Delivery) -> str:
        asked = _asked(delivery)
        try:
            if asked.resume:
                found = self._port.resume(asked.speaker, asked.resume)
            else:
                found = self._port.ask(asked.speaker, asked.prompt, reason=asked.reason)
        except RefusedError as error:
            status = "waiting" if isinstance(error, StillWaitsError) else "refused"
            said = {"status": status, "error": str(error), "disclosure": refused(self._disclosure)}
            return json.dumps(said, ensure_ascii=False)
        return told(found, self._disclosure)

    def say(self, delivery: Delivery, said: str) -> None:
        asked = _asked(delivery)
        self._call_back(asked.client, {"id": asked.id, "status": "answered", **json.loads(said)})

    def sorry(self, delivery: Delivery) -> None:
        asked = _asked(delivery)
        self._call_back(asked.client, {"id": asked.id, "status": "failed", "error": FAILED})

    def pages(self, digest: Composed) -> int:
        return 1

    def digest(self, digest: Composed, page: int, place: str) -> None:
        if clients(self._secret()).get(place, {}).get("callback") is None:
            raise ChannelError(f"The webhook's client {place} is to get a digest, and has no callback.")
        told = digest.model_dump(mode="json", exclude={"to", "name"})
        self._call_back(place, {"id": digest.key, "status": "digest", "digest": digest.name, **told})

    def _call_back(self, client: str, body: dict[str, Any]) -> None:
        found = clients(self._secret()).get(client)
        if found is None:
            raise ChannelError(f"The client {client} is not registered any more; its answer stays where it is.")
        address = found.get("callback")
        if address is None:
            return  # it fetches its answers
        at, data = str(int(self._clock())), json.dumps(body, ensure_ascii=False).encode()
        path = urlsplit(address).path or "/"
        headers = {
            "Content-Type": "application/json",
            CLIENT: client,
            TIMESTAMP: at,
            SIGNATURE: signature(found["secrets"][0], at, "POST", path, data),
        }
        self._post(client, address, data, headers)

    def _post(self, client: str, address: str, data: bytes, headers: dict[str, str]) -> None:
        from urllib import error

        from agents.channels.posting import post

        try:
            post(address, data, headers, seconds=_SECONDS, trust=self._trust)
        except error.HTTPError as refused:
            raise AwayError(f"The callback of {client} answered {refused.code}.") from refused
        except OSError as broken:
            raise AwayError(f"The callback of {client} cannot be reached ({type(broken).__name__}).") from broken


def told(answer: Answer, disclosure: Disclosure) -> str:
    """What a client is told: the answer, and the words that an AI system wrote it and how to reach a person."""
    said = {"answer": answer.to_json(), "disclosure": view(answer, disclosure).disclosure}
    return json.dumps(said, ensure_ascii=False)


def _asked(delivery: Delivery) -> Asked:
    try:
        return Asked.model_validate_json(delivery.body)
    except ValidationError as error:
        raise DeliveryError("A delivery of the webhook has another shape than is expected.") from error
