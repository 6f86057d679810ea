"""Many people ask different things of one served house at once, beside auditors at the same ledger."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.agents.channels.protocols.test_flooded import serving
from tests.attacks.identity.issuing import Provider
from tests.warm import REGENT, ran

pytestmark = pytest.mark.slow

MONTHS = ("June 2026", "July 2026", "August 2026", "September 2026")
QUESTIONS = [
    f"What did we spend in {month}, by {by}?" for month in MONTHS for by in ("service", "account", "region")
] + [
    "Which alarms are firing?",
    "Which users have no MFA?",
    "Which buckets are public?",
    "Which backups failed?",
    "Which instances miss patches?",
    "What are our critical security findings?",
    "Which access keys are older than 180 days?",
    "Where do we spend without tags?",
    "What is our spend forecast?",
    "Which quotas are near their limit?",
    "Which savings plans expire soon?",
    "What changed in spend in September 2026?",
]
ASKING = ("u-eva", "u-anna")
VERIFY = str(Path(__file__).parents[4] / "verify.py")


def asked(port: int, idp: Provider, sub: str, prompt: str, session: str) -> dict[str, Any]:
    """The answer over a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    body = json.dumps({"prompt": prompt, "session": session})
    connection.request("POST", "/invocations", body, {"Authorization": f"Bearer {idp.token(sub=sub)}"})
    got = connection.getresponse()
    said = got.read()
    connection.close()
    assert got.status == 200, said
    answer: dict[str, Any] = json.loads(said)
    return answer


def essence(answer: dict[str, Any]) -> dict[str, Any]:
    """What is the same whenever it is asked: all but ids, times and what came from a cache."""
    calls = {
        (one["account"], one["region"], one["service"], one["operation"], one["response_sha256"])
        for one in answer["receipts"]
    }
    facts = [
        {name: one[name] for name in ("id", "label", "value", "unit", "period", "scope")} for one in answer["facts"]
    ]
    queries = [(one["name"], json.dumps(one["input"], sort_keys=True)) for one in answer["queries"]]
    same = {name: answer[name] for name in ("question", "principal", "status", "text", "figures")}
    return same | {
        "facts": facts,
        "queries": sorted(queries),
        "calls": sorted((a, r or "", s, o) for a, r, s, o, _ in calls),
    }


def run(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return ran([REGENT, *words], env=os.environ | {"REGENT_HOME": str(home)}, cwd=home.parent)


def test_each_of_many_at_once_gets_the_answer_to_their_own_question(
    tmp_path: Path, idp: Provider, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGENT_BUDGETS__PERSON__QUESTIONS_AT_ONCE", str(len(QUESTIONS)))  # two ask for all the people
    asks = [(ASKING[number % 2], prompt) for number, prompt in enumerate(QUESTIONS)]
    (tmp_path / "quiet").mkdir()
    (tmp_path / "busy").mkdir()
    with serving(tmp_path / "quiet", idp) as (_, port):
        alone = [asked(port, idp, sub, prompt, f"s-{number}") for number, (sub, prompt) in enumerate(asks)]
    assert sum(one["status"] == "answered" for one in alone) >= 16, [(one["question"], one["status"]) for one in alone]
    assert len({one["text"] for one in alone if one["status"] == "answered"}) >= 16, "they would not be told apart"
    home = tmp_path / "busy" / "home"
    beside: list[subprocess.CompletedProcess[str]] = []
    stop = threading.Event()

    def audits() -> None:
        beside.append(run(home, "audit", "forget", "carla", "--yes"))
        while not stop.is_set():
            beside.append(run(home, "audit", "verify", "--json"))
            beside.append(run(home, "audit", "show", "--question", leaver["id"]))

    with serving(tmp_path / "busy", idp) as (process, port), ThreadPoolExecutor(len(asks) + 1) as pool:
        leaver = asked(port, idp, "u-carla", "Which alarms are firing?", "s-carla")
        head = tmp_path / "head.txt"  # an auditor keeps what is signed before the crowd comes
        head.write_text(run(home, "audit", "checkpoint").stdout)
        auditor = pool.submit(audits)
        together = threading.Barrier(len(asks))

        def one(number: int) -> dict[str, Any]:
            together.wait(60)
            return asked(port, idp, *asks[number], f"s-{number}")

        try:
            crowd = list(pool.map(one, range(len(asks))))
        finally:
            stop.set()
        auditor.result()
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert [essence(one) for one in crowd] == [essence(one) for one in alone]
    assert len({one["id"] for one in crowd}) == len(asks)
    for one_beside in beside:  # while it grows, what was written last may not be signed yet: exit 2, and never 1
        allowed = (0, 2) if "verify" in one_beside.args else (0,)
        assert one_beside.returncode in allowed, one_beside.stderr or one_beside.stdout
    assert {one.args[2] for one in beside} == {"verify", "show", "forget"}
    assert "Traceback" not in "".join(one.stderr for one in beside) + capfd.readouterr().err
    assert run(home, "audit", "verify").returncode == 0
    keys = tmp_path / "keys.txt"
    keys.write_text(run(home, "audit", "keys", "show").stdout)
    words = [sys.executable, VERIFY, str(home / "ledger"), "--key", str(keys), "--head", str(head)]
    standalone = subprocess.run(words, capture_output=True, text=True, check=False)
    assert "Traceback" not in standalone.stderr and standalone.returncode == 0, standalone.stdout + standalone.stderr
    for answer in crowd[::6]:
        again = run(home, "audit", "recompute", "--question", answer["id"])
        assert again.returncode == 0, again.stdout + again.stderr
        told = run(home, "audit", "show", "--question", answer["id"], "--json").stdout
        assert set(re.findall(r"q-[0-9a-f]{16}-[0-9a-f]{6}", told)) == {answer["id"]}, "no other question in its story"
