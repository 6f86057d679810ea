"""Evidence from AWS: each need is one governed call of a snapshot, by the principal who collects.

A denial by the gate, a refusal by AWS, a region that may not be looked at: each is a problem of the evidence, and so an
error verdict. Nothing here turns "could not look" into "nothing there".
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable, Iterator

from policies.audit import SightResolved
from policies.audit.errors import LedgerError
from policies.controls.collect.base import Scene, Seen
from policies.controls.evidence import Evidence, Item, Need
from policies.governed import governed_call
from policies.oversight import Limits, Meter
from policies.turn import Turn
from tools.catalogue import every_query
from tools.errors import ReceiptError, RegentError
from tools.facts import FactBook
from tools.snapshots import query_name

_CHANNEL = "cli"
_SECONDS = 1800.0


def collect_aws(scene: Scene, needs: Iterable[Need]) -> Iterator[Evidence]:
    """One snapshot per need.

    Raises:
        LedgerError, ReceiptError: a step could not be recorded; then nothing may be relied on.
    """
    wanted = list(needs)
    if not wanted:
        return
    turn = _turn(scene, len(wanted))
    collector = scene.ledger.vault.pseudonym(scene.principal.id)
    for need in wanted:
        yield scene.evidence(need, _look(scene, turn, need), scene.source, collector)


def _look(scene: Scene, turn: Turn, need: Need) -> Seen:
    query = every_query().get(query_name(need.name))
    if query is None:
        return Seen(problems=[f"there is no snapshot for {need}"])
    operations = tuple(sorted(query.operations))
    book = FactBook()
    before = set(turn.receipts)
    try:
        result = governed_call(turn, query.name, _inputs(scene), book)
    except (LedgerError, ReceiptError):
        raise
    except RegentError as error:
        return Seen(problems=[str(error)], operations=operations)
    survey = result.snapshot
    return Seen(
        items=[Item(name=one.name, data=one.data, account=one.account, region=one.region) for one in survey.items],
        population=survey.population,
        problems=list(survey.problems),
        operations=operations,
        receipts=tuple(sorted(set(turn.receipts) - before)),
    )


def _inputs(scene: Scene) -> dict[str, object]:
    manifest = scene.manifest
    return {
        "accounts": ",".join(manifest.home_accounts) or "all",
        "regions": list(scene.declared.regions),
        "models": list(manifest.bedrock_models),
        "guardrails": list(manifest.guardrails),
        "role": manifest.reader_role or "",
    }


def _turn(scene: Scene, calls: int) -> Turn:
    """The turn that the calls belong to. Its id stands in the ledger where a question's would."""
    estate = scene.estate()
    everyone = estate.directory(scene.receipts)
    run = f"e-{time.time_ns():x}-{secrets.token_hex(3)}"
    turn = Turn(
        question=run,
        session=run,
        principal=scene.principal,
        channel=_CHANNEL,
        estate=estate,
        everyone=everyone,
        sight=everyone.cut(scene.principal.accounts),
        ledger=scene.ledger,
        gate=scene.gate(),
        oversight=scene.oversight(),
        meter=Meter(Limits(query_calls=calls, seconds=_SECONDS)),
        store=scene.receipts,
        memory=None,
    )
    sight = SightResolved(
        accounts=[account.model_dump() for account in turn.sight.accounts],
        payer=turn.sight.payer.model_dump(),
        complete=turn.sight.complete,
        regions=list(estate.regions),
        currency=estate.currency,
        source=estate.source,
    )
    turn.record("system:controls", sight, wait=False)
    return turn
