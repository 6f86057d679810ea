"""Estates: what is asked about. The sample estate ships with Regent; `aws` is the caller's own organisation."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tools.accounts import TAGS, Account, Directory
from tools.calls import Aws
from tools.errors import AwsCallError, SettingsError
from tools.receipts import ReceiptStore, Source
from tools.sessions import Sessions, botocore_session
from tools.wire import RUNNING, Running, hook

_DIRECTORY = frozenset({"organizations:ListAccounts", "organizations:ListTagsForResource"})
_UNITS = frozenset(
    {
        "organizations:ListAccountsForParent",
        "organizations:ListOrganizationalUnitsForParent",
        "organizations:ListRoots",
    }
)


class Estate:
    """An open estate: sessions to ask it, its clock and its accounts. Close it when done."""

    def __init__(
        self,
        *,
        source: Source,
        epoch: str,
        sessions: Sessions,
        payer: Account,
        clock: Callable[[], datetime],
        regions: tuple[str, ...],
        currency: str,
        accounts: tuple[Account, ...] | None = None,
        complete: bool = True,
        closing: ExitStack | None = None,
        server: Any = None,
    ) -> None:
        self.source, self.epoch, self.sessions = source, epoch, sessions
        """`epoch` names the data's version: responses are never remembered across epochs."""
        self._complete = complete
        self.clock, self.regions, self.currency = clock, regions, currency
        self.server = server
        """The sample estate's server (for fault injection in tests); None on AWS."""
        self.payer, self._accounts, self._closing = payer, accounts, closing or ExitStack()
        self._lock = threading.Lock()
        self._directory: Directory | None = None
        self._units = False

    def directory(self, store: ReceiptStore, *, units: bool = False) -> Directory:
        """All accounts, with their organisation tags and, with `units`, the organisational units; read once.

        Raises:
            AwsCallError: Organizations could not be read.
        """
        with self._lock:
            if self._directory is None:
                self._directory = self._load(store)
            if units and not self._units and self._accounts is None:
                self._directory, self._units = self._with_units(self._directory, store), True
            return self._directory

    def _load(self, store: ReceiptStore) -> Directory:
        if self._accounts is not None:
            return Directory(self._accounts, self.payer, complete=self._complete)
        empty = Directory((), self.payer)
        aws = Aws(self.sessions, empty, self.clock(), self.regions, currency=self.currency)
        token = RUNNING.set(Running("the account directory", _DIRECTORY, self.source, store))
        try:
            listed = aws.items(self.payer, "organizations:ListAccounts", "Accounts").items
            active = [entry for entry in listed if entry.get("Status", "ACTIVE") == "ACTIVE"]

            def tags_of(account: Account) -> dict[str, str]:
                found = aws.items(self.payer, "organizations:ListTagsForResource", "Tags", ResourceId=account.id).items
                return {tag["Key"]: tag["Value"] for tag in found if tag["Key"] in TAGS}

            plain = [Account(id=entry["Id"], name=entry["Name"]) for entry in active]
            tagged = aws.each_account(plain, tags_of)
            if aws.incomplete:
                # an account without its tags would be outside every limit that people have, or inside none
                raise AwsCallError(
                    self.payer.name, "organizations:ListTagsForResource", "Incomplete", aws.incomplete[0]
                )
        finally:
            RUNNING.reset(token)
        return Directory([a.model_copy(update={"tags": tags}) for a, tags in tagged], self.payer)

    def _with_units(self, known: Directory, store: ReceiptStore) -> Directory:
        """The same accounts with their units, from one walk down the organisation."""
        aws = Aws(self.sessions, Directory((), self.payer), self.clock(), self.regions, currency=self.currency)
        found: dict[str, tuple[str, ...]] = {}

        def walk(parent: str, above: tuple[str, ...]) -> None:
            held = aws.items(self.payer, "organizations:ListAccountsForParent", "Accounts", ParentId=parent).items
            found.update((account["Id"], above) for account in held)
            name = "organizations:ListOrganizationalUnitsForParent"
            for unit in aws.items(self.payer, name, "OrganizationalUnits", ParentId=parent).items:
                walk(unit["Id"], (*above, unit["Name"]))

        token = RUNNING.set(Running("the organisational units", _UNITS, self.source, store))
        try:
            for root in aws.items(self.payer, "organizations:ListRoots", "Roots").items:
                walk(root["Id"], ())
        finally:
            RUNNING.reset(token)
        placed = [account.model_copy(update={"units": found.get(account.id, ())}) for account in known.accounts]
        return Directory(placed, known.payer)

    def close(self) -> None:
        """Stop the sample estate's server, if there is one."""
        self._closing.close()

    def __enter__(self) -> Estate:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_sample(home: Path) -> Estate:
    """Start the sample estate on 127.0.0.1; generated data is cached under `home`."""
    from tools.estate import world
    from tools.estate.cost.store import version
    from tools.estate.credentials import PAYER_ACCESS_KEY, PAYER_SECRET_KEY
    from tools.estate.server import open_estate

    closing = ExitStack()
    server = closing.enter_context(open_estate(home))
    session = botocore_session()
    session.set_credentials(PAYER_ACCESS_KEY, PAYER_SECRET_KEY)
    sessions = Sessions(
        session,
        role=world.READER_ROLE,
        endpoint_url=server.endpoint,
        region=world.HOME_REGION,
        on_client=hook,
    )
    return Estate(
        source="sample",
        epoch=f"sample-{version()}",
        sessions=sessions,
        payer=Account(id=world.PAYER.id, name=world.PAYER.name),
        clock=lambda: world.NOW,
        regions=world.REGIONS,
        currency=world.CURRENCY,
        closing=closing,
        server=server,
    )


def open_aws(
    *,
    payer: str | None,
    role: str | None,
    external_id: str | None,
    regions: tuple[str, ...],
    currency: str,
    accounts: Path | None = None,
) -> Estate:
    """Use the caller's own credentials and one reader role per account.

    `payer` is the 12-digit id of the account whose bills are read (None: the caller's own account). Without `role`
    only the caller's own account is asked. `accounts` is a file of accounts (`tools.accounts_file`) instead of those of
    the organisation.

    Raises:
        SettingsError: there are no credentials, AWS does not say who the caller is, or the file does not fit.
    """
    listed, complete = None, True
    if accounts is not None:
        if role is None:
            raise SettingsError("An accounts file needs a reader_role: without one, only the own account can be asked.")
        from tools.accounts_file import read_accounts

        listed, complete = read_accounts(accounts)
    from botocore.exceptions import BotoCoreError, ClientError

    session = botocore_session()
    sessions = Sessions(session, role=role, external_id=external_id, region=regions[0], on_client=hook)
    try:
        sts: Any = session.create_client("sts", region_name=regions[0])
        own = sts.get_caller_identity()["Account"]
    except (BotoCoreError, ClientError) as error:
        raise SettingsError(
            f"AWS did not accept the caller ({error}). Sign in (for instance `aws sso login`), set AWS_PROFILE, "
            "or leave out `--estate aws` to use the sample estate."
        ) from error
    billing = Account(id=payer or own, name="payer" if payer else own)
    return Estate(
        source="aws",
        epoch="aws",
        sessions=sessions,
        payer=billing,
        clock=lambda: datetime.now(UTC),
        regions=regions,
        currency=currency,
        accounts=listed if role else (Account(id=own, name=own),),
        complete=complete,
    )
