"""A delivery is taken once, run once and never lost, on one's own machine and on (emulated) AWS alike."""

import asyncio
import calendar
import contextlib
import json
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.channels.aws_lean import AwsRefusedError, Credentials, sign
from agents.channels.box import Box
from agents.channels.crew import Crew
from agents.channels.delivery import ChannelError, Delivery, DeliveryError, from_text
from agents.channels.together import Together
from agents.channels.working import (
    LEASE_SECONDS,
    MOST_RECEIVES,
    BusyError,
    UnheardError,
    take_batch,
    what_failed,
    work,
)

HELLO = Delivery(channel="webhook", id="portal/1", group="g", body='{"prompt": "hi"}', at=1)


class Adapter:
    """Counts what is asked and said; fails as often as it is told to."""

    def __init__(self, *, asking_fails=0, saying_fails=0):
        self.asked, self.said, self.sorries = [], [], []
        self.asking_fails, self.saying_fails = asking_fails, saying_fails

    def ask(self, delivery):
        self.asked.append(delivery.id)
        if len(self.asked) <= self.asking_fails:
            raise ChannelError("no runtime")
        return f"answer to {delivery.id}"

    def say(self, delivery, said):
        if self.saying_fails:
            self.saying_fails -= 1
            raise ChannelError("channel down")
        self.said.append(said)

    def sorry(self, delivery):
        self.sorries.append(delivery.id)


def test_1000_duplicate_deliveries_are_taken_once(place):
    count = 1000 if hasattr(place, "box") else 60
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: place.inbox.take(HELLO), range(count)))
    assert taken.count("new") == 1 and taken.count("again") == count - 1
    assert [from_text(text) for text in place.queued()] == [HELLO]


def test_nobody_else_of_this_machine_reads_what_is_queued_and_answered(tmp_path):
    box = Box(tmp_path / "home" / "slack.sqlite")
    box.take(HELLO)
    box.claim(HELLO)
    box.keep(HELLO, "for one person alone")
    files = list((tmp_path / "home").iterdir())
    assert len(files) > 1 and [file.name for file in files if file.stat().st_mode & 0o077] == []


def test_what_comes_together_is_taken_once_and_all_of_it(tmp_path):
    box = Box(tmp_path / "box")
    deliveries = [HELLO._replace(id=f"portal/{number % 150}") for number in range(600)]
    with ThreadPoolExecutor(16) as pool:
        parts = pool.map(box.take_all, [deliveries[at : at + 50] for at in range(0, 600, 50)])
    taken = [one for part in parts for one in part]
    assert (taken.count("new"), taken.count("again")) == (150, 450)
    assert set(Box(tmp_path / "box").take_all(deliveries)) == {"again"}


def test_one_that_cannot_be_taken_takes_none_with_it_that_came_beside_it(tmp_path):
    box = Box(tmp_path / "box")

    async def all_at_once():
        together = Together(box.take_all)
        brought = [
            HELLO._replace(id=f"portal/{number}", body="\ud800" if number == 7 else "{}") for number in range(20)
        ]
        return await asyncio.gather(*map(together.do, brought), return_exceptions=True)

    found = asyncio.run(all_at_once())
    assert isinstance(found.pop(7), UnicodeEncodeError) and found == ["new"] * 19


def test_another_message_under_the_same_name_is_not_taken_and_says_so(place):
    assert place.inbox.take(HELLO) == "new"
    assert place.inbox.take(HELLO._replace(body="{}")) == "other"
    assert place.queued() == [HELLO.to_text()]


def test_the_same_name_in_another_channel_is_another_delivery(place):
    assert place.inbox.take(HELLO) == place.inbox.take(HELLO._replace(channel="slack")) == "new"
    assert len(place.queued()) == 2


def test_a_delivery_that_was_remembered_but_not_queued_is_queued_by_the_next_try(on_aws):
    aws = on_aws
    aws.sqs.delete_queue(QueueUrl=aws.queue)
    with pytest.raises(AwsRefusedError, match="SendMessage"):
        aws.inbox.take(HELLO)
    attributes = {"FifoQueue": "true"}
    aws.sqs.create_queue(QueueName=f"{aws.table}.fifo", Attributes=attributes)
    assert aws.inbox.take(HELLO) == "again"
    assert aws.queued() == [HELLO.to_text()]


def test_a_delivery_runs_once_however_often_it_comes_out_of_the_queue(place):
    place.inbox.take(HELLO)
    adapter = Adapter()
    for _ in range(3):
        work(HELLO, adapter, place.runs)
    assert adapter.asked == [HELLO.id] and adapter.said == [f"answer to {HELLO.id}"]


def test_two_workers_do_not_run_one_delivery_at_the_same_time(place):
    place.inbox.take(HELLO)
    assert place.runs.claim(HELLO).state == "run"
    with pytest.raises(BusyError):
        work(HELLO, Adapter(), place.runs)


