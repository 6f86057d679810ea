"""A round of `regent controls watch --once`, where the disk goes with the process.

The watch has a ledger of its own that goes on from round to round: it is restored from the bucket, and a round has
ended only when the bucket has it again. Snapshots and alerts are kept outside of the process too. One round at a time:
the function may not run twice at once.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agents.rounds.saying import say

if TYPE_CHECKING:
    from agents.home import Home
    from agents.settings import Settings
    from policies.audit.deployed import Clients
    from policies.controls.watch import Watched

WATCHER = "system.watch"
"""The watch as a principal: an auditor, verified by the role that AWS gave its function."""


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """One round, with the settings of this process."""
    from agents.home import Home
    from agents.settings import load_settings
    from policies.audit.deployed import boto3_client

    settings = load_settings()
    # a place of its own for each round: what is in the bucket counts, not what an earlier one left on this disk
    with tempfile.TemporaryDirectory() as scratch:
        home = Home(Path(scratch) / "home")
        return tell(watch_round(settings, home, boto3_client), settings, home)


def watch_round(settings: Settings, home: Home, clients: Clients) -> Watched:
    """Restore the watch's ledger into the empty `home`, evaluate, and put everything where it stays.

    Raises:
        RegentError: a step failed; what is in the bucket already is whole, and the next round goes on from there.
    """
    from agents.controlling import open_controlling
    from agents.ledgers import deployment
    from agents.overseeing import open_outbox
    from policies.access import Principal
    from policies.audit.deployed import open_deployed, signer_of
    from policies.audit.remote import S3Bucket, Shipper, announced, restore
    from policies.controls.watch import watch
    from tools.errors import SettingsError

    where = deployment(settings)
    if where.bucket is None or where.key is None or where.keys is None or where.name is None:
        raise SettingsError(
            "A watch without a disk of its own needs ledger_bucket, ledger_key, ledger_keys and a name."
        )
    bucket = S3Bucket.at(where.bucket, where.retain_days, clients("s3", None))
    signer = signer_of(where, where.name, clients)
    assert signer is not None  # a key is named
    if where.name in announced(bucket, [signer.vkey]):
        restore(bucket, where.name, home.ledger)
    with open_deployed(home.ledger, where, clients) as ledger:
        watcher = Principal(id=WATCHER, role="auditor", assurance="iam")
        with open_controlling(watcher, estate=settings.estate, home=home, settings=settings, ledger=ledger) as opened:
            found = watch(opened.scene, opened.store, open_outbox(home, settings))
        ledger.checkpoint()
    # closing ships too, but only says what it could not; here it must not be missing
    Shipper(home.ledger, bucket, signer=signer).ship()
    return found


def tell(found: Watched, settings: Settings, home: Home) -> dict[str, Any]:
    """Say what a round found, and what the house spent today, as metrics and as the function's result."""
    from agents.overseeing import open_usage
    from policies.controls.status import counts
    from policies.oversight.budgets import Budgets

    spent = Budgets(settings.budgets, open_usage(home, settings)).spent_today()
    left = [alert.control for alert in found.alerts]
    say({"OwnCostUsd": float(spent), "ControlsLeft": float(len(left))}, left=left)
    return {"record": found.evaluation.index, "counts": dict(counts(found.evaluation.statuses)), "left": left}
