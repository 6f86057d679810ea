"""Which estate is asked: the sample that ships, or the company's own accounts as the settings name them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents.diagnostics import set_up
from tools.errors import SettingsError
from tools.estates import Estate, open_aws, open_sample

if TYPE_CHECKING:
    from agents.home import Home
    from agents.settings import Settings


def open_estate(name: str, home: Home, settings: Settings) -> Estate:
    """The estate of this name.

    Raises:
        SettingsError: there is no such estate, or AWS does not accept the caller.
    """
    set_up()
    if name == "sample":
        return open_sample(home.cache)
    if name == "aws":
        return open_aws(
            payer=settings.payer_account,
            role=settings.reader_role,
            external_id=settings.external_id,
            regions=settings.regions,
            currency=settings.currency,
            accounts=settings.accounts,
        )
    raise SettingsError(f"There is no estate {name!r}: use sample or aws.")
