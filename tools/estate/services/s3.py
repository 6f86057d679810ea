"""S3: buckets and how they are shared, encrypted, versioned and logged. Objects are not part of the sample."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tools.estate.errors import AwsError
from tools.estate.inventory.storage import BUCKET, BUCKETS, Bucket
from tools.estate.request import EstateRequest, Handler
from tools.estate.services import _s3_documents as documents
from tools.estate.services._paging import Paging, page

_PAGING = Paging("ContinuationToken", "MaxBuckets", 10_000, 10_000, "InvalidArgument")


def list_buckets(request: EstateRequest) -> dict[str, Any]:
    prefix, region = request.params.get("Prefix"), request.params.get("BucketRegion")
    mine = sorted((item for item in BUCKETS if item.account == request.account), key=lambda item: item.name)
    found = [
        {"Name": item.name, "CreationDate": item.created, "BucketRegion": item.region}
        for item in mine
        if item.name.startswith(prefix or "") and region in (None, item.region)
    ]
    shown, token = page(request, found, _PAGING)
    return {"Buckets": shown, "Owner": documents.owner(request.account), **token}


def _bucket(request: EstateRequest) -> Bucket:
    name = request.params["Bucket"]
    bucket = BUCKET.get(name)
    if bucket is None:
        raise AwsError("NoSuchBucket", f"The specified bucket does not exist: {name}", 404)
    if bucket.account != request.account:
        raise AwsError("AccessDenied", f"Account {request.account} may not read the settings of bucket {name}.", 403)
    return bucket


def _of(answer: Callable[[Bucket], dict[str, Any]]) -> Handler:
    return lambda request: answer(_bucket(request))


def _location(bucket: Bucket) -> dict[str, Any]:
    return {} if bucket.region == "us-east-1" else {"LocationConstraint": bucket.region}


def _policy_text(bucket: Bucket) -> str:
    if bucket.policy is None:
        raise AwsError("NoSuchBucketPolicy", f"The bucket policy does not exist: {bucket.name}", 404)
    return bucket.policy


def _policy_status(bucket: Bucket) -> dict[str, Any]:
    _policy_text(bucket)
    return {"PolicyStatus": {"IsPublic": bucket.sharing == "public-policy"}}


def _block(bucket: Bucket) -> dict[str, Any]:
    if not bucket.block_public:
        code = "NoSuchPublicAccessBlockConfiguration"
        raise AwsError(code, f"The public access block configuration was not found: {bucket.name}", 404)
    return documents.block(True)


def _tags(bucket: Bucket) -> dict[str, Any]:
    if not bucket.tags.pairs:
        raise AwsError("NoSuchTagSet", f"The TagSet does not exist: {bucket.name}", 404)
    return {"TagSet": bucket.tags.as_list()}


def _versioning(bucket: Bucket) -> dict[str, Any]:
    return {"Status": "Enabled"} if bucket.versioned else {}


def _logging(bucket: Bucket) -> dict[str, Any]:
    target = {"TargetBucket": "lantern-log-archive-alb-logs", "TargetPrefix": f"s3/{bucket.name}/"}
    return {"LoggingEnabled": target} if bucket.logged else {}


def _lock(bucket: Bucket) -> dict[str, Any]:
    if not bucket.locked:
        code = "ObjectLockConfigurationNotFoundError"
        raise AwsError(code, f"Object Lock configuration does not exist for this bucket: {bucket.name}", 404)
    rule = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 2557}}
    return {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled", "Rule": rule}}


OPERATIONS: dict[str, Handler] = {
    "ListBuckets": list_buckets,
    "HeadBucket": _of(lambda bucket: {"BucketRegion": bucket.region}),
    "GetBucketLocation": _of(_location),
    "GetBucketAcl": _of(documents.acl),
    "GetBucketPolicy": _of(lambda bucket: {"Policy": _policy_text(bucket)}),
    "GetBucketPolicyStatus": _of(_policy_status),
    "GetPublicAccessBlock": _of(_block),
    "GetBucketEncryption": _of(documents.encryption),
    "GetBucketVersioning": _of(_versioning),
    "GetBucketLogging": _of(_logging),
    "GetBucketTagging": _of(_tags),
    "GetObjectLockConfiguration": _of(_lock),
}


def ground_truth() -> dict[str, list[dict[str, Any]]]:
    """Buckets with how each is shared."""
    return {
        "s3_buckets": [
            {
                "account": item.account,
                "region": item.region,
                "name": item.name,
                "created": item.created.isoformat(),
                "public": item.sharing == "public-policy",
                "sharing": item.sharing,
                "block_public_access": item.block_public,
                "encryption": item.encryption,
                "versioned": item.versioned,
                "logged": item.logged,
                "tags": item.tags.as_dict(),
            }
            for item in BUCKETS
        ]
    }
