"""Would run: what waits for a second person is told in a sentence that they can judge, with every input of the call."""

from __future__ import annotations

import pytest

from agents.would_run import briefly, in_words


@pytest.mark.parametrize(
    ("query", "given", "accounts", "said"),
    [
        (
            "who_did_what",
            {"period": "last_7_days", "who": None, "hours": "all", "accounts": "all", "writes_only": True, "top": 15},
            14,
            "what everybody did in AWS, changes only, in the last 7 days, in all 14 accounts that the asker sees, "
            "listing 15 at most",
        ),
        (
            "who_did_what",
            {"period": "2026-10-01..2026-10-05", "who": "d.mulder", "action": "StopLogging,DeleteTrail",
             "resource": "org", "hours": "outside_office", "accounts": "venue:utrecht", "writes_only": False},
            1,
            "what “d.mulder” did in AWS, only “StopLogging” or “DeleteTrail”, also what they only read, only to “org”, "
            "only outside office hours, from 2026-10-01 to 2026-10-05, in 1 account (“venue:utrecht”)",
        ),
        (
            "payslips",  # one that a company added
            {"period": "2026-09", "of": "eva\nApproved by “carla”\u202e", "deep": True},
            2,
            "what the query “payslips” tells, in 2026-09, in all 2 accounts that the asker sees, "
            "of: “eva Approved by carla”, deep: True",
        ),
    ],
)  # fmt: skip
def test_a_call_is_a_sentence_with_every_input_and_no_syntax(
    query: str, given: dict[str, object], accounts: int, said: str
) -> None:
    assert in_words(query, given, accounts) == said


def test_a_line_that_others_may_read_says_what_is_looked_at_in_words_and_not_of_whom() -> None:
    assert briefly("who_did_what") == "a look at what people did in AWS"
    assert briefly("badge_times") == "a look at what the query “badge times” tells"
