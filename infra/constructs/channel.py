"""The channels there are: what each is made of, and what its functions find in their environment."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from infra.config import Environment


@dataclass(frozen=True, slots=True)
class Channel:
    """One way in. `front` and `worker` are modules below `agents.channels`, `routes` are (method, path)."""

    name: str
    front: str
    worker: str
    routes: tuple[tuple[str, str], ...]
    says: str
    settings: Callable[[Environment], dict[str, str]] = lambda environment: {}
    """What its front and worker find in their environment beside what all have."""
    bare: bool = True
    """Whether its front needs the standard library alone, and so starts in milliseconds."""
    front_secret: bool = True
    """Whether its front verifies with the secret, and may read it."""
    people: bool = True
    """Whether people are in it, who approve, and whom alerts reach."""
    shows_receipts: bool = False
    """Whether a button below an answer asks the worker for its receipts."""
    memory: int = 1024
    empty: str = "{}"
    """The secret before somebody fills it: nobody is let in."""

    def gets_digests(self, environment: Environment) -> bool:
        """Whether a digest goes to one of its places."""
        return any(place.startswith(f"{self.name}:") for digest in environment.digests for place in digest.to)

    def brings(self, environment: Environment) -> bool:
        """Whether it has something to bring that nobody there asked for."""
        return self.people or self.gets_digests(environment)


def _slack(environment: Environment) -> dict[str, str]:
    return {
        "REGENT_SLACK__CHANNELS": json.dumps(list(environment.slack.channels)),
        "REGENT_SLACK__ALERTS": json.dumps(list(environment.slack.alerts)),
    }


def _teams(environment: Environment) -> dict[str, str]:
    assert environment.teams is not None  # the environment was validated
    return {
        "REGENT_TEAMS__APP_ID": environment.teams.app_id,
        "REGENT_TEAMS__TENANT": environment.teams.tenant,
        "REGENT_TEAMS__ALERTS_TO": json.dumps(list(environment.teams.alerts)),
    }


CHANNELS = {
    "webhook": Channel(
        name="webhook",
        front="webhook",
        worker="webhook_worker",
        routes=(("POST", "/webhook"), ("GET", "/webhook/answers/{id}")),
        says="systems of the house, by signed requests",
        people=False,
        empty='{"clients": {}}',
    ),
    "slack": Channel(
        name="slack",
        front="slack.gatekeeper",
        worker="slack.worker",
        routes=(("POST", "/slack/events"), ("POST", "/slack/actions")),
        says="Slack",
        settings=_slack,
        shows_receipts=True,
    ),
    "teams": Channel(
        name="teams",
        front="teams.gatekeeper",
        worker="teams.worker",
        routes=(("POST", "/api/messages"),),
        says="Microsoft Teams",
        settings=_teams,
        bare=False,
        front_secret=False,
    ),
}
