"""Refusals: what an outsider can make the house write is bounded, and what was refused can be counted to the last."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.audit import Ledger
from policies.audit.bodies import CallsRefused
from policies.oversight import refusals as module
from policies.oversight.refusals import EACH, EACH_DAY, WINDOW_SECONDS, Refusals


class Clock:
    def __init__(self) -> None:
        self.now = 1_795_867_200.0

    def __call__(self) -> float:
        return self.now


def recorded(ledger: Ledger) -> list[CallsRefused]:
    return [one.body for one in ledger.read() if isinstance(one.body, CallsRefused)]


@pytest.fixture
def ledger(tmp_path: Path):
    with Ledger.open(tmp_path / "ledger") as opened:
        yield opened


def test_the_first_of_a_minute_are_recorded_one_by_one_and_the_rest_as_one_record(tmp_path, ledger) -> None:
    clock = Clock()
    refusals = Refusals(tmp_path / "refused.sqlite", ledger, clock=clock)
    alone = 0
    for _ in range(EACH + 500):
        alone += refusals.by_itself("invoke", "unverified")
        clock.now += 1 / 64
    assert alone == EACH and recorded(ledger) == [], "nothing is written while it lasts"
    clock.now += WINDOW_SECONDS
    assert refusals.by_itself("invoke", "unverified"), "a new minute, in which it is the first again"
    [told] = recorded(ledger)
    assert told.kinds == {"invoke/unverified": 500} and told.count == 500
    assert (told.first, told.last) == ("2026-11-28T12:00:00.312Z", "2026-11-28T12:00:08.109Z")
    refusals.close()
    assert len(recorded(ledger)) == 1, "nothing more was counted"


def test_attack_a_trickle_for_days_fills_no_disk_and_nothing_goes_uncounted(tmp_path, ledger) -> None:
    clock, made, alone = Clock(), Counter[str](), Counter[int]()
    refusals = Refusals(tmp_path / "refused.sqlite", ledger, clock=clock)
    for _ in range(3 * 24 * 4):  # each quarter of an hour anew, as many as a window records one by one
        for _ in range(EACH):
            alone[int(clock.now // 86400)] += refusals.by_itself("invoke", "unverified")
            made["invoke/unverified"] += 1
        clock.now += 900
    assert set(alone.values()) == {EACH_DAY}, "the clock begins at noon: it is a matter of days, not of hours"
    assert refusals.by_itself("mcp", "unverified") and refusals.by_itself("invoke", "unknown"), "each kind has its own"
    refusals.close()
    told = sum((Counter(one.kinds) for one in recorded(ledger)), Counter[str]())
    assert told["invoke/unverified"] + sum(alone.values()) == made["invoke/unverified"]


def test_a_file_of_before_there_was_a_bound_for_a_day_goes_on(tmp_path, ledger) -> None:
    refusals = Refusals(tmp_path / "refused.sqlite", ledger)
    refusals.count("slack", 2)
    with refusals._database.transaction(RuntimeError) as db:
        db.execute("drop table alone")
    refusals._database.close()
    again = Refusals(tmp_path / "refused.sqlite", ledger)
    assert again.by_itself("invoke", "unverified")
    again.count("slack")
    again.close()
    assert [one.kinds for one in recorded(ledger)] == [{"slack/unverified": 3}]


def test_attack_a_flood_of_unverified_calls_does_not_hide_somebody_known_to_the_issuer(tmp_path, ledger) -> None:
    refusals = Refusals(tmp_path / "refused.sqlite", ledger)
    for _ in range(EACH * 3):
        refusals.by_itself("invoke", "unverified")
    assert refusals.by_itself("invoke", "unknown") and refusals.by_itself("mcp", "unverified")
    refusals.close()


calls = st.lists(
    st.tuples(
        st.sampled_from(["invoke", "mcp", "slack"]),
        st.sampled_from(["unverified", "unknown", "front"]),
        st.sampled_from([0.0, 0.5, 30.0, 61.0, -5.0]),
        st.integers(1, 40),
    ),
    max_size=30,
)


@given(calls)
@settings(max_examples=15)
def test_whatever_comes_the_sums_are_exact_and_the_records_few(given_calls) -> None:
    clock, made, alone = Clock(), Counter[str](), Counter[str]()
    with tempfile.TemporaryDirectory() as folder, Ledger.open(Path(folder) / "ledger") as ledger:
        refusals = Refusals(Path(folder) / "refused.sqlite", ledger, clock=clock)
        for channel, why, pause, times in given_calls:
            clock.now += pause
            if why == "front":
                refusals.count(channel, times)
                made[f"{channel}/unverified"] += times
                continue
            for _ in range(times):
                alone[f"{channel}/{why}"] += refusals.by_itself(channel, why)
            made[f"{channel}/{why}"] += times
        refusals.close()
        told, counted = recorded(ledger), Counter[str]()
        for one in told:
            counted.update(one.kinds)
            assert one.count == sum(one.kinds.values()) > 0
        assert counted + alone == made
        windows = 1 + sum(pause in (30.0, 61.0, -5.0) for _, _, pause, _ in given_calls)
        assert len(told) <= windows and all(count <= EACH * windows for count in alone.values())


def test_a_minute_that_ends_in_silence_is_recorded_all_the_same(tmp_path, ledger, monkeypatch) -> None:
    monkeypatch.setattr(module, "WINDOW_SECONDS", 0.2)
    refusals = Refusals(tmp_path / "refused.sqlite", ledger)
    refusals.count("slack", 3)
    end = time.monotonic() + 60
    while not recorded(ledger):
        assert time.monotonic() < end, "nobody called, and nothing was recorded"
        time.sleep(0.02)
    assert recorded(ledger)[0].kinds == {"slack/unverified": 3}
    refusals.close()


def test_what_cannot_be_recorded_stays_counted_and_is_recorded_later(tmp_path, ledger) -> None:
    clock, shut = Clock(), Ledger.open(tmp_path / "other" / "ledger")
    shut.close()
    refusals = Refusals(tmp_path / "refused.sqlite", shut, clock=clock)
    refusals.count("webhook", 7)
    clock.now += 2 * WINDOW_SECONDS
    refusals.count("webhook", 2)
    refusals.close()
    later = Refusals(tmp_path / "refused.sqlite", ledger, clock=clock)
    later.close()
    assert [one.kinds for one in recorded(ledger)] == [{"webhook/unverified": 9}]


KILLED = """
import sys
from pathlib import Path
from policies.audit import Ledger
from policies.oversight.refusals import Refusals
home = Path(sys.argv[1])
refusals = Refusals(home / "refused.sqlite", Ledger.open(home / "ledger"))
for number in range(int(sys.argv[2])):
    refusals.by_itself("invoke", "unverified")
print("counted", flush=True)
sys.stdin.read()
"""


def test_attack_several_processes_share_the_limit_and_killing_them_loses_no_count(tmp_path) -> None:
    words = [sys.executable, "-c", KILLED, str(tmp_path), "300"]
    running = [subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    for one in running:
        assert one.stdout is not None and one.stdout.readline() == "counted\n"
        one.send_signal(signal.SIGKILL)
        one.wait(60)
    with Ledger.open(tmp_path / "ledger") as ledger:
        clock = Clock()
        clock.now = time.time() + WINDOW_SECONDS  # whoever opens the house a minute later
        Refusals(tmp_path / "refused.sqlite", ledger, clock=clock).close()
        assert sum(one.count for one in recorded(ledger)) == 600 - EACH


def test_threads_count_past_nobody(tmp_path, ledger) -> None:
    refusals, alone = Refusals(tmp_path / "refused.sqlite", ledger), []

    def many() -> None:
        alone.extend(refusals.by_itself("mcp", "unverified") for _ in range(50))

    threads = [threading.Thread(target=many) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refusals.close()
    assert sum(alone) == EACH and recorded(ledger)[0].count == 400 - EACH
