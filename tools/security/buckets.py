"""S3: which buckets anyone on the internet can read or write.

An account that blocks public access has no such bucket, whatever its policies say; only in the others each bucket is
looked at. What counts is what S3 enforces: a public policy behind `RestrictPublicBuckets` is not public.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tools.accounts import Account
from tools.calls import Aws, Place
from tools.errors import AwsCallError
from tools.security.common import joined, some

LISTING = ("s3:ListBuckets",)
OPERATIONS = (
    *LISTING,
    "s3control:GetPublicAccessBlock",
    "s3:GetPublicAccessBlock",
    "s3:GetBucketPolicyStatus",
    "s3:GetBucketAcl",
)
_NO_BLOCK = "NoSuchPublicAccessBlockConfiguration"
_NO_POLICY = "NoSuchBucketPolicy"
_EVERYONE = {
    "http://acs.amazonaws.com/groups/global/AllUsers": "everyone",
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers": "anyone with an AWS account",
}
_FLAGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


@dataclass(frozen=True, slots=True)
class BucketPlace(Place):
    """One bucket, where it is."""

    name: str


@dataclass(frozen=True, slots=True)
class Listed:
    """Buckets of several accounts, and the receipts of listing them."""

    places: tuple[BucketPlace, ...]
    receipts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exposed:
    """A public bucket: by which ways it is open (`everyone, by bucket policy`), and the receipts that show it."""

    place: BucketPlace
    ways: tuple[str, ...]
    receipts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """All buckets of the accounts, which of them are public, and the receipts of everything that was looked at."""

    buckets: int
    public: tuple[Exposed, ...]
    blocking: int
    """How many accounts block public access altogether."""
    receipts: tuple[str, ...]


def list_buckets(aws: Aws, accounts: Sequence[Account]) -> Listed:
    """All buckets of the accounts, in all regions: one call per account. Raises AwsCallError if no account answers."""

    def ask(account: Account) -> tuple[list[BucketPlace], tuple[str, ...]]:
        # With MaxBuckets, S3 says each bucket's region; it must be asked there.
        listed = aws.items(account, "s3:ListBuckets", "Buckets", MaxBuckets=1000)
        home = aws.regions[0]
        return [BucketPlace(account, b.get("BucketRegion") or home, b["Name"]) for b in listed.items], listed.receipts

    found = [result for _, result in aws.each_account(accounts, ask)]
    places = sorted((place for places, _ in found for place in places), key=lambda p: (p.account.name, p.name))
    return Listed(tuple(places), joined(receipts for _, receipts in found))


def check(aws: Aws, accounts: Sequence[Account]) -> Checked:
    """Which buckets of the accounts are public.

    Raises:
        AwsCallError: no account could be looked at.
    """
    listed = list_buckets(aws, accounts)
    blocks = {account.id: flags for account, flags in aws.each_account(accounts, lambda one: _account_block(aws, one))}
    unblocked = [p for p in listed.places if p.account.id in blocks and not all(blocks[p.account.id][0].values())]
    looked = some(aws, unblocked, lambda place: _look(aws, place, blocks[place.account.id][0]), "buckets")
    public = [Exposed(place, ways, behind) for place, (ways, behind) in looked if ways]
    receipts = joined([listed.receipts, *(r for _, r in blocks.values()), *(behind for _, (_, behind) in looked)])
    blocking = sum(1 for flags, _ in blocks.values() if all(flags.values()))
    return Checked(sum(p.account.id in blocks for p in listed.places), tuple(public), blocking, receipts)


def _account_block(aws: Aws, account: Account) -> tuple[dict[str, bool], tuple[str, ...]]:
    try:
        reply = aws.call(account, "s3control:GetPublicAccessBlock", AccountId=account.id)
    except AwsCallError as error:
        if error.code != _NO_BLOCK:
            raise
        return dict.fromkeys(_FLAGS, False), error.receipts
    return _flags(reply.data), reply.receipts


def _look(aws: Aws, place: BucketPlace, account_block: dict[str, bool]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    where = {"region": place.region, "Bucket": place.name}
    try:
        reply = aws.call(place.account, "s3:GetPublicAccessBlock", **where)
        own, receipts = _flags(reply.data), [*reply.receipts]
    except AwsCallError as error:
        if error.code != _NO_BLOCK:
            raise
        own, receipts = dict.fromkeys(_FLAGS, False), [*error.receipts]
    ways = []
    if not (account_block["RestrictPublicBuckets"] or own["RestrictPublicBuckets"]):
        public, behind = _public_policy(aws, place, where)
        receipts += behind
        ways += ["everyone, by bucket policy"] if public else []
    if not (account_block["IgnorePublicAcls"] or own["IgnorePublicAcls"]):
        acl = aws.call(place.account, "s3:GetBucketAcl", **where)
        receipts += acl.receipts
        groups = {_EVERYONE.get(grant.get("Grantee", {}).get("URI", "")) for grant in acl.data.get("Grants", [])}
        ways += sorted(f"{group}, by access control list" for group in groups if group)
    return tuple(ways), tuple(receipts)


def _public_policy(aws: Aws, place: BucketPlace, where: dict[str, str]) -> tuple[bool, tuple[str, ...]]:
    try:
        reply = aws.call(place.account, "s3:GetBucketPolicyStatus", **where)
    except AwsCallError as error:
        if error.code != _NO_POLICY:
            raise
        return False, error.receipts
    return bool(reply.data["PolicyStatus"]["IsPublic"]), reply.receipts


def _flags(data: dict[str, object]) -> dict[str, bool]:
    said = data.get("PublicAccessBlockConfiguration")
    held = said if isinstance(said, dict) else {}
    return {flag: bool(held.get(flag)) for flag in _FLAGS}
