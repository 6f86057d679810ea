"""The sample company's papers: a few documents of its own, approved by its own people, for the demo.

They are as invented as its accounts. The demo writes them below the home, dated today, and has them attested in the
ledger as `regent controls attest` does; without it nothing is approved, and the shipped drafts count as nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from agents.home import Home
from agents.settings import Settings
from tools.own_file import opened_own, own_folder

if TYPE_CHECKING:
    from policies.audit import Ledger
    from policies.controls.documents import Attestation, Document

_REVIEWED_AFTER = timedelta(days=180)


def documents_folder(settings: Settings, home: Home, estate: str) -> Path | None:
    """The tenant's documents; of the sample estate, where nobody has any, those that the demo wrote."""
    if settings.documents is not None or estate != "sample":
        return settings.documents
    return home.papers if home.papers.is_dir() else None


def approve_papers(home: Home, ledger: Ledger, today: date) -> tuple[Document, ...]:
    """Have the company's people approve its papers, unless they stand already; the papers.

    Raises:
        ControlsError: a paper cannot be read or approved.
        LedgerError: an approval could not be recorded.
    """
    from policies.access import local_principal
    from policies.access.principal import SHIPPED
    from policies.controls.attesting import attest
    from policies.controls.recorded import Recorded

    attested = Recorded.of(ledger).attestations()
    papers = _papers(home)
    if not papers or not _stand(papers, attested, today):
        _write(home, today)
        papers = _papers(home)
        for paper in papers:
            attest(ledger, paper, local_principal(str(paper.matter.approver), SHIPPED), datetime.now(UTC))
    return papers


def _papers(home: Home) -> tuple[Document, ...]:
    from policies.controls.documents import read_document

    return tuple(read_document(path) for path in sorted(home.papers.glob("*.md")))


def _stand(papers: tuple[Document, ...], attested: Mapping[str, Attestation], today: date) -> bool:
    from policies.controls.documents import standing

    return all(standing(paper.matter.type, [paper], attested, today).state == "valid" for paper in papers)


def _write(home: Home, today: date) -> None:
    """The papers with the day of their approval in their front matter, as whoever approves one fills it in."""
    from tools import estate

    own_folder(home.papers)
    dates = f"approved_on: {today}\nreview_due: {today + _REVIEWED_AFTER}\n"
    for paper in sorted((Path(estate.__file__).parent / "documents").glob("*.md")):
        text = paper.read_text(encoding="utf-8").replace("scope: [", f"{dates}scope: [", 1)
        with open(home.papers / paper.name, "w", encoding="utf-8", opener=opened_own) as made:
            made.write(text)
