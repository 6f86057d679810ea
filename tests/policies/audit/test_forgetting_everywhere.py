"""A canary planted through the real desk is nowhere after `regent audit forget`; the ledger still verifies."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agents.answer import Answer, Question
from agents.cli.app import app
from agents.conversations import Conversations
from agents.desk import Desk
from agents.home import Home
from agents.places import register_places
from policies.access import Principal, shipped_gate
from policies.audit import Ledger, Record, verify
from policies.audit.bodies import GateDecided, QueryCalled, QueryFailed, QueryMore, QueryReturned
from policies.audit.erasure import PLACES
from policies.audit.recompute import recompute
from policies.audit.records import StoredRecord
from policies.oversight import Limits
from tests.agents.scripted import ScriptedMaker
from tests.approving import approving
from tests.homes import common_home
from tools.estates import Estate, open_sample
from tools.receipts import ReceiptFiles

DOCS = Path(__file__).parents[3] / "docs" / "ledger.md"
CANARY = "kanarie77"
ASKER, OTHER = f"{CANARY}.asker@example.com", "otto@example.com"
WHO = [("who_did_what", {"period": "last_30_days"})]
SPEND = [("spend", {"period": "last_month"})]
Ask = Callable[..., Answer]


@pytest.fixture(scope="module")
def estate() -> Iterator[Estate]:
    with open_sample(common_home()) as opened:
        yield opened


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("REGENT_HOME", str(tmp_path / "home"))
    return Home(tmp_path / "home")


@pytest.fixture
def ask(estate: Estate, home: Home) -> Ask:
    def asked(person: str, text: str, *script: object, cost: Sequence[object] = ()) -> Answer:
        scripts = [list(script), list(cost)] if cost else [list(script)]
        maker = ScriptedMaker(*scripts, domains=("security", "cost")[: len(scripts)])  # type: ignore[arg-type]
        with Ledger.open(home.ledger) as ledger:
            desk = Desk(
                home=home,
                estate=estate,
                ledger=ledger,
                store=ReceiptFiles(home.receipts, home.keys / "receipts.key"),
                gate=shipped_gate(),
                maker=maker,
                conversations=Conversations(home.conversations),
                limits=Limits(),
            )
            principal = Principal(id=person, role="admin", assurance="local")
            calls = [call for step in (*script, *cost) if not isinstance(step, str) for call in step]  # type: ignore[attr-defined]
            return approving(desk, calls).answer(
                Question(text=text, session=f"direct message with {person}"), principal
            )

    return asked


def holding(home: Home, *words: str) -> list[str]:
    """The files below the home in which one of the words stands, in whatever case."""
    pattern = re.compile("|".join(map(re.escape, words)).encode(), re.IGNORECASE)
    return [
        str(p.relative_to(home.path)) for p in home.path.rglob("*") if p.is_file() and pattern.search(p.read_bytes())
    ]


def forget(*args: str, code: int = 0) -> str:
    done = CliRunner().invoke(app, ["audit", "forget", *args])
    assert done.exit_code == code, done.output + repr(done.exception)
    return done.output


def records(home: Home) -> list[StoredRecord]:
    with Ledger.open(home.ledger) as ledger:
        return list(ledger.read())


def actors(home: Home) -> set[str]:
    """The persons in results, as the one may see them who holds the keys."""
    facts = [fact for r in records(home) if isinstance(r.body, QueryReturned) for fact in r.body.facts]
    return {fact["value"] for fact in facts if fact["label"].endswith(" by") and fact["unit"] == "name"}


def test_a_canary_is_nowhere_after_forgetting(ask: Ask, home: Home) -> None:
    text = f"What did {CANARY} change, please?"
    assert ask(ASKER, text, WHO, "There were [[f1]].").status == "answered"
    assert ask(ASKER, text, [("who_did_what", {"who": f"{CANARY}-nobody"})], "Nothing.").status == "unanswerable"
    unsealed = {name.partition(".")[0] for name in holding(home, CANARY)}
    assert unsealed == {"conversations", "oversight"}, "what is not sealed is deleted: the conversation, the usage"
    stored = [p for p in home.receipts.rglob("*") if p.is_file()]
    out = forget(ASKER, "--name", CANARY, "--yes")
    assert re.search(r"conversations: 2 items", out) and not re.search(r"receipts: 0 items", out)
    assert holding(home, CANARY) == []
    assert len([p for p in home.receipts.rglob("*") if p.is_file()]) < len(stored)
    assert verify(home.ledger).code == 0
    assert CANARY not in repr([(r.record, r.body) for r in records(home)])


def test_results_that_name_persons_are_sealed_and_others_are_not(ask: Ask, home: Home) -> None:
    ask(OTHER, "Who did what, and what did it cost?", WHO, "There were [[f1]].", cost=[SPEND, "And."])
    ask(OTHER, "And?", [("who_did_what", {"who": f"{CANARY}-nobody"})], "Nothing.")
    names = actors(home)
    assert names and not [file for name in names for file in holding(home, name) if file.startswith("ledger")]
    by_query = {"who_did_what": True, "spend": False}
    for stored in records(home):
        if isinstance(stored.body, GateDecided | QueryCalled | QueryReturned | QueryFailed):
            sealed = b'"commitment":"' in stored.raw
            assert sealed == by_query[stored.body.query] == stored.body.personal_data, stored
    assert any(isinstance(r.body, QueryFailed) and CANARY in r.body.message for r in records(home))


def test_what_is_derived_from_facts_about_persons_is_sealed_too(ask: Ask, home: Home) -> None:
    derived = [("derive", {"operation": "count", "facts": ["f1", "f2"]})]
    ask(OTHER, "How many?", WHO, derived, "There were [[f1]].")
    found = [r for r in records(home) if getattr(r.body, "query", None) == "derive"]
    assert found and all(b'"commitment":"' in r.raw for r in found)


@pytest.mark.parametrize(
    ("call", "person"),
    [
        (("identity_hygiene", {"check": "no_mfa"}), "m.timmer"),
        (("identity_hygiene", {}), "m.timmer"),
        (("threats", {}), "g.willems"),
    ],
    ids=lambda given: given if isinstance(given, str) else given[0],
)
def test_a_result_that_names_somebody_is_sealed_and_erased_with_them(
    ask: Ask, home: Home, call: tuple[str, dict[str, str]], person: str
) -> None:
    """Queries that need no approval name people too: whose key is old, whose sign-in looks like an attack."""
    answer = ask(OTHER, "What is wrong?", [call], "There were [[f1]].")
    assert answer.personal
    named = [r.body for r in records(home) if isinstance(r.body, QueryReturned | QueryMore) and person in str(r.body)]
    assert named and all(body.personal_data for body in named)
    assert not [file for file in holding(home, person) if file.startswith("ledger")]
    forget(person, "--yes")
    assert person not in repr([r.body for r in records(home)]) and verify(home.ledger).code == 0
    assert holding(home, person) == []


def test_a_result_that_names_nobody_is_not(ask: Ask, home: Home) -> None:
    answer = ask(OTHER, "What is wrong?", [("identity_hygiene", {"check": "root"}), ("findings", {})], "[[f1]].")
    assert not answer.personal
    assert not any(r.body.personal_data for r in records(home) if isinstance(r.body, QueryReturned))


def test_recompute_says_that_it_was_erased(ask: Ask, home: Home) -> None:
    answer = ask(OTHER, "Who did what, and what did it cost?", WHO, "There were [[f1]].", cost=[SPEND, "And."])
    forget(OTHER, "--yes")
    with Ledger.open(home.ledger) as ledger:
        store = ReceiptFiles(home.receipts, home.keys / "receipts.key")
        done = {one.query: one for one in recompute(ledger, answer.id, store)}
    assert done["who_did_what"].erased and not done["who_did_what"].faults
    assert done["spend"].facts and not done["spend"].faults and not done["spend"].erased
    told = CliRunner().invoke(app, ["audit", "recompute", "--question", answer.id])
    assert told.exit_code == 2 and "ERASED" in told.output


def test_a_person_in_the_results_of_others_is_erased_there(ask: Ask, home: Home) -> None:
    answer = ask(OTHER, "Who did what?", WHO, "There were [[f1]].")
    plain = ask(OTHER, "What did it cost?", "None.", cost=[SPEND, "It was [[f1]]."])
    someone = sorted(actors(home))[0]
    forget(someone, "--yes")
    assert someone not in actors(home) and verify(home.ledger).code == 0
    with Ledger.open(home.ledger) as ledger:
        store = ReceiptFiles(home.receipts, home.keys / "receipts.key")
        assert all(one.erased for one in recompute(ledger, answer.id, store))
        assert not any(one.erased or one.faults for one in recompute(ledger, plain.id, store))
        assert next(iter(ledger.read())).record.principal == OTHER, "the asker was not forgotten"


def test_a_name_inside_a_word_is_another_name(ask: Ask, home: Home) -> None:
    ask(OTHER, "What is the annual spend?", "None.", cost=[SPEND, "It was [[f1]]."])
    forget("ann", "--yes", code=1)


def test_the_page_lists_every_place(home: Home) -> None:
    register_places()
    section = DOCS.read_text().partition("## 12.")[2].partition("## 13.")[0]
    listed = forget("--list")
    for name in ("ledger", *PLACES):
        assert f"| {name} |" in section and name in listed, name
    forget(code=3)


def test_a_session_name_is_not_in_the_ledger_but_its_records_belong_together(ask: Ask, home: Home) -> None:
    for _ in range(2):
        ask(ASKER, "What did we spend?", "None.", cost=[SPEND, "It was [[f1]]."])
    found = {r.record.session for r in records(home) if r.record.question}
    assert len(found) == 1 and re.fullmatch("s-[0-9a-f]{16}", str(*found))
    assert Record(actor="system", body=records(home)[0].body).session is None
