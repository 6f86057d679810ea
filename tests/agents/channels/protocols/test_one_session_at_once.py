"""Quick messages in one session of a served house: each follow-up is read against the answer before it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from policies.audit import Ledger, QuestionAsked, verify
from tests.agents.channels.protocols.test_flooded import serving
from tests.agents.channels.protocols.test_many_at_once import asked
from tests.attacks.identity.issuing import Provider

MONTHS = ("August 2026", "July 2026", "June 2026", "May 2026")


@pytest.mark.slow
def test_quick_messages_to_a_served_house_are_answered_in_order(tmp_path: Path, idp: Provider) -> None:
    with serving(tmp_path, idp) as (_, port):
        start = asked(port, idp, "u-eva", "What did we spend in September 2026, by service?", "thread")
        assert start["status"] == "answered"
        with ThreadPoolExecutor(4) as pool:
            follow = [pool.submit(asked, port, idp, "u-eva", "and the month before?", "thread") for _ in range(4)]
            answers = [one.result() for one in follow]
    assert {one["status"] for one in answers} == {"answered"}
    found = sorted(next(month for month in MONTHS if month in one["text"]) for one in answers)
    assert found == sorted(MONTHS), [one["text"][:200] for one in answers]
    with Ledger.open(tmp_path / "home" / "ledger") as ledger:
        assert sum(isinstance(one.body, QuestionAsked) for one in ledger.read()) == 5
    assert verify(tmp_path / "home" / "ledger").code == 0
