"""What every channel shows of an answer: made from the real desk's answers on the sample estate."""

import pytest

from agents.answer import Answer, Question
from agents.channels.rendering import view
from agents.models import open_model
from agents.settings import Disclosure, Settings, load_settings
from agents.wording import AI, PERSON
from policies.access import local_principal
from tests.agents.conftest import estate, home, open_desk_with  # noqa: F401 - fixtures
from tools.errors import SettingsError
from tools.facts import Fact, FactBook, Facts

OURS = Disclosure(line="This was written by a computer", contact="Call the platform desk: room 4.12.")


@pytest.fixture
def answer(open_desk_with):  # noqa: F811
    desk = open_desk_with(open_model("offline", load_settings()))

    def asked(text, **more):
        return desk.answer(Question(text=text, **more), local_principal("local"))

    asked.desk = desk
    return asked


def test_the_view_has_all_that_the_answer_has(answer):
    given = answer("What did we spend last month by service?")
    seen = view(given, Disclosure())
    assert (seen.answer, seen.status, seen.title) == (given.id, "answered", "Answered")
    assert given.text == f"{seen.text}\n\n{seen.disclosure}", "nothing of what was delivered is lost"
    assert [receipt.id for receipt in seen.receipts] == [receipt.id for receipt in given.receipts]
    assert seen.receipts[0].call == "ce:GetCostAndUsage" and seen.receipts[0].source == "sample"
    values = {figure.text for figure in given.figures}
    assert {figure.value for figure in seen.figures} <= values and len(seen.figures) == len(values)
    assert all("September 2026" in figure.context for figure in seen.figures)
    [table] = seen.tables
    assert len(table.rows) > 3 and all(len(row) == len(table.columns) for row in table.rows)


def test_a_series_is_a_chart_whose_words_say_every_value(answer):
    seen = view(answer("What did we spend per day in the last 7 days?"), Disclosure())
    chart = next(table.chart for table in seen.tables if table.chart)
    table = next(table for table in seen.tables if table.chart)
    assert len(chart.labels) == len(chart.values) == len(table.rows) == 7
    assert chart.unit == "USD"
    for label, written in zip(chart.labels, chart.written, strict=True):
        assert f"{label}: {written}" in chart.alt
    assert [f"{value:,.2f}" for value in chart.values] == list(chart.written)


@pytest.mark.parametrize("text", ["What did we spend last month?", "Sing me a song", "Who is user alice's manager?"])
def test_every_answer_says_in_the_companys_words_that_an_ai_wrote_it_and_whom_to_ask(answer, text):
    for words in (Disclosure(), OURS):
        seen = view(answer(text), words)
        assert seen.disclosure.startswith(words.line) and seen.disclosure.endswith(words.contact)
        assert "offline model" in seen.disclosure
        assert words.line not in seen.text and PERSON not in seen.text


def test_a_refusal_that_the_desk_did_not_finish_says_it_too(answer):
    refused = answer.desk.refuse(Question(text="What did we spend?"), "slack:T1/U1", "Nobody is known.")
    assert AI not in refused.text
    seen = view(refused, OURS)
    told = "This was written by a computer (offline model: fixed rules, no language model). "
    assert seen.disclosure == f"{told}Call the platform desk: room 4.12."
    assert seen.text == "Nobody is known."


def test_an_answer_that_quotes_the_line_keeps_its_own_text(answer):
    given = answer("What did we spend last month?")
    body = f"{AI}: that is what the sign says.\n\n{given.text}"
    assert view(given.model_copy(update={"text": body}), OURS).text.startswith(f"{AI}: that is what the sign says.")


def test_what_is_about_persons_is_told_from_what_was_tried_and_an_unknown_query_counts(answer):
    ordinary = answer("What did we spend last month?")
    assert not view(ordinary, OURS).personal
    waits = answer("Who changed the public bucket?", reason="INC-1")
    assert waits.status == "needs_approval"
    seen = view(waits, OURS)
    assert seen.personal and seen.approval == waits.approval
    unknown = ordinary.queries[0].model_copy(update={"name": "of_a_later_version"})
    assert view(ordinary.model_copy(update={"queries": (unknown,)}), OURS).personal


def test_a_withheld_answer_shows_what_was_found(answer):
    given = answer("What did we spend last month by service?")
    held = given.model_copy(update={"status": "withheld", "text": "The answer was withheld.", "figures": ()})
    assert view(held, OURS).tables and not view(held, OURS).figures
    bare = held.model_copy(update={"results": ()})
    assert [figure.label for figure in view(bare, OURS).figures] == [fact.label for fact in given.facts]


def test_a_ranking_with_a_row_without_value_draws_only_what_has_one():
    found = Facts(read_as="spend", columns=("Service", "Spend (USD)"), series=True)
    for name in ("a", "b"):
        found.row(name, found.fact(name, 12, "findings", receipts=["r-1"]))
    found.row("c", "")
    result = FactBook().seal("spend", {}, found)
    figure_of = {"text": "12", "value": 12, "unit": "findings", "facts": ("f1",)}
    answer = _answer(result, figures=(figure_of,))
    chart = view(answer, OURS).tables[0].chart
    assert chart is not None and chart.labels == ("a", "b")
    assert "1 more row" in chart.alt


def _answer(result, **more):
    facts: tuple[Fact, ...] = result.facts
    return Answer.model_validate(
        {
            "id": "q-1", "question": "?", "principal": {"id": "a", "role": "admin", "assurance": "local"},
            "status": "answered", "text": "12", "facts": facts, "usage": {"model": "m"},
            "ledger": {"origin": "o", "first": None, "last": None, "root": ""}, **more,
        }
    ).model_copy(update={"results": (result,)})  # fmt: skip


def test_the_words_cannot_be_left_out(monkeypatch):
    monkeypatch.setenv("REGENT_DISCLOSURE__CONTACT", "")
    with pytest.raises(SettingsError, match="disclosure"):
        load_settings()
    monkeypatch.setenv("REGENT_DISCLOSURE__CONTACT", OURS.contact)
    assert Settings().disclosure.contact == OURS.contact
