"""Collecting: from needs to evidence, one collector per kind. A collector sees and counts; it never judges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from policies.controls.collect.base import Scene, Seen, wanted
from policies.controls.evidence import Evidence, Need

__all__ = ["Scene", "Seen", "collect", "collectable"]


def collect(scene: Scene, needs: Iterable[Need]) -> Iterator[Evidence]:
    """Evidence for each need that can be looked at here; a need without evidence stays open.

    Raises:
        LedgerError, ReceiptError: a step could not be recorded; then nothing may be relied on.
    """
    from policies.controls.collect.aws import collect_aws
    from policies.controls.collect.ledger import collect_ledger
    from policies.controls.collect.repository import collect_repository
    from policies.controls.collect.template import collect_template

    asked = list(needs)
    yield from collect_aws(scene, wanted(asked, "aws"))
    yield from collect_repository(scene, wanted(asked, "repository"))
    yield from collect_template(scene, wanted(asked, "template"))
    yield from collect_ledger(scene, wanted(asked, "ledger"))  # last, so that it sees what collecting itself left


def collectable() -> frozenset[Need]:
    """Every need for which there is a collector; the lint holds the checks to it."""
    from policies.controls.collect.ledger import LEDGER_NEEDS
    from policies.controls.collect.repository import REPOSITORY_NEEDS
    from tools.catalogue import every_query
    from tools.snapshots import query_name

    found = {Need(kind="template", name="stacks")}
    found |= {Need(kind="ledger", name=name) for name in LEDGER_NEEDS}
    found |= {Need(kind="repository", name=name) for name in REPOSITORY_NEEDS}
    head = query_name("")
    names = (name.removeprefix(head).replace("_", "-") for name in every_query() if name.startswith(head))
    return frozenset(found | {Need(kind="aws", name=name) for name in names})
