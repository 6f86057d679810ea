"""Resources: what is there, of each kind, in every account and region, with the tags where they are wanted."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from tools.accounts import Account
from tools.calls import Aws, Place
from tools.ops.common import clean

Kind = Literal["instances", "databases", "functions", "buckets", "volumes", "services", "load_balancers"]
KINDS: tuple[Kind, ...] = (
    "instances",
    "databases",
    "functions",
    "buckets",
    "volumes",
    "services",
    "load_balancers",
)
MEASURES: dict[Kind, tuple[tuple[str, str], ...]] = {
    "instances": (("running", "instances"),),
    "databases": (("allocated storage", "GiB"),),
    "functions": (),
    "buckets": (),
    "volumes": (("attached to nothing", "volumes"), ("size", "GiB")),
    "services": (("tasks running", "tasks"), ("tasks wanted", "tasks")),
    "load_balancers": (),
}
"""What is summed up for each kind besides the count: (label, unit)."""
OPERATIONS = frozenset(
    {
        "ec2:DescribeInstances",
        "ec2:DescribeVolumes",
        "ecs:DescribeServices",
        "ecs:ListClusters",
        "ecs:ListServices",
        "elbv2:DescribeLoadBalancers",
        "lambda:ListFunctions",
        "rds:DescribeDBInstances",
        "resourcegroupstaggingapi:GetResources",
        "s3:ListBuckets",
    }
)
_TAGGED_APART: dict[Kind, str] = {
    "functions": "lambda:function",
    "buckets": "s3",
    "load_balancers": "elasticloadbalancing:loadbalancer",
}
"""Kinds whose listing carries no tags; the tagging API knows them by this type."""
_GPU = re.compile(r"[gp]\d")
"""How the types of instances with graphics processors begin: `g5`, `p4d`."""
_GONE = ("terminated", "shutting-down")


@dataclass(frozen=True, slots=True)
class Thing:
    """One resource. `state` and `type` are AWS's own words;"""

    kind: Kind
    account: Account
    region: str
    id: str
    name: str
    type: str
    state: str
    tags: dict[str, str] | None = field(default_factory=dict)
    """None if they could not be read."""
    measures: tuple[int, ...] = ()
    """The numbers of MEASURES."""
    version: str = ""
    """Of a database, its engine's."""

    @property
    def described(self) -> str:
        """Type with the version: `postgres 16.4 db.r6g.large`."""
        first, _, rest = self.type.partition(" ")
        return " ".join(part for part in (first, self.version, rest) if part)

    def is_(self, said: str) -> bool:
        """Whether each word of `said` is its state, or begins its type, version or runtime."""
        mine = [part for word in self.described.casefold().split() for part in (word, word.removeprefix("db."))]
        mine += self.state.casefold().split()
        if self.kind == "volumes":
            mine.append("unattached" if self.state == "available" else "attached")
        if self.kind == "instances" and _GPU.match(self.type):
            mine.append("gpu")
        return all(any(_begins(part, word) for part in mine) for word in said.split())


def _begins(word: str, said: str) -> bool:
    """`python3.1` does not begin `python3.12`, `python` and `python3` do."""
    rest = word.removeprefix(said)
    return word.startswith(said) and (not rest[:1].isalnum() or (rest[0].isdigit() and said[-1].isalpha()))


@dataclass(frozen=True, slots=True)
class Shelf:
    """The things of one kind in one place, and the receipts of the calls that found them."""

    account: Account
    things: tuple[Thing, ...]
    receipts: tuple[str, ...]


def collect(aws: Aws, kind: Kind, accounts: Sequence[Account], regions: Sequence[str], *, tags: bool) -> list[Shelf]:
    """Everything of one kind in these regions. `tags` asks the tagging API where the kind's own listing has none.

    Raises:
        AwsCallError: no place could be looked at.
    """
    ask = _ASKS[kind]

    def look(place: Place) -> Shelf:
        things, receipts = ask(aws, place)
        if set(regions) != set(aws.regions):
            things = [thing for thing in things if thing.region in regions]
        return Shelf(place.account, tuple(sorted(things, key=lambda t: (t.name, t.id))), tuple(receipts))

    # The buckets of all regions are listed in one call.
    places = aws.places(accounts, aws.regions[:1] if kind == "buckets" else regions)
    shelves = [shelf for _, shelf in aws.each(places, look)]
    if not tags or kind not in _TAGGED_APART:
        return shelves
    return _with_tags(aws, kind, accounts, shelves)


def _with_tags(aws: Aws, kind: Kind, accounts: Sequence[Account], shelves: list[Shelf]) -> list[Shelf]:
    def look(place: Place) -> tuple[dict[str, dict[str, str]], tuple[str, ...]]:
        found = aws.items(
            place.account,
            "resourcegroupstaggingapi:GetResources",
            "ResourceTagMappingList",
            region=place.region,
            ResourceTypeFilters=[_TAGGED_APART[kind]],
            ResourcesPerPage=100,
        )
        return {raw["ResourceARN"]: _tags(raw.get("Tags")) for raw in found.items}, found.receipts

    places = sorted(
        {(shelf.account.id, thing.region) for shelf in shelves for thing in shelf.things},
    )
    by_id = {account.id: account for account in accounts}
    known = aws.each([Place(by_id[account], region) for account, region in places], look)
    looked = {(place.account.id, place.region): found for place, found in known}
    tagged = []
    for shelf in shelves:
        things, receipts = [], list(shelf.receipts)
        for thing in shelf.things:
            found = looked.get((thing.account.id, thing.region))
            # Tags that could not be read (`each` has said so) are not missing tags.
            tags = None if found is None else found[0].get(thing.id, {})
            receipts += found[1] if found else ()
            things.append(replace(thing, tags=tags))
        tagged.append(Shelf(shelf.account, tuple(things), tuple(dict.fromkeys(receipts))))
    return tagged


