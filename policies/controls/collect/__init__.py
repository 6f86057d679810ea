"""Collecting: from needs to evidence, one collector per kind. A collector sees and counts; it never judges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from policies.controls.collect.base import Scene, Seen, wanted
from policies.controls.evidence import Evidence, Need

__all__ = ["Scene", "Seen", "collect"]


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
