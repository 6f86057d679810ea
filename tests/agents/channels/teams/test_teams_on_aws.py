"""The front and the worker of Teams as Lambda runs them, against an emulated AWS and the stand-ins for Microsoft."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any

import pytest

from agents.answer import Answer, Question
from agents.channels import lambda_front
from agents.channels.delivery import Delivery, from_text
from agents.channels.heard_aws import HeardTable
from agents.channels.port import PortError, Progress, RefusedError, Speaker
from agents.channels.teams.activity import Came
from agents.channels.teams.settings import TeamsSettings
from agents.channels.teams.speaking import Speaking
from agents.channels.teams.worker import TeamsWorker
from agents.channels.working import work
from agents.settings import Disclosure
from tests.agents.channels.conftest import Emulated, OnAws
from tests.agents.channels.teams.bot_framework import APP, TENANT, BotFramework, activity, bot_framework
from tests.agents.channels.teams.teams_service import BOT_TOKEN, teams_service
from tests.agents.test_runtime import answer_to


def event(body: dict[str, Any], **headers: str) -> dict[str, Any]:
    return {
        "requestContext": {}, "httpMethod": "POST", "path": "/api/messages", "headers": headers,
        "body": json.dumps(body), "isBase64Encoded": False,
    }  # fmt: skip


@pytest.fixture
def deployed(on_aws: OnAws, emulated: Emulated, monkeypatch: pytest.MonkeyPatch) -> Iterator[BotFramework]:
    with bot_framework() as microsoft:
        named = {
            "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "eu-west-1",
            "AWS_ENDPOINT_URL": emulated.url, "REGENT_CHANNEL": "teams.gatekeeper", "REGENT_CHANNEL_SECRET": "none",
            "REGENT_STATE_TABLE": on_aws.table, "REGENT_CHANNEL_QUEUE": on_aws.queue,
            "REGENT_TEAMS__APP_ID": APP, "REGENT_TEAMS__TENANT": TENANT,
            "REGENT_TEAMS__ISSUER": microsoft.issuer, "REGENT_TEAMS__OPENID": microsoft.openid,
        }  # fmt: skip
        for name, value in named.items():
            monkeypatch.setenv(name, value)
        lambda_front._opened.cache_clear()
        yield microsoft
        lambda_front._opened.cache_clear()


class Refusing:
    """A house that refuses, in one sentence, whatever it is asked."""

    def __getattr__(self, name: str) -> Any:
        def refuse(*given: Any, **more: Any) -> Any:
            raise RefusedError("Nobody of that chat account is known here.")

        return refuse


@pytest.mark.slow
def test_a_message_goes_through_the_front_the_queue_and_the_worker_once(deployed: BotFramework, on_aws: OnAws) -> None:
    with teams_service() as teams:
        deployed.service = teams.url
        signed = event(activity(deployed), Authorization=f"Bearer {deployed.token()}")
        forged = event(activity(deployed), Authorization=f"Bearer {deployed.token(key='hidden')}")
        assert lambda_front.handler(event(activity(deployed)), None)["statusCode"] == 401
        assert lambda_front.handler(forged, None)["statusCode"] == 401
        assert [lambda_front.handler(signed, None)["statusCode"] for _ in range(3)] == [200] * 3
        [message] = on_aws.queued()
        delivery = from_text(message)
        assert Came.from_text(delivery.body).text == "What did we spend last month?"
        settings = TeamsSettings(app_id=APP, tenant=TENANT, service_url=teams.url)
        heard = HeardTable(on_aws.dynamo, on_aws.table, "teams")
        with Speaking(settings, token=lambda scope, tenant: BOT_TOKEN) as speaking:
            worker = TeamsWorker(Refusing(), speaking, Disclosure(), heard=heard)
            work(delivery, worker, on_aws.runs)
            work(delivery, worker, on_aws.runs)
        [said] = teams.said("a:ana-and-regent")
        assert said["text"] == "Nobody of that chat account is known here."


class FailsOnce:
    """A house that is away once something was shown, and then answers."""

    def __init__(self, shown: Callable[[], object]) -> None:
        self.shown, self.tries = shown, 0

    def ask(self, by: Speaker, text: str, progress: Progress, **more: Any) -> Answer:
        self.tries += 1
        if self.tries > 1:
            return answer_to(Question(text=text), "Spend was USD 12.")
        until = time.monotonic() + 60
        while not self.shown() and time.monotonic() < until:
            time.sleep(0.01)
        raise PortError("The house is away.")


@pytest.mark.parametrize("personal", [True, False])
def test_what_a_function_had_begun_becomes_the_answer_of_another_one(on_aws: OnAws, personal: bool) -> None:
    """Between tries, another container remembers nothing itself."""
    with teams_service() as teams:
        settings = TeamsSettings(app_id=APP, tenant=TENANT, service_url=teams.url)
        where = "a:ana" if personal else "19:ops"
        came = Came("said", "1", TENANT, "ana", "29:ana", f"28:{APP}", where, personal, teams.url, "hi")
        delivery = Delivery("teams", "message/1", where, came.to_text(), 1)
        house = FailsOnce(lambda: teams.progress if personal else teams.said(where))
        for try_ in range(2):
            heard = HeardTable(on_aws.dynamo, on_aws.table, "teams")
            with Speaking(settings, token=lambda scope, tenant: BOT_TOKEN, pace=0.05) as speaking:
                worker = TeamsWorker(house, speaking, Disclosure(), heard=heard)  # type: ignore[arg-type]
                with nullcontext() if try_ else pytest.raises(PortError):
                    work(delivery, worker, on_aws.runs)
        [said] = teams.said(where)
        assert "Spend was USD 12." in str(said) and house.tries == 2
