"""The offline model in the real loop: the desk, the gate, the queries and the grounding check, on the sample estate."""

from __future__ import annotations

import re
from typing import Any

import pytest

from agents.answer import Answer
from agents.models.offline import Plan, model, understand
from agents.models.offline.maker import OfflineMaker
from agents.models.offline.telling.prose import answer as prose
from agents.models.offline.telling.results import Told, read_result
from tests.agents.conftest import Ask, ask, estate, home, open_desk_with

__all__ = ["ask", "estate", "home", "open_desk_with"]


@pytest.mark.parametrize(
    ("question", "query"),
    [
        ("What did we spend last month?", "spend"),
        ("whats red right now", "alarms"),
        ("Which users have no MFA?", "identity_hygiene"),
    ],
)
def test_a_question_is_answered_with_grounded_figures(ask: Ask, question: str, query: str) -> None:
    given: Answer = ask(OfflineMaker(), question)
    assert given.status == "answered", given.text
    assert [q.name for q in given.queries] == [query]
    assert given.figures
    assert "no language model" in given.text


def test_a_specialist_reads_its_question_once_for_all_of_its_steps(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def counted(question: str, *rest: Any, **named: Any) -> Plan:
        asked.append(question)
        return understand(question, *rest, **named)

    monkeypatch.setattr(model, "understand", counted)
    given = ask(OfflineMaker(), "What did we spend last month?")
    assert given.status == "answered", given.text
    assert asked == ["What did we spend last month?"]


def test_a_request_to_change_something_calls_nothing(ask: Ask) -> None:
    given = ask(OfflineMaker(), "Please delete the public bucket in Utrecht")
    assert given.status == "unanswerable"
    assert given.queries == ()
    assert "only reads" in given.text


def test_not_understood_offers_questions_and_no_figure(ask: Ask) -> None:
    given = ask(OfflineMaker(), "sing me something")
    assert given.status == "unanswerable"
    assert "You could ask" in given.text
    assert given.figures == ()


def test_what_two_specialists_wrote_is_one_text_without_gaps(ask: Ask) -> None:
    text = ask(OfflineMaker(), "What did we spend last month, and which alarms are firing now?").text
    assert "Total spend" in text and "larms" in text
    assert "\n\n\n" not in text


def test_prose_writes_no_digit_of_its_own() -> None:
    told = read_result(
        "query: spend\nread as: spend by team\nheadlines: f1\nf1 | total spend | 12.00 USD\n"
        "f2 | data spend | 10.00 USD | scope: all accounts, team data, net\ncolumns: Team | Spend (USD)\nrow: data | f2"
    )
    text = prose([told])
    assert "[[f1]]" in text
    assert "team data: [[f2]]" in text
    assert "12" not in text


def test_of_a_change_the_change_comes_first_and_what_it_was_before_last() -> None:
    told = read_result(
        "query: spend_change\nread as: spend change\nheadlines: f2, f3\nf1 | spend | 10.00 USD | period: August 2026\n"
        "f2 | change in spend | 2.00 USD\nf3 | spend | 12.00 USD | period: September 2026"
    )
    found = [prose([told], asked=asked) for asked in ("why did our spend rise?", "what got more expensive?")]
    assert {tuple(re.findall(r"f\d", text)) for text in found} == {("f2", "f3", "f1")}


def test_what_both_readings_ask_for_is_not_told_as_if_the_other_one_left_it_out() -> None:
    results = [
        read_result(f"query: {q}\nheadlines: {i}\n{i} | {q} | 1 things") for q, i in (("one", "f1"), ("two", "f2"))
    ]
    likelier, other = prose(results, first=1).split("What only the other reading asks for")
    assert ("[[f1]]" in likelier, "[[f2]]" in likelier) == (True, False)
    assert ("[[f1]]" in other, "[[f2]]" in other) == (False, True)


def test_events_of_one_kind_and_messages_that_hold_figures_are_each_told_as_they_stand() -> None:
    head = "headlines: f0\nf0 | things | 2 things\n"
    whens = ((1, "2026-10-13T19:02:00+00:00"), (2, "2026-10-13T19:52:00+00:00"))
    rows = "".join(f"row: UpdateService | f{n}=job:{n} {{name}} | prod | f1{n}={when}\n" for n, when in whens)
    told = prose([read_result(f"query: recent_changes\n{head}columns: What | On | Account | When (time)\n{rows}")])
    assert "[[f11]]" in told and "[[f12]]" in told
    rows = "".join(f"row: f{n}=error {n} {{text}} | /ecs/a | prod | f1{n}=9\n" for n in (1, 2))
    columns = "columns: Message | Log group | Account | Lines (lines)\n"
    told = prose([read_result(f"query: error_logs\n{head}{columns}{rows}")])
    assert "- [[f1]] in account prod: [[f11]]" in told and "- [[f2]] in account prod: [[f12]]" in told


def test_what_both_readings_say_is_said_once_and_only_if_it_is_of_the_same_period_and_scope() -> None:
    def told(fact: str, row: str, around: str) -> Told:
        return read_result(
            f"query: vulnerabilities\nread as: by {row}\nperiod: now | scope: {around}\nheadlines: {fact}\n"
            f"{fact} | critical vulnerabilities | 0 vulnerabilities\ncolumns: What | Vulnerabilities\n"
            f"row: {row} | {fact}0=0 vulnerabilities"
        )

    same = prose([told("f1", "severity", "all accounts"), told("f2", "resource", "all accounts")], first=1)
    assert "[[f1]]" in same and "[[f2]]" not in same and "[[f20]]" in same
    other = prose([told("f1", "severity", "all accounts"), told("f2", "resource", "account data-lab")], first=1)
    assert "[[f1]]" in other and "[[f2]]" in other


def test_a_row_alone_that_says_what_the_headline_says_is_left_to_the_table() -> None:
    told = (
        "query: vulnerabilities\nread as: by severity\nheadlines: f1\nf1 | active critical vulnerabilities | 12 cases\n"
        "columns: Severity | Cases (cases)\nrow: critical | f2=12"
    )
    assert prose([read_result(told)]) == "{{read}}\n\nActive critical vulnerabilities: [[f1]]."
    assert "critical: [[f2]]" in prose([read_result(told.replace("f2=12", "f2=11"))])


def test_rows_of_one_account_say_so_beside_the_same_rows_of_all(ask: Ask) -> None:
    ask(OfflineMaker(), "How much did venue-utrecht cost in August?", session="talk")
    said = ask(OfflineMaker(), "what are our biggest services?", session="talk")
    assert said.status == "answered", said.text
    rows = [line for line in said.text.splitlines() if line.startswith("- service")]
    assert [("in account venue-utrecht" in row) for row in rows] == [True] * 3 + [False] * 3


def test_each_of_two_readings_is_headed_by_what_it_is(ask: Ask) -> None:
    said = ask(OfflineMaker(), "what about the costs of teams")
    headings = [line for line in said.text.splitlines() if "reading" in line]
    assert len(headings) == 2, said.text
    read = [result.read_as for result in said.results]
    assert headings[0].endswith(f"By the likelier reading, {read[0]}:")
    assert headings[1] == f"What only the other reading asks for, {read[1]}:"
    assert said.text.count(read[0]) == said.text.count(read[1]) == 1, "it is said once"


@pytest.mark.parametrize(
    ("question", "row"),
    [
        ("Where can we save money?", r"stop i-09f500000000000a2 in account data-lab, saves a month: USD 4,139\.10"),
        ("Are we over budget anywhere?", r"data-lab, actual so far: USD 4,317\.09 \(.*\), limit USD 3,000\.00"),
        ("Are our backups ok?", r"floor-ledger-rotterdam in account venue-rotterdam, failed: 8 jobs"),
        ("Who has no MFA?", r"m\.timmer in account venue-amsterdam, days since sign-in without MFA: 19 days"),
        ("Which servers are not patched?", r"eindhoven-floor-08 in account venue-eindhoven, critical: 4 patches"),
        (
            "Are we compliant with our Config rules?",
            r"s3-bucket-logging-enabled: 27 resources",
        ),
        ("Is everything encrypted?", r"buckets without default encryption: 0 buckets"),
        ("How is everything?", r"account online-prod, alarms firing: 1 alarm"),
        ("Which access keys are old?", r"svc-legacy-export in account backoffice-prod: 1,341 days"),
        ("Which alarms are firing?", r"lobby-staging-5xx in account online-staging, in this state for: 5\.83 hours"),
        (
            "Which alarms went off on 13 October in online-prod?",
            r"bet-api-5xx in account online-prod: 1 time, first 13 October 2026 19:07 UTC",
        ),
    ],
)
def test_the_first_row_in_words_is_the_first_of_the_table_and_says_what_its_figure_is(
    ask: Ask, question: str, row: str
) -> None:
    said = ask(OfflineMaker(), question)
    [first, *_] = [line for line in said.text.splitlines() if line.startswith("- ")]
    assert re.match(f"- {row}", first), said.text


def test_an_event_whose_doer_has_no_name_to_write_is_told_by_what_it_was_done_to() -> None:
    told = read_result(
        "query: recent_changes\nheadlines: f1\nf1 | deployments | 1 deployments\nf2 | what | session-reaper name\n"
        "f3 | when | 2026-09-17T00:00:00+00:00 time\ncolumns: What | On | Account | When\n"
        "row: lambda 20150331 | f2 | online-prod | f3"
    )
    assert "\n- session-reaper in account online-prod: [[f3]]" in prose([told])


def test_a_row_that_is_told_by_its_time_says_what_that_time_is() -> None:
    told = read_result(
        "query: commitments\nread as: reservations\nheadlines: f1\nf1 | active commitments | 1 commitments\n"
        "f2 | instances | 4 instances\nf3 | end | 2026-09-30 date\ncolumns: Commitment | Account | Number | "
        "Ends or ended (date)\n"
        "row: RDS reserved db.r6g.xlarge | online-prod | f2 | f3"
    )
    assert "- ends or ended [[f3]] in account online-prod: [[f2]]" in prose([told])


def test_an_error_is_said_without_its_figures() -> None:
    text = prose([read_result("error: There is no service 'Foo' in sight (14 known; nearest: Amazon FSx).")])
    assert "There is no service 'Foo'" in text
    assert not any(c.isdigit() for c in text)


@pytest.mark.parametrize(
    "turns",
    [
        ("How many servers are switched off in Rotterdam?",),
        ("Ten riskiest CVEs across the estate",),
        ("Why is data-prod so expensive lately?", "when was it repaired?"),
        ("Which vCPU limits are used for more than 60 percent?",),
        ("How long do the functions in data-prod take, p99?", "in all accounts?"),
    ],
)
def test_what_is_written_of_its_facts_is_not_withheld(ask: Ask, turns: tuple[str, ...]) -> None:
    for turn in turns:
        given = ask(OfflineMaker(), turn, session="withheld")
    assert given.status == "answered", given.text
