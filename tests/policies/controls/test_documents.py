"""Documents count when somebody other than their owner has attested them, as they lie, and they are in date."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from policies.access import Principal
from policies.audit import Ledger
from policies.audit.erasure import forget
from policies.controls.attesting import attest, pick
from policies.controls.catalogue import document_kinds
from policies.controls.documents import UNFILLED, load_documents, standing
from policies.controls.errors import ControlsError
from policies.controls.recorded import Recorded

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
TODAY = NOW.date()
CARLA = Principal(id="carla", role="auditor")
TEXT = "# AI policy\n\nWe use AI to answer questions about our estate.\n"


def write(folder: Path, text: str = TEXT, name: str = "policy.md", **changed: str) -> Path:
    folder.mkdir(exist_ok=True)
    head = {
        "id": "ai-policy",
        "type": "ai-policy",
        "version": '"1.0"',
        "owner": "local",
        "approver": "carla",
        "approved_on": "2026-11-01",
        "review_due": "2027-10-01",
        "scope": "[regent]",
        **changed,
    }
    front = "".join(f"{key}: {value}\n" for key, value in head.items())
    path = folder / name
    path.write_text(f"---\n{front}---\n{text}")
    return path


class Office:
    """A tenant's folder and ledger."""

    def __init__(self, tmp_path: Path) -> None:
        self.folder = tmp_path / "documents"
        self.ledger = Ledger.open(tmp_path / "home" / "ledger")

    def attest(self, who: Principal = CARLA, now: datetime = NOW) -> int:
        return attest(self.ledger, pick(load_documents(self.folder), "ai-policy"), who, now)

    def state(self, today: date = TODAY) -> str:
        found = load_documents(self.folder)["ai-policy"]
        return standing("ai-policy", found, Recorded.of(self.ledger).attestations(), today).state


@pytest.fixture
def office(tmp_path):
    made = Office(tmp_path)
    yield made
    made.ledger.close()


def test_every_kind_ships_as_a_draft_that_says_what_to_fill_in():
    documents = load_documents(None)
    assert set(documents) == set(document_kinds())
    for kind, some in documents.items():
        [one] = some
        assert one.shipped and one.matter.id == kind and one.matter.owner == document_kinds()[kind].owner
        assert standing(kind, some, {}, NOW.date()).state == "draft"
        if one.path.suffix == ".md":
            assert UNFILLED in one.text and one.path.stem == kind


def test_an_attested_document_is_valid_and_bound_to_its_bytes(office):
    path = write(office.folder)
    assert office.state() == "draft"
    office.attest()
    assert office.state() == "valid"
    path.write_text(path.read_text() + "\nOne more line.\n")
    assert office.state() == "changed"


def test_an_edit_of_the_front_matter_alone_is_a_change_too(office):
    path = write(office.folder)
    office.attest()
    path.write_text(path.read_text().replace("2027-10-01", "2028-10-01"))
    assert office.state() == "changed"


def test_a_document_that_approves_itself_is_refused_and_failing(office):
    write(office.folder, owner="Carla")
    with pytest.raises(ControlsError, match="approves itself"):
        office.attest()
    assert office.state() == "self-approved"


@pytest.mark.parametrize("owner", ["Carla Jansen", "carla jansen, internal audit", '"slack:T1/U7"', "T1/U7"])
def test_an_owner_who_is_the_approver_by_another_name_is_no_other_person(office, owner):
    write(office.folder, owner=owner)
    document = pick(load_documents(office.folder), "ai-policy")
    who = CARLA.model_copy(update={"name": "Carla Jansen, internal audit"})
    with pytest.raises(ControlsError, match="approves itself"):
        attest(office.ledger, document, who, NOW, ("slack:T1/U7",))
    assert office.ledger.size == 0


def test_nobody_attests_for_the_approver(office):
    write(office.folder)
    with pytest.raises(ControlsError, match="to be approved by carla"):
        office.attest(Principal(id="local", role="admin"))
    assert office.state() == "draft"


def test_an_overdue_document_is_overdue_and_cannot_be_attested(office):
    write(office.folder)
    office.attest()
    assert office.state(date(2027, 10, 1)) == "valid"
    assert office.state(date(2027, 10, 2)) == "overdue"
    with pytest.raises(ControlsError, match="review was due"):
        office.attest(now=datetime(2027, 10, 2, tzinfo=UTC))


def test_a_review_date_beyond_what_its_kind_allows_does_not_help(office):
    write(office.folder, review_due="2036-01-01")
    office.attest()
    assert office.state(date(2027, 11, 2)) == "overdue"


def test_an_approval_that_is_yet_to_come_is_none(office):
    write(office.folder, approved_on="2026-12-24")
    with pytest.raises(ControlsError, match="yet to come"):
        office.attest()


@pytest.mark.parametrize("missing", ["approver", "approved_on", "review_due"])
def test_what_is_missing_in_the_front_matter_is_named(office, missing):
    write(office.folder, **{missing: "null"})
    with pytest.raises(ControlsError, match=missing):
        office.attest()
    assert office.state() == "draft"


def test_a_template_that_was_not_filled_in_is_refused(office):
    write(office.folder, text="# AI policy\n\n[fill in: purposes]\n")
    with pytest.raises(ControlsError, match="still to fill in"):
        office.attest()


def test_a_shipped_draft_cannot_be_attested(tmp_path):
    with Ledger.open(tmp_path / "ledger") as ledger, pytest.raises(ControlsError, match="draft that ships"):
        attest(ledger, pick(load_documents(None), "ai-policy"), CARLA, NOW)


def test_a_hash_in_the_front_matter_must_be_that_of_the_text(office):
    write(office.folder, sha256="0" * 64)
    with pytest.raises(ControlsError, match="sha256"):
        office.attest()


def test_an_attestation_by_somebody_forgotten_must_be_made_anew(office):
    write(office.folder)
    office.attest()
    forget(office.ledger, "carla")
    assert office.state() == "draft"


def test_the_record_names_no_person_in_the_clear(office):
    write(office.folder)
    office.attest()
    raw = [stored.raw for stored in office.ledger.read() if stored.type == "document.attested"]
    assert len(raw) == 1 and b"carla" not in raw[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no front matter", "no front matter"),
        ("---\nid: [\n---\n", "cannot be read"),
        ("---\nid: a\nid: b\n---\n", "twice"),
        ("---\nid: a\ntype: ai-policy\nstatus: met\n---\n", "wrong at"),
        ("---\nid: a\ntype: nonsense\nversion: '1'\nowner: x\napprover: null\napproved_on: null\nreview_due: null\n"
         "scope: [regent]\n---\n", "which no control asks for"),
    ],
)  # fmt: skip
def test_a_malformed_document_is_an_error_that_names_the_file(tmp_path, text, said):
    (tmp_path / "bad.md").write_text(text)
    with pytest.raises(ControlsError, match=said) as raised:
        load_documents(tmp_path)
    assert "bad.md" in str(raised.value)


def test_two_documents_of_one_id_are_an_error(tmp_path):
    write(tmp_path)
    write(tmp_path, name="other.md")
    with pytest.raises(ControlsError, match="Two documents have the id"):
        load_documents(tmp_path)


def test_an_unknown_document_is_an_error_with_candidates():
    with pytest.raises(ControlsError, match="ai-policy"):
        pick(load_documents(None), "ai-polcy")
