"""Opening: a desk from settings, with everything it needs opened in order and closed again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from agents.desk import Desk
from agents.diagnostics import set_up
from agents.estates import open_estate
from agents.home import Home
from agents.ledgers import deployment
from agents.models import open_model
from agents.overseeing import open_oversight
from agents.places import register_places
from agents.settings import Settings, load_settings
from agents.storing import open_conversations, open_receipts
from policies.access import company_gate
from policies.audit.deployed import open_deployed
from policies.guardrails import Guard, local_guard
from tools.errors import SettingsError
from tools.passage import by_lambda, opened


@contextmanager
def open_desk(
    *, estate: str = "sample", model: str | None = None, home: Home | None = None, settings: Settings | None = None
) -> Iterator[Desk]:
    """Open the estate, the ledger and the model, and yield the desk.

    Raises:
        RegentError: one of them cannot be opened; the sentence says what to do.
    """
    set_up()
    register_places()
    home, settings = home or Home.find(), settings or load_settings()
    named = model or settings.model or default_model(estate, settings)
    guard = open_guard_for(estate, named, settings)  # before anything is opened: without its guard nothing starts
    with ExitStack() as closing:
        closing.enter_context(opened(by_lambda(settings.passage) if settings.passage else None))
        ledger = closing.enter_context(open_deployed(home.ledger, deployment(settings)))
        asked = closing.enter_context(open_estate(estate, home, settings))
        overseen = open_oversight(home, ledger, settings)
        closing.callback(overseen.close)
        desk = Desk(
            home=home,
            estate=asked,
            ledger=ledger,
            store=open_receipts(home, settings),
            gate=company_gate(settings.policies, settings.allowed_regions or asked.regions),
            maker=open_model(named, settings),
            conversations=open_conversations(home, settings),
            limits=settings.limits,
            overseen=overseen,
            guard=guard,
            words=settings.disclosure,
        )
        closing.callback(desk.underway.end_all)  # before anything is closed that their ends need
        yield desk


def open_guard_for(estate: str, model: str, settings: Settings) -> Guard:
    """The guard for an estate and a model: local rules always, a Bedrock guardrail where the settings name one.

    Raises:
        SettingsError: a Bedrock model would work on AWS accounts without a guardrail, and nobody said that it may.
    """
    if settings.guard_local_only and settings.guardrail:
        raise SettingsError("guard_local_only and guardrail contradict each other: leave one out.")
    named = settings.guardrail or settings.guardrail_version
    if estate == "aws" and model.startswith("bedrock:") and not (named or settings.guard_local_only):
        raise SettingsError(
            "A Bedrock model on AWS accounts needs a Bedrock guardrail, and none is set. Set guardrail and "
            "guardrail_version in regent.yaml (REGENT_GUARDRAIL, REGENT_GUARDRAIL_VERSION), or say that the local "
            "guard alone will do: guard_local_only: true (REGENT_GUARD_LOCAL_ONLY=true)."
        )
    if not named:
        return local_guard()
    from policies.guardrails.bedrock import open_guard

    return open_guard(
        identifier=settings.guardrail,
        version=settings.guardrail_version,
        region=settings.guardrail_region or settings.bedrock_region,
        seconds=settings.guardrail_seconds,
    )


def default_model(estate: str, settings: Settings) -> str:
    """The model when none is named: the offline model must never answer about a real estate unasked."""
    return "offline" if estate == "sample" else f"bedrock:{settings.bedrock_profile}"
