"""moto for the long tail of IAM and S3: operations that the handlers in ``services`` do not answer themselves.

moto starts in this process on the first such request, and each account is seeded from the inventory then, so that
policy texts, group listings and the like agree with the seeded handlers. Everything else is answered without moto:
it is slower there, lists stock images and snapshots as own, and gives resources new ids in every run.
"""

from __future__ import annotations

from tools.estate.moto_seed.application import wsgi

__all__ = ["SERVICES", "wsgi"]

SERVICES: frozenset[str] = frozenset({"iam", "s3"})
"""The services, by botocore name, whose other operations moto answers."""
