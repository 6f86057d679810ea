"""S3 bucket settings as S3 writes them."""

from __future__ import annotations

from typing import Any

from tools.estate.inventory.keys import alias_arn
from tools.estate.inventory.storage import ACL_GRANTEE, Bucket, canonical_user
from tools.estate.world import ACCOUNTS

_NAMES = {account.id: account.name for account in ACCOUNTS}


def owner(account: str) -> dict[str, str]:
    """The owner as S3 names accounts: by canonical user id. ``DisplayName`` is no longer returned."""
    return {"ID": canonical_user(account)}


def acl(bucket: Bucket) -> dict[str, Any]:
    """The access control list: full control for the owner, and READ for one other account in one bucket."""
    grants = [{"Grantee": {"Type": "CanonicalUser", **owner(bucket.account)}, "Permission": "FULL_CONTROL"}]
    if bucket.sharing == "acl-to-account":
        grants.append({"Grantee": {"Type": "CanonicalUser", **owner(ACL_GRANTEE)}, "Permission": "READ"})
    return {"Owner": owner(bucket.account), "Grants": grants}


def encryption(bucket: Bucket) -> dict[str, Any]:
    default: dict[str, Any] = {"SSEAlgorithm": bucket.encryption}
    if bucket.encryption == "aws:kms":
        alias = bucket.name.removeprefix(f"lantern-{_NAMES[bucket.account]}-")
        default["KMSMasterKeyID"] = bucket.key or alias_arn(_NAMES[bucket.account], alias)
    rule = {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": bucket.encryption == "aws:kms"}
    return {"ServerSideEncryptionConfiguration": {"Rules": [rule]}}


def block(on: bool) -> dict[str, Any]:
    names = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    return {"PublicAccessBlockConfiguration": dict.fromkeys(names, on)}
