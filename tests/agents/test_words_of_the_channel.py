"""Who wrote an answer and whom to reach, in the company's words; how what waits goes on, in the channel's."""

import hashlib
import json
from dataclasses import replace

import pytest

from agents.answer import Question
from agents.channels.rendering import view
from agents.models import open_model
from agents.settings import Disclosure, Settings
from policies.access import local_principal
from policies.audit.bodies import AnswerDelivered

OURS = Disclosure(line="A computer of the house wrote this", contact="Mail the desk: desk@house.example.")
WHO = "Who deleted the S3 endpoint in data-prod in September?"


@pytest.fixture
def desk(open_desk_with):
    return replace(open_desk_with(open_model("offline", Settings())), words=OURS)


def test_the_json_ends_with_the_companys_words_and_its_hash_is_on_record(desk):
    answer = desk.answer(Question(text="What did we spend last month?", channel="invoke"), local_principal("eva"))
    told = answer.to_json()
    assert told["disclosure"].startswith(OURS.line) and told["disclosure"].endswith(OURS.contact)
    assert told["text"].endswith(f"\n\n{told['disclosure']}") and "platform team" not in json.dumps(told)
    [delivered] = [one.body for one in desk.ledger.read() if isinstance(one.body, AnswerDelivered)]
    assert delivered.text_sha256 == hashlib.sha256(answer.text.encode()).hexdigest()
    seen = view(answer, OURS)
    assert seen.disclosure == told["disclosure"] and OURS.contact not in seen.text, "once, not twice"


@pytest.mark.parametrize(
    ("channel", "said"),
    [
        ("slack", "comes to you by itself"), ("teams", "comes to you by itself"), ("mcp", "`resume a-"),
        ("openai", "`resume a-"), ("invoke", '{"resume": "a-'), ("webhook", '{"resume": "a-'),
        ("cli", "regent ask --resume a-"),
    ],
)  # fmt: skip
def test_what_waits_says_how_it_goes_on_where_it_was_asked(desk, channel, said):
    answer = desk.answer(Question(text=WHO, channel=channel), local_principal("local"))
    assert answer.status == "needs_approval" and said in answer.text
    assert ("regent approvals" in answer.text) == (channel == "cli"), "a command is of no use in a chat"
