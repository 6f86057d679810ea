"""What is stored, and whether it is encrypted: S3 buckets, EBS volumes, databases and snapshots."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tools.accounts import Account
from tools.calls import Aws, Place
from tools.errors import AwsCallError
from tools.security import buckets
from tools.security.buckets import BucketPlace
from tools.security.common import joined, some

OPERATIONS = (
    *buckets.LISTING,
    "s3:GetBucketEncryption",
    "ec2:DescribeVolumes",
    "ec2:DescribeSnapshots",
    "rds:DescribeDBInstances",
    "rds:DescribeDBSnapshots",
)
_NO_ENCRYPTION = "ServerSideEncryptionConfigurationNotFoundError"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is wrong, what is to say about it, and the receipts that show it."""

    name: str
    account: Account
    detail: str
    receipts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stock:
    """All things of one kind: how many, which of them are wrong, further counts by label, and all receipts."""

    unit: str
    total: int
    wrong_label: str
    wrong: tuple[Item, ...]
    counts: tuple[tuple[str, int], ...]
    receipts: tuple[str, ...]


def read_buckets(aws: Aws, accounts: Sequence[Account]) -> Stock:
    """Buckets by their default encryption. Raises AwsCallError if no account answers."""
    listed = buckets.list_buckets(aws, accounts)
    looked = some(aws, listed.places, lambda place: _bucket_encryption(aws, place), "bucket encryption")
    wrong = [Item(p.name, p.account, "no default encryption", behind) for p, (how, behind) in looked if how is None]
    customer = sum(how is not None and how.startswith("aws:kms") for _, (how, _) in looked)
    return Stock(
        "buckets",
        len(looked),
        "buckets without default encryption",
        tuple(wrong),
        (
            ("buckets encrypted with KMS", customer),
            ("buckets encrypted with keys that S3 manages", len(looked) - customer - len(wrong)),
        ),
        joined([listed.receipts, *(behind for _, (_, behind) in looked)]),
    )


def _bucket_encryption(aws: Aws, place: BucketPlace) -> tuple[str | None, tuple[str, ...]]:
    try:
        reply = aws.call(place.account, "s3:GetBucketEncryption", region=place.region, Bucket=place.name)
    except AwsCallError as error:
        if error.code != _NO_ENCRYPTION:
            raise
        return None, error.receipts
    rules = reply.data["ServerSideEncryptionConfiguration"]["Rules"]
    default = next((rule["ApplyServerSideEncryptionByDefault"] for rule in rules), None)
    return (default["SSEAlgorithm"] if default else None), reply.receipts


def read_volumes(aws: Aws, accounts: Sequence[Account]) -> Stock:
    """EBS volumes that are not encrypted. Raises AwsCallError if no place answers."""

    def detail(volume: dict[str, Any]) -> str:
        users = [one["InstanceId"] for one in volume.get("Attachments") or [] if one.get("InstanceId")]
        return f"{volume['Size']} GiB, {'attached to ' + users[0] if users else 'not attached'}"

    return _stock(
        aws,
        accounts,
        ("ec2:DescribeVolumes", "Volumes", {"MaxResults": 500}),
        "volumes",
        lambda volume: (volume["VolumeId"], bool(volume.get("Encrypted")), detail(volume)),
    )


def read_databases(aws: Aws, accounts: Sequence[Account]) -> Stock:
    """RDS database instances that are not encrypted. Raises AwsCallError if no place answers."""
    return _stock(
        aws,
        accounts,
        ("rds:DescribeDBInstances", "DBInstances", {"MaxRecords": 100}),
        "databases",
        lambda one: (one["DBInstanceIdentifier"], bool(one.get("StorageEncrypted")), one.get("Engine", "")),
    )


def read_snapshots(aws: Aws, accounts: Sequence[Account]) -> Stock:
    """EBS and RDS snapshots that are not encrypted. Raises AwsCallError if no place answers for one of the two."""
    disks = _stock(
        aws,
        accounts,
        ("ec2:DescribeSnapshots", "Snapshots", {"OwnerIds": ["self"], "MaxResults": 1000}),
        "snapshots",
        lambda one: (one["SnapshotId"], bool(one.get("Encrypted")), f"of volume {one.get('VolumeId', 'unknown')}"),
    )
    databases = _stock(
        aws,
        accounts,
        ("rds:DescribeDBSnapshots", "DBSnapshots", {"MaxRecords": 100}),
        "snapshots",
        lambda one: (
            one["DBSnapshotIdentifier"],
            bool(one.get("Encrypted")),
            f"of database {one.get('DBInstanceIdentifier', 'unknown')}",
        ),
    )
    return Stock(
        "snapshots",
        disks.total + databases.total,
        disks.wrong_label,
        (*disks.wrong, *databases.wrong),
        (
            ("unencrypted volume snapshots", len(disks.wrong)),
            ("unencrypted database snapshots", len(databases.wrong)),
        ),
        joined([disks.receipts, databases.receipts]),
    )


def _stock(
    aws: Aws,
    accounts: Sequence[Account],
    asked: tuple[str, str, dict[str, Any]],
    unit: str,
    read: Callable[[dict[str, Any]], tuple[str, bool, str]],
) -> Stock:
    """Ask one listing operation everywhere; `read` gives name, whether encrypted, and what to say about it."""
    operation, key, given = asked

    def ask(place: Place) -> tuple[int, list[Item], tuple[str, ...]]:
        listed = aws.items(place.account, operation, key, region=place.region, **given)
        read_all = [read(record) for record in listed.items]
        wrong = [
            Item(name, place.account, text, listed.receipts) for name, encrypted, text in read_all if not encrypted
        ]
        return len(read_all), wrong, listed.receipts

    seen = [result for _, result in aws.each(aws.places(accounts), ask)]
    wrong = sorted((item for _, items, _ in seen for item in items), key=lambda item: (item.account.name, item.name))
    total = sum(number for number, _, _ in seen)
    return Stock(unit, total, f"unencrypted {unit}", tuple(wrong), (), joined(receipts for _, _, receipts in seen))
