"""The sample company's papers: approved in the demo, by its people, on record; nowhere else, and by nobody's typing."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agents.controlling import open_controlling
from agents.home import Home
from agents.sample_papers import approve_papers, documents_folder
from agents.settings import Settings
from policies.access import local_principal
from policies.controls.documents import standing
from policies.controls.recorded import Recorded
from tools import estate

TODAY = datetime.now(UTC).date()
KINDS = {"ai-policy", "data-quality-requirements", "requirements-spec", "scope-statement", "user-information"}


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path / "home")


def room(home, which="sample", **settings):
    return open_controlling(local_principal("local"), home=home, estate=which, settings=Settings(**settings))


def states(scene):
    """How each document of those kinds stands."""
    return {kind: standing(kind, scene.documents[kind], scene.attested, TODAY).state for kind in KINDS}


def approve(home, today=TODAY):
    with room(home) as opened:
        approve_papers(home, opened.scene.ledger, today)


def test_without_the_demo_nothing_is_approved(home):
    with room(home) as opened:
        assert set(states(opened.scene).values()) == {"draft"}
        assert Recorded.of(opened.scene.ledger).attestations() == {}


def test_no_paper_that_ships_says_that_it_was_approved():
    for path in (Path(estate.__file__).parent / "documents").glob("*.md"):
        assert "approved_on" not in path.read_text() and "review_due" not in path.read_text(), path


def test_the_people_approve_once_and_others_than_the_owners(home):
    approve(home)
    approve(home)
    with room(home) as opened:
        assert set(states(opened.scene).values()) == {"valid"}
        attested = [one for one in opened.scene.ledger.read() if one.type == "document.attested"]
        assert len(attested) == 5, "papers that stand are not approved again"
        for [paper] in (opened.scene.documents[kind] for kind in KINDS):
            assert paper.matter.owner != paper.matter.approver
            assert paper.matter.approved_on == TODAY


def test_an_edited_paper_is_changed_until_it_is_approved_anew(home):
    approve(home)
    paper = home.papers / "ai-policy.md"
    paper.write_text(paper.read_text().replace("None.", "For everybody."))
    with room(home) as opened:
        assert states(opened.scene)["ai-policy"] == "changed"
    approve(home)
    with room(home) as opened:
        assert set(states(opened.scene).values()) == {"valid"}


def test_papers_whose_review_is_overdue_do_not_stand(home):
    from agents.sample_papers import _papers, _stand

    approve(home)
    with room(home) as opened:
        attested = Recorded.of(opened.scene.ledger).attestations()
        assert _stand(_papers(home), attested, TODAY)
        assert not _stand(_papers(home), attested, TODAY + timedelta(days=181)), "the demo has them approved anew"


def test_they_never_count_for_aws_nor_beside_documents_of_ones_own(home, tmp_path):
    approve(home)
    assert documents_folder(Settings(), home, "aws") is None
    own = tmp_path / "own"
    own.mkdir()
    assert documents_folder(Settings(documents=own), home, "sample") == own
    with room(home, documents=own) as opened:
        assert set(states(opened.scene).values()) == {"draft"}
