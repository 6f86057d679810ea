"""Digests that fall due while no process runs: the next one says what is late and what was missed, once."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from policies.audit import Ledger, QuestionAsked
from policies.audit.verifying import verify
from tests.agents.channels.opposite import opposite
from tests.agents.channels.test_webhook import certificate  # noqa: F401 - a fixture
from tests.agents.channels.test_webhook_receivers import Receiver
from tests.homes import furnished
from tests.ports import free_port, wait_for_port
from tests.warm import REGENT, Warm

pytestmark = pytest.mark.slow
SPEND = "What did we spend in September 2026?"
A_ROUND = 20
"""Seconds in which a second one would have come: rounds are every fifteen."""


class Site:
    """A home, a receiver of what the webhook sends, and processes that come and go."""

    def __init__(self, folder: Path, receiver: Receiver, pem: Path, at: str) -> None:
        self.folder, self.receiver = folder, receiver
        people, clients = folder / "people.yaml", folder / "clients.json"
        people.write_text('principals:\n  digest: {role: manager, known_as: ["digest:daily"]}\n')
        clients.write_text(json.dumps({"clients": {"portal": {"secrets": ["s" * 40], "callback": receiver.url}}}))
        clients.chmod(0o600)
        made = {"name": "daily", "questions": [SPEND], "every": "day", "at": at, "to": ["webhook:portal"]}
        self.port = free_port()
        self.words = [REGENT, "webhook", "--secret", clients, "--port", self.port]
        self.env = os.environ | {
            "REGENT_HOME": furnished(folder / "home"), "REGENT_PRINCIPALS": str(people), "SSL_CERT_FILE": str(pem),
            "REGENT_DIGESTS": json.dumps([made]),
        }  # fmt: skip

    @contextmanager
    def process(self) -> Iterator[subprocess.Popen[str]]:
        words = [str(word) for word in self.words]
        running = Warm(words, env=self.env, cwd=self.folder, stdout=subprocess.DEVNULL, text=True)
        try:
            wait_for_port(self.port, running)
            yield running
        finally:
            running.kill()
            running.wait()

    def looked_for(self) -> datetime | None:
        """Since when the digest is known to the home."""
        try:
            with sqlite3.connect(self.outbox) as db:
                [at] = db.execute("select at from digest_since where name = 'daily'").fetchone() or [None]
        except sqlite3.Error:
            return None
        return datetime.fromisoformat(at) if at else None

    def a_while_ago(self, ago: timedelta) -> None:
        """Let that long pass while nothing runs: what the home knows of times is so much older."""
        known = self.looked_for()
        assert known is not None
        with sqlite3.connect(self.outbox) as db:
            db.execute("update digest_since set at = ?", ((known - ago).isoformat(),))

    @property
    def outbox(self) -> Path:
        [found] = [one for one in (self.folder / "home").glob("*.sqlite") if "outbox" in one.name]
        return found

    @property
    def got(self) -> list[dict[str, Any]]:
        return [json.loads(body) for body in self.receiver.got]

    def noted(self) -> bool:
        """Whether the home knows that it was sent, whole."""
        with sqlite3.connect(self.folder / "home" / "heard.sqlite") as db:
            [whole] = db.execute("select count(*) from heard where what like 'digest/%/whole'").fetchone()
        return bool(whole)

    def asked(self) -> int:
        with Ledger.open(self.folder / "home" / "ledger") as ledger:
            return sum(isinstance(one.body, QuestionAsked) for one in ledger.read())


@pytest.fixture
def receiver(certificate: Path) -> Iterator[Receiver]:  # noqa: F811
    one = Receiver(certificate)
    yield one
    one.close()


def until(happened: Callable[[], Any]) -> None:
    end = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


def test_what_fell_due_while_a_killed_process_was_down_is_said_late_once_with_what_was_missed(
    tmp_path: Path,
    receiver: Receiver,
    certificate: Path,  # noqa: F811
) -> None:
    site = Site(tmp_path, receiver, certificate, opposite())
    with site.process() as running:
        until(site.looked_for)
        running.send_signal(signal.SIGKILL)
    assert site.got == [], "it was not due yet: of before, nothing is sent"
    site.a_while_ago(timedelta(hours=60))
    with site.process() as running:
        until(lambda: site.got)
        [told] = site.got
        until(site.noted)
        running.send_signal(signal.SIGKILL)
    slot = datetime.fromisoformat(told["slot"])
    assert told["late"] and timedelta(hours=11) < datetime.now(UTC) - slot < timedelta(hours=13)
    assert [datetime.fromisoformat(one) for one in told["missed"]] == [slot - timedelta(days=1)]
    assert told["parts"][0]["view"]["status"] == "answered"
    with site.process() as running:
        time.sleep(A_ROUND)
        running.send_signal(signal.SIGTERM)
        assert running.wait(60) == 0
    assert len(site.got) == 1 and site.asked() == 1, "composed once, and sent once"
    verdict = verify(tmp_path / "home" / "ledger")
    assert (verdict.code, verdict.unanchored) == (0, 0), verdict.reason


def test_what_fell_due_a_minute_ago_while_a_killed_process_was_down_is_sent_once(
    tmp_path: Path,
    receiver: Receiver,
    certificate: Path,  # noqa: F811
) -> None:
    due = (datetime.now(UTC) + timedelta(seconds=90)).replace(second=0, microsecond=0)  # in 30 to 90 seconds
    site = Site(tmp_path, receiver, certificate, f"{due:%H:%M}")
    with site.process() as running:
        until(site.looked_for)
        running.send_signal(signal.SIGKILL)
    assert datetime.now(UTC) < due, "it was killed before it was due"
    time.sleep((due - datetime.now(UTC)).total_seconds() + 1)
    assert site.got == []
    with site.process() as running:
        until(lambda: site.got)
        [told] = site.got
        time.sleep(A_ROUND)
        running.send_signal(signal.SIGTERM)
        assert running.wait(60) == 0
    assert datetime.fromisoformat(told["slot"]) == due and not told["late"] and told["missed"] == []
    with site.process():
        time.sleep(A_ROUND)
    assert len(site.got) == 1 and site.asked() == 1
