"""Calls: how a query asks AWS. One call, all pages of it, or the same question in many accounts and regions."""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from tools.accounts import Account, Directory
from tools.errors import AwsCallError, RegentError
from tools.sessions import CURRENT_ACCOUNT, Sessions
from tools.wire import CALL, RUNNING, Call

T = TypeVar("T")
P = TypeVar("P", bound="Place")
MAX_PAGES = 500
_TOKENS = (
    ("NextPageToken", "NextPageToken"),
    ("NextToken", "NextToken"),
    ("nextToken", "nextToken"),
    ("Marker", "Marker"),
    ("PaginationToken", "PaginationToken"),
    ("ContinuationToken", "ContinuationToken"),
)
_WORKERS = 16


@dataclass(frozen=True, slots=True)
class Place:
    """An account and a region to ask in."""

    account: Account
    region: str


@dataclass(frozen=True, slots=True)
class Reply:
    """The parsed answer to one call, and the id of its receipt."""

    data: dict[str, Any]
    receipt: str

    @property
    def receipts(self) -> tuple[str, ...]:
        """The receipt as a tuple, for `Facts.fact(receipts=...)`."""
        return (self.receipt,)


@dataclass(frozen=True, slots=True)
class Items:
    """The items of all pages of one call, and the receipts of those pages."""

    items: list[Any]
    receipts: tuple[str, ...]


