"""Snapshots of storage: buckets with their locks, and the keys that encrypt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tools.accounts import Account
from tools.calls import Place
from tools.snapshots.base import Seen, Survey, snapshot

_SETTINGS = (
    ("s3:GetObjectLockConfiguration", ("ObjectLockConfigurationNotFoundError",), ("ObjectLockConfiguration",)),
    (
        "s3:GetBucketEncryption",
        ("ServerSideEncryptionConfigurationNotFoundError",),
        ("ServerSideEncryptionConfiguration",),
    ),
    ("s3:GetPublicAccessBlock", ("NoSuchPublicAccessBlockConfiguration",), ("PublicAccessBlockConfiguration",)),
    ("s3:GetBucketPolicyStatus", ("NoSuchBucketPolicy",), ("PolicyStatus",)),
    ("s3:GetBucketVersioning", (), ("Status",)),
)


@snapshot("buckets", operations=("s3:ListBuckets", "s3:GetBucketTagging", *(one[0] for one in _SETTINGS)))
def buckets(survey: Survey) -> None:
    """Every bucket of the home accounts, with lock, encryption, exposure, versioning and tags."""
    listed: list[tuple[Account, str, str]] = []

    def names(place: Place) -> tuple[Sequence[Seen], int]:
        found = survey.list(place, "s3:ListBuckets", "Buckets")
        listed.extend((place.account, one["Name"], one.get("BucketRegion") or place.region) for one in found)
        return (), len(found)

    survey.everywhere(names, survey.aws.places(survey.accounts, survey.regions[:1]))
    if not listed:
        return
    wanted = sorted(listed, key=lambda one: (one[0].id, one[1]))
    by_place = [_BucketPlace(account, region, name) for account, name, region in wanted]

    def one(place: Place) -> tuple[Sequence[Seen], int]:
        return [_bucket(survey, place, place.name if isinstance(place, _BucketPlace) else "")], 0

    survey.everywhere(one, by_place)


@dataclass(frozen=True, slots=True)
class _BucketPlace(Place):
    """A place that is one bucket."""

    name: str


def _bucket(survey: Survey, place: Place, name: str) -> Seen:
    data: dict[str, object] = {"Name": name}
    tags = survey.optional(place, "s3:GetBucketTagging", ("NoSuchTagSet",), Bucket=name).get("TagSet") or []
    data["Tags"] = {tag["Key"]: tag["Value"] for tag in tags}
    for operation, missing, members in _SETTINGS:
        found = survey.optional(place, operation, missing, Bucket=name)
        data.update({member: found.get(member) for member in members})
    return survey.seen(name, data, place)


@snapshot("kms-keys", operations=("kms:ListKeys", "kms:ListAliases", "kms:DescribeKey", "kms:GetKeyRotationStatus"))
def kms_keys(survey: Survey) -> None:
    """Each customer-managed KMS key of the home accounts."""

    def ask(place: Place) -> tuple[Sequence[Seen], int]:
        aliases = survey.list(place, "kms:ListAliases", "Aliases")
        ours = {a.get("TargetKeyId") for a in aliases if not a["AliasName"].startswith("alias/aws/")} - {None}
        seen = []
        for key in survey.list(place, "kms:ListKeys", "Keys"):
            described = survey.get(place, "kms:DescribeKey", KeyId=key["KeyId"])["KeyMetadata"]
            if described.get("KeyManager") == "AWS":
                continue
            rotates = survey.optional(
                place, "kms:GetKeyRotationStatus", ("UnsupportedOperationException",), KeyId=key["KeyId"]
            ).get("KeyRotationEnabled")
            seen.append(survey.seen(key["KeyId"], {**described, "KeyRotationEnabled": rotates}, place))
        return seen, max(len(ours), len(seen))

    survey.everywhere(ask)
