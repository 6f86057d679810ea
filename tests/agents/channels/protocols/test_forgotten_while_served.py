"""`regent audit forget` beside a served house in which that very person is asking."""

from __future__ import annotations

import signal
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from policies.audit import Ledger, QuestionAsked, verify
from policies.audit.bodies import SubjectForgotten
from tests.agents.channels.protocols.test_flooded import serving
from tests.agents.channels.protocols.test_many_at_once import asked, run
from tests.attacks.identity.issuing import Provider


@pytest.mark.slow
def test_a_person_is_forgotten_while_they_ask_and_nobody_else_notices(tmp_path: Path, idp: Provider) -> None:
    home, stop, heard = tmp_path / "home", threading.Event(), threading.Semaphore(0)
    with serving(tmp_path, idp) as (process, port), ThreadPoolExecutor(8) as pool:
        assert asked(port, idp, "u-carla", "Which alarms are firing?", "s")["status"] == "answered"

        def theirs(number: int) -> list[tuple[str, str]]:
            got = []
            while not stop.is_set():
                one = asked(port, idp, "u-carla", "Which alarms are firing?", f"s-{number}")
                got.append((one["status"], one["text"]))
                heard.release()
            return got

        def forget() -> subprocess.CompletedProcess[str]:
            while heard.acquire(blocking=False):
                pass
            assert heard.acquire(timeout=60), "nothing new is held of somebody who was not heard since"
            return run(home, "audit", "forget", "carla", "--yes")

        def others() -> list[str]:
            got = []
            while not stop.is_set():
                got.append(asked(port, idp, "u-eva", "What did we spend in July 2026, by service?", "eva")["text"])
            return got

        carla, eva = [pool.submit(theirs, number) for number in range(3)], pool.submit(others)
        try:
            forgotten = [forget() for _ in range(4)]
        finally:
            stop.set()
        told = [one for asking in carla for one in asking.result()]
        same = eva.result()
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert [one.returncode for one in forgotten] == [0] * 4, [one.stderr for one in forgotten]
    assert {status for status, _ in told} == {"answered"}, told
    assert len({text.partition("\n")[0] for text in same}) == 1, "others are answered as ever"
    assert verify(home / "ledger").code == 0
    with Ledger.open(home / "ledger") as ledger:
        found = list(ledger.read())
    gone = [subject for one in found if isinstance(one.body, SubjectForgotten) for subject in one.body.subjects]
    assert len([subject for subject in gone if subject.startswith("p-")]) >= 4, "each took a key that was in use"
    for one in found:
        if isinstance(one.body, QuestionAsked):
            erased = any(f'"{subject}"'.encode() in one.raw for subject in gone)
            assert (one.body.text == "[forgotten]") == erased
