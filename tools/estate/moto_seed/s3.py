"""Seeding moto's S3 of one account from the inventory."""

from __future__ import annotations

from typing import Any

from tools.estate import inventory


def seed(account: str) -> None:
    """Fill moto's S3 of ``account`` with the buckets of the inventory: names, dates, policies, versioning."""
    from moto.s3.models import s3_backends

    backend: Any = s3_backends[account]["aws"]
    for bucket in inventory.BUCKETS:
        if bucket.account != account:
            continue
        made = backend.create_bucket(bucket.name, bucket.region)
        made.creation_date = bucket.created
        if bucket.policy:
            made.policy = bucket.policy.encode()
        if bucket.versioned:
            backend.put_bucket_versioning(bucket.name, "Enabled")
