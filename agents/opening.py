"""Opening: a desk from settings, with everything it needs opened in order and closed again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from agents.conversations import Conversations
from agents.desk import Desk
from agents.diagnostics import set_up
from agents.home import Home
from agents.models import open_model
from agents.overseeing import open_oversight
from agents.places import register_places
from agents.settings import Settings, load_settings
from policies.access import company_gate
from policies.audit import Ledger
from tools.errors import SettingsError
from tools.estates import Estate, open_aws, open_sample
from tools.receipts import ReceiptFiles


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
    with ExitStack() as closing:
        ledger = closing.enter_context(Ledger.open(home.ledger))
        opened = closing.enter_context(open_estate(estate, home, settings))
        overseen = open_oversight(home, ledger, settings)
        closing.callback(overseen.close)
        yield Desk(
            home=home,
            estate=opened,
            ledger=ledger,
            store=ReceiptFiles(home.receipts, home.keys / "receipts.key"),
            gate=company_gate(settings.policies, settings.allowed_regions or opened.regions),
            maker=open_model(model or settings.model or default_model(estate, settings), settings),
            conversations=Conversations(home.conversations),
            limits=settings.limits,
            overseen=overseen,
        )


def open_estate(name: str, home: Home, settings: Settings) -> Estate:
    """The estate of this name.

    Raises:
        SettingsError: there is no such estate, or AWS does not accept the caller.
    """
    if name == "sample":
        return open_sample(home.cache)
    if name == "aws":
        return open_aws(
            payer=settings.payer_account,
            role=settings.reader_role,
            external_id=settings.external_id,
            regions=settings.regions,
            currency=settings.currency,
        )
    raise SettingsError(f"There is no estate {name!r}: use sample or aws.")


def default_model(estate: str, settings: Settings) -> str:
    """The model when none is named: the offline model must never answer about a real estate unasked."""
    return "offline" if estate == "sample" else f"bedrock:{settings.bedrock_profile}"
