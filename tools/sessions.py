"""Sessions: botocore clients that act in any account through the reader role.

There is one client per service and region, whatever the number of accounts: its credentials are those of the account
that the current call names (a context variable), so a thousand accounts do not mean a thousand clients. A call that
names no account cannot be signed.
"""

from __future__ import annotations

import re
import threading
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

import orjson

from tools.errors import AwsCallError, UndeclaredOperationError

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.session import Session

CURRENT_ACCOUNT: ContextVar[str] = ContextVar("regent_account")
"""The 12-digit id of the account in which the running call acts."""

_EARLY = timedelta(minutes=5)


def botocore_session() -> Session:
    """A new session that shares what botocore reads from its data files with all others of this process.

    A session of its own would read and parse the same service models again, which takes longer than most calls.
    """
    from botocore.session import Session

    session = Session()
    session.register_component("data_loader", shared_loader(session.get_config_variable("data_path")))
    session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=instant)
    return session


_PLAIN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3}|\.\d{6})?Z")


def instant(said: Any) -> datetime:
    """A time in an answer, as botocore reads it, which looks for any spelling: an eighth of the time of a call.

    AWS spells nearly all in one way. Every other goes to botocore, which raises ValueError for what is none.
    """
    from botocore.utils import parse_timestamp

    if isinstance(said, str) and _PLAIN.fullmatch(said):
        return datetime.fromisoformat(said)
    read: datetime = parse_timestamp(said)
    return read


@cache
def shared_loader(path: str | None) -> Any:
    """What reads botocore's data files, each once in this process: the sample estate reads them here too."""
    from botocore.loaders import JSONFileLoader, create_loader

    class Quick(JSONFileLoader):
        """botocore's own reader makes every object by a call into Python; orjson takes a tenth of the time."""

        def _load_file(self, full_path: str, open_method: Callable[[str, str], Any]) -> Any:
            try:
                with open_method(full_path, "rb") as file:
                    return orjson.loads(file.read())
            except FileNotFoundError:
                return None

    loader = create_loader(path)
    loader.file_loader = Quick()
    return loader


class Sessions:
    """Makes and keeps the clients.

    `role` is the name of the reader role to assume in each account, or None to use the caller's own credentials (then
    only the caller's account can be asked). `endpoint_url` points at the sample estate.
    """

    def __init__(
        self,
        session: Session,
        *,
        role: str | None,
        external_id: str | None = None,
        endpoint_url: str | None = None,
        region: str,
        read_timeout: float = 20.0,
        on_client: Callable[[Any], None],
    ) -> None:
        self._session, self._role, self._external_id = session, role, external_id
        self._endpoint_url, self.region, self._read_timeout = endpoint_url, region, read_timeout
        self._on_client = on_client
        self._clients: dict[tuple[str, str], Any] = {}
        self._keys: dict[str, tuple[Any, datetime]] = {}
        self._lock = threading.RLock()
        self._key_locks: dict[str, threading.Lock] = {}
        self._sts: Any = None

    def client(self, service: str, region: str) -> Any:
        """The client of one service in one region. Safe to share between threads."""
        with self._lock:
            client = self._clients.get((service, region))
            if client is None:
                client = self._make(service, region)
                self._on_client(client)
                # reads how it pages once, in here: else every thread of a fan-out reads it for itself, all at once
                client.can_paginate(next(iter(client.meta.method_to_api_mapping)))
                self._clients[service, region] = client
            return client

    def _make(self, service: str, region: str, *, own: bool = False) -> Any:
        import botocore
        from botocore.config import Config

        client: Any = self._session.create_client(
            service,
            region_name=region,
            endpoint_url=self._endpoint_url,
            # The base credentials are replaced below; these only keep botocore from looking for others.
            aws_access_key_id=None if own else "-",
            aws_secret_access_key=None if own else "-",
            config=Config(
                retries={"mode": "adaptive", "max_attempts": 4},
                connect_timeout=5,
                read_timeout=self._read_timeout,
                max_pool_connections=32,
                parameter_validation=True,
                # AWS is told which SDK asks, with all that botocore says of it; put together for every request, which
                # is a twentieth of the sample's time.
                user_agent=f"regent botocore/{botocore.__version__}" if self._endpoint_url else None,
                # The sample estate has one address; AWS gets its host prefixes.
                inject_host_prefix=self._endpoint_url is None,
                s3={"addressing_style": "path"} if self._endpoint_url else {},
            ),
        )
        if service == "s3control" and self._endpoint_url:
            # Its endpoint rules put the account id before any host; the sample estate's address has no such names.
            client.meta.events.register("before-sign.s3-control", self._to_endpoint)
        if not own:
            # botocore offers no public way to sign each call of one client with other credentials; the signer asks
            # this object for them at every signature.
            client._request_signer._credentials = _CredentialsOfTheCall(self)
        return client

    def _to_endpoint(self, request: Any, **_: Any) -> None:
        parts = urlsplit(request.url)
        request.url = urlunsplit(parts._replace(netloc=urlsplit(self._endpoint_url or "").netloc))

    def keys(self, account: str) -> Any:
        """Frozen credentials of the reader role in `account`, assumed once and renewed before they expire."""
        with self._lock:
            lock = self._key_locks.setdefault(account, threading.Lock())
        with lock:
            held = self._keys.get(account)
            if held is None or held[1] - _EARLY < datetime.now(UTC):
                held = self._keys[account] = self._assume(account)
            return held[0]

    def _assume(self, account: str) -> tuple[Any, datetime]:
        from botocore.credentials import ReadOnlyCredentials
        from botocore.exceptions import BotoCoreError, ClientError

        if self._role is None:
            with self._lock:  # a session is not safe in threads, only its clients are
                own = self._session.get_credentials()
            if own is None:
                raise AwsCallError(account, "sts:AssumeRole", "NoCredentials", "no AWS credentials were found")
            return own.get_frozen_credentials(), datetime.now(UTC) + timedelta(minutes=10)
        with self._lock:
            if self._sts is None:
                self._sts = self._make("sts", self.region, own=True)
        given: dict[str, Any] = {
            "RoleArn": f"arn:aws:iam::{account}:role/{self._role}",
            "RoleSessionName": "regent",
        }
        if self._external_id:
            given["ExternalId"] = self._external_id
        try:
            credentials = self._sts.assume_role(**given)["Credentials"]
        except ClientError as error:
            code = error.response["Error"]["Code"]
            raise AwsCallError(account, "sts:AssumeRole", code, error.response["Error"]["Message"]) from error
        except BotoCoreError as error:
            raise AwsCallError(account, "sts:AssumeRole", type(error).__name__, str(error)) from error
        frozen = ReadOnlyCredentials(
            credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"], account
        )
        return frozen, credentials["Expiration"]


class _CredentialsOfTheCall:
    """What botocore's signer sees as the client's credentials."""

    method = "regent-reader-role"

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def get_frozen_credentials(self) -> Any:
        try:
            account = CURRENT_ACCOUNT.get()
        except LookupError:
            raise UndeclaredOperationError("An AWS call outside a query names no account; it was refused.") from None
        return self._sessions.keys(account)
