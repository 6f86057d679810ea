"""Verify what a bucket holds: every ledger that a key names or the signed index announces, a missing one included."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from policies.audit.errors import RemoteError
from policies.audit.note import Checkpoint, VerifierKey
from policies.audit.remote import Bucket, announced, restore
from policies.audit.verdict import Verdict
from policies.audit.verifying import verify


def verify_bucket(
    bucket: Bucket, keys: Sequence[VerifierKey], since: Checkpoint | None = None, *, schema: bool = True
) -> list[Verdict]:
    """One verdict per ledger, each restored to a temporary place; the worst first.

    A session's ledger is announced under its own name by the same key, so that key counts for it, too. One that was
    announced and has no records is tampering: nothing here can tell a session that died at once from a removed log.
    """
    try:
        origins = dict.fromkeys([*(key.name for key in keys), *announced(bucket, list(keys))])
    except RemoteError as error:
        return [Verdict(code=1, reason=str(error))]
    found = []
    with tempfile.TemporaryDirectory() as scratch:
        for number, origin in enumerate(origins):
            path = Path(scratch) / str(number) / "ledger"
            own = [VerifierKey(origin, key.kind, key.data) for key in keys]
            try:
                restore(bucket, origin, path)
            except RemoteError as error:
                found.append(Verdict(code=1, reason=str(error), origin=origin))
            else:
                found.append(verify(path, own, since, schema=schema))
    return sorted(found, key=lambda verdict: {1: 0, 2: 1}.get(verdict.code, 2))
