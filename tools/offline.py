"""An estate that is not there: enough to run a query on stored responses, and nothing that could reach AWS."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tools.accounts import Account
from tools.errors import ReceiptError
from tools.estates import Estate
from tools.sessions import Sessions, botocore_session
from tools.wire import hook

_NOWHERE = "http://127.0.0.1:9"


class _NoKeys(Sessions):
    def keys(self, account: str) -> Any:
        from botocore.credentials import ReadOnlyCredentials

        return ReadOnlyCredentials("offline", "offline", None)


def offline_estate(source: str, payer: Account, regions: tuple[str, ...], currency: str) -> Estate:
    """An estate for `tools.wire.Replay`. Requests are built and hashed as they were; none is sent.

    Raises:
        ReceiptError: the source is not one that receipts have.
    """
    if source not in ("aws", "sample"):
        raise ReceiptError(f"Receipts come from aws or sample, not from {source!r}.")
    sessions = _NoKeys(
        botocore_session(),
        role=None,
        endpoint_url=_NOWHERE if source == "sample" else None,
        region=regions[0],
        on_client=hook,
    )
    return Estate(
        source="aws" if source == "aws" else "sample",
        epoch="offline",
        sessions=sessions,
        payer=payer,
        clock=lambda: datetime.now(UTC),
        regions=regions,
        currency=currency,
    )