def test_what_a_dead_worker_had_is_run_by_another_after_a_while(place, clock):
    place.inbox.take(HELLO)
    place.runs.claim(HELLO)
    clock.now += LEASE_SECONDS + 1
    adapter = Adapter()
    work(HELLO, adapter, place.runs)
    assert adapter.said == [f"answer to {HELLO.id}"]


DYING = """
import os, sys
from pathlib import Path
from agents.channels.box import Box
from agents.channels.delivery import from_text
box = Box(Path(sys.argv[1]))
box.take_over()
assert box.claim(from_text(box.receive().body)).state == "run"
print("at work", flush=True)
sys.stdin.read()
os.kill(os.getpid(), 9)
"""


def test_what_a_killed_process_had_in_hand_is_answered_when_it_starts_again_and_not_before(tmp_path):
    path, adapter = tmp_path / "box", Adapter()
    Box(path).take(HELLO)
    dying = subprocess.Popen(
        [sys.executable, "-c", DYING, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert dying.stdout.readline() == "at work\n"
    with Crew(Box(path), lambda _: adapter, size=1):
        time.sleep(0.5)
    assert adapter.asked == [], "another process is at it"
    dying.stdin.close()
    assert dying.wait(60) == -9
    with Crew(Box(path), lambda _: adapter, size=1):
        _until(lambda: adapter.said)
    assert adapter.said == [f"answer to {HELLO.id}"]


@pytest.mark.parametrize("answered", [False, True])
def test_a_question_at_which_workers_die_is_put_aside_and_whoever_asked_is_told(tmp_path, answered):
    box, adapter = Box(tmp_path / "box"), Adapter()
    box.take(HELLO)
    for _ in range(MOST_RECEIVES):  # each dies with it in hand
        box.receive()
        box.claim(HELLO)
        Box(tmp_path / "box").take_over()
    if answered:
        box.keep(HELLO, "kept")
    with Crew(box, lambda _: adapter, size=1):
        _until(lambda: adapter.said or adapter.sorries)
        time.sleep(0.3)  # and nothing more
    assert (adapter.asked, adapter.said, adapter.sorries) == ([], ["kept"] * answered, [HELLO.id] * (not answered))
    assert box.aside() == [HELLO.to_text()] * (not answered) and box.receive() is None


def test_a_worker_that_lost_its_claim_cannot_keep_an_answer_over_the_other_ones(place, clock):
    place.inbox.take(HELLO)
    place.runs.claim(HELLO)
    clock.now += LEASE_SECONDS + 1
    work(HELLO, Adapter(), place.runs)
    with pytest.raises(ChannelError, match="another worker"):
        place.runs.keep(HELLO, "late")


def test_a_channel_that_was_down_gets_the_answer_later_without_asking_again(place):
    place.inbox.take(HELLO)
    adapter = Adapter(saying_fails=1)
    with pytest.raises(ChannelError, match="down"):
        work(HELLO, adapter, place.runs)
    work(HELLO, adapter, place.runs)
    assert adapter.asked == [HELLO.id] and adapter.said == [f"answer to {HELLO.id}"]


def test_a_question_that_could_not_be_asked_is_tried_again_and_then_apologised_for(place):
    place.inbox.take(HELLO)
    adapter = Adapter(asking_fails=9)
    record = {"messageId": "m-1", "body": HELLO.to_text(), "attributes": {}}
    for number in range(1, MOST_RECEIVES + 1):
        assert not adapter.sorries
        record["attributes"]["ApproximateReceiveCount"] = str(number)
        back = take_batch({"Records": [record]}, lambda channel: adapter, place.runs)
        assert back == {"batchItemFailures": [{"itemIdentifier": "m-1"}]}
    assert len(adapter.asked) == MOST_RECEIVES and adapter.sorries == [HELLO.id]


@pytest.mark.parametrize(
    "poison",
    ["", "[]", "{}", "not json", '{"channel":"webhook","id":"1","group":"g","body":"{}","at":"1"}', "[" * 100_000],
)
def test_a_poison_message_goes_back_with_all_behind_it_and_runs_nothing(poison, tmp_path):
    def record(name, body):
        return {"messageId": name, "body": body, "attributes": {"ApproximateReceiveCount": "1"}}

    adapter = Adapter()
    event = {"Records": [record("good", HELLO.to_text()), record("poison", poison), record("after", HELLO.to_text())]}
    back = take_batch(event, lambda channel: adapter, Box(tmp_path / "box"))
    assert [one["itemIdentifier"] for one in back["batchItemFailures"]] == ["poison", "after"]
    assert adapter.said == [f"answer to {HELLO.id}"]


def test_a_crew_puts_poison_aside_and_answers_the_rest(tmp_path):
    box = Box(tmp_path / "box")
    adapter = Adapter(saying_fails=1)
    poison = HELLO._replace(id="bad", channel="nowhere", group="x")
    for delivery in (poison, HELLO, HELLO._replace(id="portal/2")):
        box.take(delivery)
    finder = {"webhook": adapter}.__getitem__
    with Crew(box, finder, size=2, again=0.01):
        _until(lambda: len(adapter.said) == 2 and box.aside())
    assert box.aside() == [poison.to_text()]
    assert adapter.said == ["answer to portal/1", "answer to portal/2"], "one conversation keeps its order"


def test_attack_forty_questions_of_one_person_leave_a_worker_to_everybody_else(tmp_path):
    box, go_on, asked = Box(tmp_path / "box"), threading.Event(), list[str]()

    class Slow(Adapter):
        def ask(self, delivery):
            asked.append(delivery.by)
            assert delivery.by != "portal/eva" or go_on.wait(60)
            return super().ask(delivery)

    adapter = Slow()
    for number in range(40):
        box.take(HELLO._replace(id=f"eva/{number}", group=f"eva/{number}", by="portal/eva"))
    with Crew(box, {"webhook": adapter}.__getitem__, size=4):
        _until(lambda: len(asked) == 3)
        for number, who in enumerate(("portal/max", "portal/anna", "")):
            box.take(HELLO._replace(id=f"other/{number}", group=f"other/{number}", by=who))
        _until(lambda: len(adapter.said) == 3)
        assert asked == ["portal/eva"] * 3 + ["portal/max", "portal/anna", ""], "eva has three workers of four"
        go_on.set()
        _until(lambda: len(adapter.said) == 43)


def test_a_box_of_an_older_version_goes_on_with_what_is_in_it(tmp_path):
    with contextlib.closing(sqlite3.connect(tmp_path / "box")) as db:
        db.execute(
            "create table message (number integer primary key autoincrement, lane text not null, body text not null, "
            "visible real not null, receives integer not null, aside integer not null)"
        )
        old = json.loads(HELLO.to_text())
        del old["by"]
        db.execute("insert into message values (1, 'lane', ?, 0, 0, 0)", (json.dumps(old),))
        db.commit()
    box = Box(tmp_path / "box")
    assert from_text(box.receive().body) == HELLO
    box.take(HELLO._replace(id="portal/2", group="x", by="portal/eva"))
    assert from_text(box.receive().body).by == "portal/eva"


def test_messages_of_one_conversation_come_one_after_the_other(tmp_path):
    box = Box(tmp_path / "box")
    for number, group in enumerate("aab"):
        box.take(Delivery("webhook", str(number), group, "{}", 1))
    first, other = box.receive(), box.receive()
    assert [from_text(one.body).id for one in (first, other)] == ["0", "2"]
    assert box.receive() is None
    box.finish(first)
    assert from_text(box.receive().body).id == "1"


@given(st.builds(Delivery, st.text(), st.text(), st.text(), st.text(), st.integers(), st.text()))
def test_a_delivery_comes_out_of_the_queue_as_it_went_in(delivery):
    assert from_text(delivery.to_text()) == delivery


@given(st.text())
def test_whatever_is_in_the_queue_is_a_delivery_or_an_error_of_ours(text):
    with contextlib.suppress(DeliveryError):
        from_text(text)


@given(st.binary(max_size=300), st.text("abcXYZ0189/+=", min_size=1), st.sampled_from(["", "token=="]))
def test_our_signature_is_the_one_that_botocore_makes(body, secret, token):
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials as BotoCredentials

    headers = {"host": "sqs.eu-west-1.amazonaws.com", "content-type": "x", "x-amz-target": "AmazonSQS.SendMessage"}
    theirs = AWSRequest("POST", "https://sqs.eu-west-1.amazonaws.com/", headers=headers, data=body)
    SigV4Auth(BotoCredentials("AKID", secret, token or None), "sqs", "eu-west-1").add_auth(theirs)
    at = time.strptime(theirs.context["timestamp"], "%Y%m%dT%H%M%SZ")
    ours = sign(headers, body, "sqs", "eu-west-1", Credentials("AKID", secret, token), calendar.timegm(at))
    assert ours["authorization"] == theirs.headers["Authorization"]


def _until(holds, seconds=60):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def test_the_log_of_a_failure_has_our_sentence_and_nobody_elses():
    ours = UnheardError("waits")
    ours.__cause__ = ChannelError("Slack did not take a message: invalid_auth.")
    assert what_failed(ours) == {"error": "ChannelError", "said": "Slack did not take a message: invalid_auth."}
    assert what_failed(ValueError("Pieter asked for xoxb-1")) == {"error": "ValueError"}