class Aws:
    """What a query is given to ask AWS with. Lives for one query call; safe to use from its pool threads."""

    def __init__(
        self,
        sessions: Sessions,
        directory: Directory,
        now: datetime,
        regions: tuple[str, ...],
        *,
        currency: str = "USD",
    ) -> None:
        self._sessions = sessions
        self.directory = directory
        self.now = now
        """The clock's UTC time at which this query call started."""
        self.regions = regions
        """Regions that are looked at; the first is the home region."""
        self.currency = currency
        self.incomplete: list[str] = []
        """Where this query could not look; run_query copies it into the result."""

    def call(self, account: Account, operation: str, *, region: str | None = None, **given: Any) -> Reply:
        """Call `service:Operation` (botocore's service name) once.

        Raises:
            AwsCallError: AWS refused, or did not answer. `receipts` of the error names the refusal's receipt.
            UndeclaredOperationError: the running query did not declare the operation.
        """
        return next(self._ask(account, operation, region, given, follow=False))

    def pages(self, account: Account, operation: str, *, region: str | None = None, **given: Any) -> Iterator[Reply]:
        """All pages of a call, to the end. Raises as `call` does."""
        return self._ask(account, operation, region, given, follow=True)

    def items(self, account: Account, operation: str, key: str, *, region: str | None = None, **given: Any) -> Items:
        """The list members `key` of all pages, joined. Raises as `call` does."""
        found: list[Any] = []
        receipts: list[str] = []
        for page in self.pages(account, operation, region=region, **given):
            found.extend(page.data.get(key) or [])
            receipts.append(page.receipt)
        return Items(found, tuple(receipts))

    def places(self, accounts: Iterable[Account], regions: Iterable[str] | None = None) -> list[Place]:
        """Every account in every region (default: `self.regions`)."""
        chosen = tuple(regions or self.regions)
        return [Place(account, region) for account in accounts for region in chosen]

    def each(self, places: Iterable[P], ask: Callable[[P], T]) -> list[tuple[P, T]]:
        """Ask in many places at once; results in the order of `places`. A place may be of a subclass that says more.

        A place that fails is left out and named in `self.incomplete`, so that the answer says so.

        Raises:
            AwsCallError: every place failed.
        """
        wanted = list(places)
        if not wanted:
            return []
        results: list[tuple[P, T]] = []
        failures: list[tuple[Place, AwsCallError]] = []
        with ThreadPoolExecutor(min(_WORKERS, len(wanted)), thread_name_prefix="regent-query") as pool:
            # copy_context: the running query, and so its allow-list, holds in the pool's threads too
            futures = [(place, pool.submit(contextvars.copy_context().run, ask, place)) for place in wanted]
            try:
                for place, future in futures:
                    try:
                        results.append((place, future.result()))
                    except AwsCallError as error:
                        failures.append((place, error))
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        if failures and not results:
            raise failures[0][1]
        if failures:
            self.incomplete.append(_failed_places(len(wanted), failures))
        return results

    def each_account(self, accounts: Iterable[Account], ask: Callable[[Account], T]) -> list[tuple[Account, T]]:
        """`each` for what is asked once per account, in the home region."""
        results = self.each(self.places(accounts, self.regions[:1]), lambda place: ask(place.account))
        return [(place.account, result) for place, result in results]

    def _ask(
        self, account: Account, operation: str, region: str | None, given: dict[str, Any], *, follow: bool
    ) -> Iterator[Reply]:
        service, _, name = operation.partition(":")
        where = region or self.regions[0]
        client = self._sessions.client(service, where)
        tokens = _tokens(client, name) if follow else None
        params = dict(given)
        for _ in range(MAX_PAGES):
            reply = self._once(client, account, where, service, name, params)
            yield reply
            token = reply.data.get(tokens[1]) if tokens else None
            if tokens is None or not token or token == params.get(tokens[0]):
                return
            params[tokens[0]] = token
        self.incomplete.append(f"{operation} in {account.name} has more than {MAX_PAGES} pages")

    def _once(
        self, client: Any, account: Account, region: str, service: str, name: str, params: dict[str, Any]
    ) -> Reply:
        from botocore import xform_name
        from botocore.exceptions import BotoCoreError, ClientError
        from botocore.parsers import ResponseParserError

        call = Call(account.id, region, service, name)
        account_token, call_token = CURRENT_ACCOUNT.set(account.id), CALL.set(call)
        running = RUNNING.get()
        waiting = running.memory.alone(call, params) if running and running.memory else nullcontext()
        try:
            with waiting:
                data = getattr(client, xform_name(name))(**params)
        except ClientError as error:
            said = error.response.get("Error", {})
            refusal = (call.receipt.id,) if call.receipt else ()
            raise AwsCallError(
                account.name,
                f"{service}:{name}",
                said.get("Code", "Unknown"),
                said.get("Message", ""),
                refusal,
            ) from error
        except BotoCoreError as error:
            raise AwsCallError(account.name, f"{service}:{name}", type(error).__name__, str(error)) from error
        except ResponseParserError as error:  # botocore counts it neither as its own nor as the client's
            first_line = str(error).partition("\n")[0]
            raise AwsCallError(account.name, f"{service}:{name}", "MalformedResponse", first_line) from error
        except AwsCallError as error:  # from below botocore, where only the account's number is known
            raise AwsCallError(account.name, error.operation, error.code, error.detail, error.receipts) from error
        finally:
            CALL.reset(call_token)
            CURRENT_ACCOUNT.reset(account_token)
        if call.receipt is None:
            raise RegentError(f"{service}:{name} returned without a receipt; nothing of it is used.")
        return Reply(data, call.receipt.id)


def _tokens(client: Any, operation: str) -> tuple[str, str] | None:
    """The input and output member names that carry the page token, from botocore's paginators or by name."""
    from botocore import xform_name

    method = xform_name(operation)
    if client.can_paginate(method):
        config = client.get_paginator(method)._pagination_cfg
        inputs, outputs = config["input_token"], config["output_token"]
        if isinstance(inputs, str) and isinstance(outputs, str):
            return inputs, outputs.split("||")[0].strip()
    model = client.meta.service_model.operation_model(operation)
    ins = set(model.input_shape.members) if model.input_shape else set()
    outs = set(model.output_shape.members) if model.output_shape else set()
    return next(((i, o) for i, o in _TOKENS if i in ins and o in outs), None)


def _failed_places(asked: int, failures: list[tuple[Place, AwsCallError]]) -> str:
    accounts = {place.account.id for place, _ in failures}
    named = "; ".join(f"{place.account.name} {place.region}: {error.code}" for place, error in failures[:3])
    more = f"; and {len(failures) - 3} more" if len(failures) > 3 else ""
    within = f"{len(accounts)} account{'' if len(accounts) == 1 else 's'}"
    return f"{len(failures)} of {asked} places in {within} could not be looked at ({named}{more})"
