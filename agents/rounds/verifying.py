"""A round of `regent audit verify` over the bucket: every ledger that was ever announced, each against its last head.

What was verified is remembered in the state table with the head that it had. A ledger that changed since comes first,
then whatever was verified longest ago, as long as there is time. A ledger that vanished, went back, or was not reached
for a day counts as failed: nobody may rely on what nobody looked at.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from agents.rounds.saying import say

if TYPE_CHECKING:
    from policies.audit.note import Checkpoint, VerifierKey
    from policies.audit.remote import Bucket
    from policies.audit.verdict import Verdict

DUE_SECONDS = 24 * 3600
RESERVE_SECONDS = 90
"""What is left of a function's time when no further ledger is begun."""


class Seen(NamedTuple):
    """What an earlier round found: when (Unix seconds), which last object, and the head as it was signed."""

    at: float
    last: str
    head: bytes


class Heads:
    """Heads seen earlier, in the state table: (`verified`, FOLDER)."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def all(self) -> dict[str, Seen]:
        """By folder of the ledger. LedgerError when they cannot be read."""
        found: dict[str, Seen] = {}
        start: dict[str, Any] = {}
        while True:
            page = self._call(
                "query",
                KeyConditionExpression="pk = :pk",
                ExpressionAttributeValues={":pk": {"S": "verified"}},
                ConsistentRead=True,
                **start,
            )
            for item in page["Items"]:
                head = bytes(item["head"]["B"])
                found[item["sk"]["S"]] = Seen(float(item["at"]["N"]), item["last"]["S"], head)
            if "LastEvaluatedKey" not in page:
                return found
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def keep(self, folder: str, seen: Seen) -> None:
        """Remember what was found. LedgerError when that cannot be done."""
        item = {
            "pk": {"S": "verified"},
            "sk": {"S": folder},
            "at": {"N": repr(seen.at)},
            "last": {"S": seen.last},
            "head": {"B": seen.head},
        }
        self._call("put_item", Item=item)

    def _call(self, method: str, **given: Any) -> Any:
        from botocore.exceptions import BotoCoreError, ClientError

        from policies.audit.errors import RemoteError

        try:
            return getattr(self._client, method)(TableName=self._table, **given)
        except (BotoCoreError, ClientError) as error:
            raise RemoteError(f"The heads in the table {self._table} cannot be used: {error}.") from error


class Found(NamedTuple):
    """What one round came to: verdicts by ledger, and the ledgers that nobody looked at in time."""

    verdicts: dict[str, Verdict]
    overdue: tuple[str, ...]

    @property
    def failed(self) -> list[str]:
        """Ledgers that are not as they were signed, or were not looked at in time."""
        return [*(origin for origin, one in self.verdicts.items() if one.code == 1), *self.overdue]


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """One round, with the settings of this process."""
    import boto3

    from agents.ledgers import deployment
    from agents.settings import load_settings
    from policies.audit.deployed import region_of, signer_of
    from policies.audit.remote import S3Bucket
    from tools.errors import SettingsError

    settings = load_settings()
    where = deployment(settings)
    signer = signer_of(where, where.name or "regent")
    if where.bucket is None or settings.state_table is None or signer is None:
        raise SettingsError("Verifying a bucket needs ledger_bucket, ledger_key and state_table; one is not set.")
    heads = Heads(boto3.client("dynamodb", region_name=settings.state_region), settings.state_table)
    bucket = S3Bucket.at(where.bucket, client=boto3.client("s3", region_name=region_of(where.key or "")))
    until = time.time() + context.get_remaining_time_in_millis() / 1000 - RESERVE_SECONDS
    found = verify_round(bucket, [signer.vkey], heads, until=until)
    return tell(found)


def tell(found: Found) -> dict[str, Any]:
    """Say what a round found, as metrics and as the function's result."""
    bad = {origin: one.reason for origin, one in found.verdicts.items() if one.code == 1}
    metrics = {
        "LedgersFailed": float(len(found.failed)),
        "LedgersVerified": float(len(found.verdicts) - len(bad)),
        "RecordsVerified": float(sum(one.size for one in found.verdicts.values() if one.code != 1)),
    }
    say(metrics, failed=bad, overdue=list(found.overdue))
    return {"failed": bad, "overdue": list(found.overdue), **metrics}


def verify_round(
    bucket: Bucket,
    keys: Sequence[VerifierKey],
    heads: Heads,
    *,
    until: float,
    clock: Callable[[], float] = time.time,
) -> Found:
    """Verify the ledgers of a bucket that one of `keys` signs, until the time is up.

    Raises:
        LedgerError: the heads seen earlier cannot be read or kept.
    """
    from policies.audit.errors import RemoteError
    from policies.audit.remote import announced
    from policies.audit.verdict import Verdict

    seen = heads.all()
    try:
        there = announced(bucket, list(keys))
    except RemoteError as error:
        return Found({"(the index)": Verdict(code=1, reason=str(error))}, ())
    verdicts: dict[str, Verdict] = {}
    for gone in sorted(set(seen) - set(there.values())):
        verdicts[gone] = Verdict(code=1, reason="The ledger was verified before, and is not announced any more.")
    last = {origin: _last(bucket, folder) for origin, folder in there.items()}
    waiting = sorted(there, key=lambda origin: _order(seen.get(there[origin]), last[origin]))
    overdue = []
    for origin in waiting:
        before = seen.get(there[origin])
        if clock() > until and verdicts:
            if before is None or clock() - before.at > DUE_SECONDS:
                overdue.append(origin)
            continue
        verdicts[origin], head = _verify(bucket, origin, keys, before)
        if verdicts[origin].code != 1:
            heads.keep(there[origin], Seen(clock(), last[origin], head))
    return Found(verdicts, tuple(overdue))


def _order(before: Seen | None, last: str) -> tuple[bool, float]:
    """What changed since it was verified first, and then what was verified longest ago."""
    return (before is not None and before.last == last, before.at if before else 0.0)


def _last(bucket: Bucket, folder: str) -> str:
    return max((key for part in ("segments", "checkpoints") for key in bucket.keys(f"{folder}/{part}/")), default="")


def _verify(bucket: Bucket, origin: str, keys: Sequence[VerifierKey], before: Seen | None) -> tuple[Verdict, bytes]:
    from policies.audit.errors import LedgerError
    from policies.audit.note import Checkpoint, VerifierKey
    from policies.audit.reader import Reader
    from policies.audit.remote import restore
    from policies.audit.verdict import Verdict
    from policies.audit.verifying import verify

    own = [VerifierKey(origin, key.kind, key.data) for key in keys]
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "home" / "ledger"
        try:
            since = Checkpoint.parse(before.head) if before and before.head else None
            restore(bucket, origin, path)
            found = verify(path, own, since)
            head = Reader(path).checkpoint()
        except LedgerError as error:
            return Verdict(code=1, reason=str(error), origin=origin), b""
        # only a head that was found to be signed and true is held against the ledger from now on
        return found, _later(since, head if found.code == 0 else None)


def _later(since: Checkpoint | None, head: Checkpoint | None) -> bytes:
    """The head that reaches further: what was signed once must stay true."""
    known = [one for one in (since, head) if one is not None]
    return max(known, key=lambda one: one.size).raw if known else b""
