"""What threads of one question share while they call AWS, or its stored answers, at once."""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tools import memory
from tools.errors import AwsCallError
from tools.memory import CallCache
from tools.receipts import Receipt, ReceiptFiles, StoredResponse, make_receipt
from tools.wire import Call, Replay

CALL = Call("1", "eu-west-1", "ce", "GetCostAndUsage", request_sha256="a" * 64)


def receipt(number: int) -> Receipt:
    return make_receipt(
        account=CALL.account,
        region=CALL.region,
        service=CALL.service,
        operation=CALL.operation,
        request_id=str(number),
        at=datetime(2026, 9, 1, tzinfo=UTC),
        request_sha256=CALL.request_sha256,
        response_sha256=f"{number:064}",
        source="sample",
    )


class Slow(deque[Receipt]):
    """Whoever counts what is left waits until another does, if another can."""

    both: threading.Barrier

    def __len__(self) -> int:
        left = super().__len__()
        with suppress(threading.BrokenBarrierError):
            self.both.wait(0.1)
        return left


def test_threads_that_replay_an_equal_request_at_once_get_one_answer_each_and_leave_the_last() -> None:
    stored = [receipt(n) for n in range(2)]
    replay = Replay(stored, lambda one: StoredResponse(status=200, headers={}, body=one.request_id.encode()))
    ((key, left),) = replay._left.items()
    Slow.both = threading.Barrier(2)
    replay._left[key] = Slow(left)
    with ThreadPoolExecutor(2) as pool:
        found = [one.result()[1].body for one in [pool.submit(replay.find, CALL) for _ in range(2)]]
    assert sorted(found) == [b"0", b"1"]
    assert replay.find(CALL)[0] == stored[-1], "the last one is every later answer, too"
    with pytest.raises(AwsCallError, match="NotStored"):
        replay.find(Call("2", "eu-west-1", "ce", "GetCostAndUsage", request_sha256="a" * 64))


def test_billed_calls_leave_nothing_behind_and_equal_ones_wait_for_each_other(tmp_path: Path) -> None:
    cache = CallCache(tmp_path / "cache", ReceiptFiles(tmp_path / "receipts", tmp_path / "receipts.key"))
    before, inside, most = len(memory._flights), [0], [0]
    gate = threading.Barrier(4)

    def call() -> None:
        gate.wait(10)
        with cache.alone(CALL, {"Granularity": "MONTHLY"}):
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            threading.Event().wait(0.01)
            inside[0] -= 1

    with ThreadPoolExecutor(4) as pool:
        for one in [pool.submit(call) for _ in range(4)]:
            one.result()
    for number in range(50):
        with cache.alone(CALL, {"Filter": number}):
            assert len(memory._flights) == before + 1
    assert most[0] == 1 and len(memory._flights) == before
