"""Bad days, in real processes: killed in the middle, a disk that is full or cannot be written, a slow estate."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from policies.audit import Ledger, verify
from tests.homes import furnished
from tests.warm import REGENT, Warm, ran


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "REGENT_HOME": furnished(home)}


def start(home: Path, question: str, **more: object) -> subprocess.Popen[str]:
    return Warm(
        [REGENT, "ask", question, "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(home),
        **more,  # type: ignore[call-overload]
    )


@pytest.mark.slow
@pytest.mark.parametrize("after", [0.0, 0.15, 0.4, 0.8])
def test_a_process_killed_in_the_middle_leaves_a_ledger_that_verifies(tmp_path: Path, after: float) -> None:
    process = start(tmp_path, "Which buckets are public?")
    assert process.stderr is not None
    process.stderr.readline()  # the first progress line: the question is on record, queries are about to run
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    process.wait()
    verdict = verify(tmp_path / "ledger")
    assert verdict.code in (0, 2), verdict.reason  # 2: no checkpoint yet, as the question never ended
    with Ledger.open(tmp_path / "ledger") as ledger:
        assert [stored.type for stored in ledger.read()][:1] == ["question.asked"]
    again = ran([REGENT, "ask", "Which alarms are firing?", "--json"], env=environment(tmp_path))
    assert json.loads(again.stdout)["status"] == "answered"
    assert verify(tmp_path / "ledger").code == 0


def as_at_a_terminal() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it, and so do theirs


@pytest.mark.slow
def test_ctrl_c_is_a_sentence_and_leaves_the_ledger_whole(tmp_path: Path) -> None:
    question = "What is not encrypted?"  # some 400 AWS calls: a busy machine is still in time
    process = start(tmp_path, question, preexec_fn=as_at_a_terminal)
    assert process.stderr is not None
    process.stderr.readline()
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in said
    assert "stopped" in said
    assert verify(tmp_path / "ledger").code in (0, 2)


@pytest.mark.slow
def test_ctrl_c_in_a_chat_ends_the_question_on_record_and_not_the_chat(tmp_path: Path) -> None:
    talk = subprocess.Popen(
        [REGENT, "chat"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(tmp_path),
        preexec_fn=as_at_a_terminal,
    )
    assert talk.stdin is not None and talk.stderr is not None
    talk.stdin.write("What is not encrypted?\n")
    talk.stdin.flush()
    while not talk.stderr.readline().startswith("encryption("):
        assert talk.poll() is None
    talk.send_signal(signal.SIGINT)
    answered, said = talk.communicate("What did we spend last month?\n", timeout=60)
    assert talk.returncode == 0 and "Traceback" not in said, said
    assert [line for line in said.splitlines() if "nterrupted" in line] == [
        "Interrupted; what was recorded until then stays in the ledger. Ctrl-C or Ctrl-D leaves."
    ]
    assert "Total spend: USD 132,864.40" in answered and "ncrypted" not in answered
    assert verify(tmp_path / "ledger").code == 0
    with Ledger.open(tmp_path / "ledger") as ledger:
        records = list(ledger.read())
    first, second = dict.fromkeys(stored.record.question for stored in records)
    ended, answered_next = ([one for one in records if one.record.question == id] for id in (first, second))
    assert [one.type for one in ended if one.type in ("query.called", "query.returned")][-1] == "query.returned"
    assert [one.type for one in ended[-3:]] == ["note", "guard.assessed", "answer.delivered"]
    assert (ended[-3].body.name, ended[-1].body.status) == ("question.interrupted", "error")
    assert answered_next[0].index > ended[-1].index and answered_next[-1].body.status == "answered"


def test_a_home_that_cannot_be_made_is_a_sentence() -> None:
    done = subprocess.run(
        [REGENT, "ask", "What did we spend?"], capture_output=True, text=True, env=environment(Path("/proc/regent"))
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


_LOGGED = """
import logging, sys
from agents.cli.commands import Commands
app = Commands()
@app.command("any")
def any_command(estate: bool = False) -> None:
    if estate:
        from agents.estates import open_estate
        from agents.home import Home
        from agents.settings import load_settings
        with open_estate("sample", Home.find(), load_settings()):
            import structlog
            structlog.get_logger("ours").error("ours.broke")
    for name in ("strands.event_loop.event_loop", "botocore.retries", "anybody"):
        logging.getLogger(name).error("a line of %s", name)
    print("answered")
app()
"""


@pytest.mark.parametrize("given", [[], ["--estate"]])
def test_what_libraries_log_is_not_on_the_screen_of_a_command_unless_asked_for(
    tmp_path: Path, given: list[str]
) -> None:
    def ran(**more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", _LOGGED, *given]
        return subprocess.run(command, capture_output=True, text=True, env=environment(tmp_path) | more, check=True)

    quiet = ran()
    assert (quiet.stdout, quiet.stderr) == ("answered\n", "")
    asked_for = ran(REGENT_LOG="error").stderr
    assert all(f"a line of {name}" in asked_for for name in ("strands.event_loop.event_loop", "botocore", "anybody"))


@pytest.mark.slow
def test_a_full_disk_fails_closed_and_the_ledger_opens_afterwards(tmp_path: Path) -> None:
    first = ran([REGENT, "ask", "What did we spend last month?"], env=environment(tmp_path))
    assert first.returncode == 0, first.stderr
    largest = max(path.stat().st_size for path in (tmp_path / "ledger").rglob("*") if path.is_file())

    def no_file_may_grow_much() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest + 600, largest + 600))

    process = start(tmp_path, "What did we spend in July by account?", preexec_fn=no_file_may_grow_much)
    shown, said = process.communicate(timeout=60)
    assert process.returncode == 1, shown + said
    assert "Traceback" not in said
    assert ("ERROR" not in said) and ("event_loop" not in said), "the line of a library"
    if shown.strip():
        found = json.loads(shown)
        assert found["status"] == "error"
        assert not found["figures"]
    assert verify(tmp_path / "ledger").code in (0, 2)
    again = ran([REGENT, "ask", "What did we spend in July by account?"], env=environment(tmp_path))
    assert again.returncode == 0
    assert verify(tmp_path / "ledger").code == 0