def _tags(raw: list[dict[str, str]] | None, key: str = "Key", value: str = "Value") -> dict[str, str]:
    """Tags by key; their text is anybody's, so it is made safe to show."""
    return {clean(tag[key], 128): clean(tag.get(value, ""), 128) for tag in raw or []}


Found = tuple[list[Thing], Sequence[str]]


def _instances(aws: Aws, place: Place) -> Found:
    found = aws.items(place.account, "ec2:DescribeInstances", "Reservations", region=place.region, MaxResults=1000)
    things = []
    for raw in (instance for reservation in found.items for instance in reservation["Instances"]):
        state, tags = raw["State"]["Name"], _tags(raw.get("Tags"))
        if state not in _GONE:
            name, kind = tags.get("Name") or raw["InstanceId"], raw["InstanceType"]
            running = (int(state == "running"),)
            things.append(
                Thing("instances", place.account, place.region, raw["InstanceId"], name, kind, state, tags, running)
            )
    return things, found.receipts


def _volumes(aws: Aws, place: Place) -> Found:
    found = aws.items(place.account, "ec2:DescribeVolumes", "Volumes", region=place.region, MaxResults=500)
    things = []
    for raw in found.items:
        tags, state = _tags(raw.get("Tags")), raw["State"]
        name, numbers = tags.get("Name") or raw["VolumeId"], (int(state == "available"), int(raw["Size"]))
        things.append(
            Thing(
                "volumes",
                place.account,
                place.region,
                raw["VolumeId"],
                name,
                raw["VolumeType"],
                state,
                tags,
                numbers,
            )
        )
    return things, found.receipts


def _databases(aws: Aws, place: Place) -> Found:
    found = aws.items(place.account, "rds:DescribeDBInstances", "DBInstances", region=place.region, MaxRecords=100)
    return [
        Thing(
            "databases",
            place.account,
            place.region,
            raw["DBInstanceArn"],
            raw["DBInstanceIdentifier"],
            f"{raw['Engine']} {raw['DBInstanceClass']}",
            raw["DBInstanceStatus"],
            _tags(raw.get("TagList")),
            (int(raw.get("AllocatedStorage") or 0),),
            raw.get("EngineVersion") or "",
        )
        for raw in found.items
    ], found.receipts


def _functions(aws: Aws, place: Place) -> Found:
    found = aws.items(place.account, "lambda:ListFunctions", "Functions", region=place.region, MaxItems=50)
    return [
        Thing(
            "functions",
            place.account,
            place.region,
            raw["FunctionArn"],
            raw["FunctionName"],
            raw.get("Runtime") or "container image",
            raw.get("State") or "(not reported)",
        )
        for raw in found.items
    ], found.receipts


def _buckets(aws: Aws, place: Place) -> Found:
    # BucketRegion is only there when a page size is asked for.
    found = aws.items(place.account, "s3:ListBuckets", "Buckets", region=place.region, MaxBuckets=1000)
    return [
        Thing(
            "buckets",
            place.account,
            raw.get("BucketRegion") or place.region,
            f"arn:aws:s3:::{raw['Name']}",
            raw["Name"],
            "bucket",
            "(not reported)",
        )
        for raw in found.items
    ], found.receipts


def _services(aws: Aws, place: Place) -> Found:
    clusters = aws.items(place.account, "ecs:ListClusters", "clusterArns", region=place.region)
    receipts, things = list(clusters.receipts), []
    for cluster in clusters.items:
        listed = aws.items(
            place.account, "ecs:ListServices", "serviceArns", region=place.region, cluster=cluster, maxResults=100
        )
        receipts += listed.receipts
        for first in range(0, len(listed.items), 10):  # DescribeServices takes ten
            reply = aws.call(
                place.account,
                "ecs:DescribeServices",
                region=place.region,
                cluster=cluster,
                services=listed.items[first : first + 10],
                include=["TAGS"],
            )
            receipts.append(reply.receipt)
            for raw in reply.data["services"]:
                if raw["status"] != "INACTIVE":
                    things.append(
                        Thing(
                            "services",
                            place.account,
                            place.region,
                            raw["serviceArn"],
                            raw["serviceName"],
                            raw.get("launchType") or "capacity provider",
                            raw["status"],
                            _tags(raw.get("tags"), "key", "value"),
                            (raw["runningCount"], raw["desiredCount"]),
                        )
                    )
    return things, receipts


def _balancers(aws: Aws, place: Place) -> Found:
    found = aws.items(place.account, "elbv2:DescribeLoadBalancers", "LoadBalancers", region=place.region, PageSize=400)
    return [
        Thing(
            "load_balancers",
            place.account,
            place.region,
            raw["LoadBalancerArn"],
            raw["LoadBalancerName"],
            raw["Type"],
            raw["State"]["Code"],
        )
        for raw in found.items
    ], found.receipts


_ASKS: dict[Kind, Callable[[Aws, Place], Found]] = {
    "instances": _instances,
    "databases": _databases,
    "functions": _functions,
    "buckets": _buckets,
    "volumes": _volumes,
    "services": _services,
    "load_balancers": _balancers,
}


def tag(thing: Thing, key: str) -> str | None:
    """The value of a tag; empty if it is missing or empty, None if tags could not be read."""
    return None if thing.tags is None else thing.tags.get(key, "").strip()


def tags_in_use(shelves: Sequence[Shelf]) -> dict[str, set[str]]:
    """All tag keys in use with their values."""
    keys: dict[str, set[str]] = {}
    for shelf in shelves:
        for thing in shelf.things:
            for key, value in (thing.tags or {}).items():
                keys.setdefault(key, set()).add(value)
    return keys
