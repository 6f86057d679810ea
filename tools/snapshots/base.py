"""The snapshot: a declared look at the accounts in which Regent itself runs, for evidence instead of for an answer.

    @snapshot("log-groups", operations=("logs:DescribeLogGroups", "logs:ListLogGroups"))
    def log_groups(survey: Survey) -> None:
        \"\"\"Every log group.\"\"\"

A snapshot is a query in a domain of its own: it passes the same gate, allow-list, receipts and ledger, and its
permissions are in the reader role's policy. Specialists do not offer it to models (`tools.catalogue.queries` does not
list it). What it saw is a fact too, by hash, so that evidence can be computed again offline from stored responses.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict

from tools.accounts import Account, Accounts
from tools.calls import Aws, Place
from tools.errors import AwsCallError, RegentError
from tools.facts import Facts
from tools.registry import Query
from tools.wire import RUNNING

DOMAIN = "controls"
TAG = "regent:environment"
"""The key of the tag that everything Regent deploys for itself carries (`infra/stacks/all.py` sets it)."""
_NOT_THERE = "NotInSampleEstate"


class Where(BaseModel):
    """Where a snapshot looks and what is configured there: the inputs of every snapshot."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    accounts: Accounts = "all"
    regions: tuple[str, ...] = ()
    """Declared regions; none means the home region."""
    models: tuple[str, ...] = ()
    """Ids of the configured Bedrock models and inference profiles."""
    guardrails: tuple[str, ...] = ()
    """Configured guardrails as `ID:VERSION`."""
    role: str = ""
    """Name of the reader role."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing that was seen, as AWS describes it."""

    name: str
    data: dict[str, Any]
    account: str
    region: str | None = None


@dataclass(slots=True)
class Survey:
    """What a snapshot function fills: things seen, how many there are by an independent count, and what was denied."""

    aws: Aws
    where: Where
    items: list[Seen] = field(default_factory=list)
    population: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def accounts(self) -> tuple[Account, ...]:
        """The accounts to look at."""
        return self.aws.directory.select(self.where.accounts)

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions to look at; a declared one that may not be looked at is a problem."""
        wanted = self.where.regions or self.aws.regions[:1]
        for region in set(wanted) - set(self.aws.regions):
            said = f"{region} is declared, but is not among the regions that may be looked at (setting `regions`)"
            self.problems += [said] if said not in self.problems else []
        return tuple(region for region in wanted if region in self.aws.regions) or self.aws.regions[:1]

    @property
    def places(self) -> list[Place]:
        """Every account in every region to look at."""
        return self.aws.places(self.accounts, self.regions)

    def everywhere(self, ask: Callable[[Place], tuple[Sequence[Seen], int]], places: Iterable[Place] = ()) -> None:
        """Ask in every place; `ask` gives what it saw and the independent count. A place that fails is a problem."""
        wanted = list(places) or self.places
        if not wanted:
            self.problems.append("there is no account to look at")
            return

        def tried(place: Place) -> tuple[Sequence[Seen], int] | AwsCallError:
            try:
                return ask(place)
            except AwsCallError as error:
                return error

        first = tried(wanted[0])
        if isinstance(first, AwsCallError) and first.code == _NOT_THERE:
            # an estate that says so of one place says it of all: no use asking forty times
            self.problems.append(f"{first.operation}: the sample estate has no such data")
            return
        for place, found in [(wanted[0], first), *self.aws.each(wanted[1:], tried)]:
            if isinstance(found, AwsCallError):
                self.problems.append(f"{found.operation} in {place.account.name} {place.region}: {found.code}")
            else:
                self.items += found[0]
                self.population += found[1]

    def tagged(self, place: Place, resource_type: str) -> int:
        """How many resources of a type carry our tag there, by the tagging API."""
        found = self.aws.items(
            place.account,
            "resourcegroupstaggingapi:GetResources",
            "ResourceTagMappingList",
            region=place.region,
            ResourceTypeFilters=[resource_type],
            TagFilters=[{"Key": TAG}],
        )
        return len(found.items)

    def get(self, place: Place, operation: str, **given: Any) -> dict[str, Any]:
        """One call's members as plain JSON."""
        reply = self.aws.call(place.account, operation, region=place.region, **given)
        return {key: value for key, value in plain(reply.data).items() if key != "ResponseMetadata"}

    def optional(self, place: Place, operation: str, missing: Iterable[str], **given: Any) -> dict[str, Any]:
        """`get`, or nothing where AWS answers that it is not configured (one of the codes `missing`)."""
        try:
            return self.get(place, operation, **given)
        except AwsCallError as error:
            if error.code in missing:
                return {}
            raise

    def list(self, place: Place, operation: str, key: str, **given: Any) -> list[dict[str, Any]]:
        """The members `key` of all pages as plain JSON."""
        found = self.aws.items(place.account, operation, key, region=place.region, **given)
        return [plain(item) for item in found.items]

    def seen(self, name: str, data: dict[str, Any], place: Place, *, regional: bool = True) -> Seen:
        """One thing seen in a place."""
        return Seen(name, data, place.account.id, place.region if regional else None)

    def sha256(self) -> str:
        """Over everything seen, in a fixed form."""
        said = {
            "items": [[item.name, item.data, item.account, item.region] for item in self.items],
            "population": self.population,
            "problems": self.problems,
        }
        return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()


_SNAPSHOTS: dict[str, Query] = {}


def snapshot(name: str, *, operations: Iterable[str]) -> Callable[[Callable[[Survey], None]], Callable[[Survey], None]]:
    """Declare how the need `aws:NAME` is seen. Operations as with queries: nothing else may be called.

    Raises:
        RegentError: there is one of that name already.
    """

    def declare(function: Callable[[Survey], None]) -> Callable[[Survey], None]:
        if name in _SNAPSHOTS:
            raise RegentError(f"Two snapshots are named {name!r}; rename the one in {function.__module__}.")

        def look(aws: Aws, **given: Any) -> Facts:
            survey = Survey(aws, Where.model_validate(given))
            function(survey)
            survey.problems += aws.incomplete
            return _as_facts(name, survey)

        _SNAPSHOTS[name] = Query(
            name=query_name(name),
            domain=DOMAIN,
            operations=frozenset(operations),
            reach="accounts",
            personal_data=False,
            summary=" ".join((function.__doc__ or "").split()),
            input_model=Where,
            function=look,
            injected={"aws": Aws},
        )
        return function

    return declare


def query_name(name: str) -> str:
    """The name by which gate and ledger know the snapshot for a need."""
    return f"evidence_{name.replace('-', '_')}"


def declared() -> dict[str, Query]:
    """The snapshots declared so far, by name of the need."""
    return dict(sorted(_SNAPSHOTS.items()))


def plain(value: Any) -> Any:
    """A response as JSON: times as ISO 8601 in UTC, bytes in base64."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value


def _as_facts(name: str, survey: Survey) -> Facts:
    facts = Facts(read_as=f"snapshot of {name}", incomplete=list(survey.problems), snapshot=survey)
    running = RUNNING.get()
    receipts = tuple(sorted(running.receipts)) if running else ()  # threads finish in any order
    if receipts:
        facts.fact(f"snapshot of {name}, SHA-256", survey.sha256(), "id", receipts=receipts, headline=True)
        facts.fact(f"{name} counted", survey.population, "items", receipts=receipts)
    return facts
