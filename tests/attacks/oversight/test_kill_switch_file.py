"""Attacks on the kill switch's file. The ledger is the truth; a file that cannot be trusted means stopped."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from agents.answer import Answer
from agents.home import Home
from policies.access import Principal
from policies.audit import Ledger
from policies.oversight import Oversight, Scope, Switch, halted, resume, stop
from tests.agents.scripted import ScriptedMaker

ADMIN, ALL = Principal(id="local", role="admin"), Scope(kind="all")


def opened(home: Home) -> tuple[Ledger, Switch]:
    ledger = Ledger.open(home.ledger)
    return ledger, Oversight.local(home.path, ledger).switch


@pytest.fixture
def stopped(home: Home) -> Iterator[tuple[Ledger, Switch, Path]]:
    """A house that runs, then stops; `before` is the switch's file from before the stop."""
    ledger, switch = opened(home)
    file = home.path / "switch.json"
    (home.path / "before").write_bytes(file.read_bytes())
    stop(ledger, switch, ADMIN, ALL, "incident")
    yield ledger, switch, file
    ledger.close()


def test_kill_switch_file_removed(stopped: Any, home: Home) -> None:
    ledger, switch, file = stopped
    file.unlink()
    assert halted(switch, "anna") is not None, "at once, in a process that runs"
    ledger.close()
    again, switch = opened(home)
    found = halted(switch, "anna")
    assert found is not None and found.reason == "incident", "a new process writes it anew from the ledger"
    again.close()


@pytest.mark.parametrize("at", [0, 30, 70, -1])
def test_kill_switch_file_damaged(stopped: Any, home: Home, at: int) -> None:
    ledger, switch, file = stopped
    data = bytearray(file.read_bytes())
    data[at] ^= 1
    file.write_bytes(bytes(data))
    assert halted(switch, "anna") is not None
    ledger.close()
    again, switch = opened(home)
    assert halted(switch, "anna") is not None
    resume(again, switch, ADMIN, ALL)
    assert halted(switch, "anna") is None, "an administrator mends it"
    again.close()


def test_kill_switch_file_damaged_while_nothing_is_stopped(ask: Callable[..., Answer], home: Home) -> None:
    opened(home)[0].close()
    (home.path / "switch.json").write_bytes(b"")
    answer = ask(ScriptedMaker([[("spend", {})], "[[f1]]"]))
    assert answer.status == "denied" and "damaged" in answer.text and "regent resume" in answer.text


def test_kill_switch_file_unreadable(stopped: Any, home: Home) -> None:
    _, switch, file = stopped
    file.unlink()
    file.mkdir()  # root reads whatever has no permission bits; nobody reads a folder
    assert halted(switch, "anna") is not None


def test_kill_switch_file_from_before_the_stop_put_back(stopped: Any, home: Home) -> None:
    ledger, _, file = stopped
    file.write_bytes((home.path / "before").read_bytes())
    ledger.close()
    again, switch = opened(home)
    assert halted(switch, "anna") is not None
    again.close()


def test_kill_switch_file_forged_with_a_checksum_that_fits(stopped: Any, home: Home) -> None:
    ledger, _, file = stopped
    body = (home.path / "before").read_bytes().partition(b"\n")[2]
    file.write_bytes(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
    ledger.close()
    again, switch = opened(home)
    assert halted(switch, "anna") is not None, "the ledger's last record of the switch is not in it"
    again.close()


def test_kill_switch_file_of_another_ledger(stopped: Any, home: Home, tmp_path: Path) -> None:
    ledger, _, file = stopped
    other, _ = opened(Home(tmp_path / "elsewhere"))
    other.close()
    file.write_bytes((tmp_path / "elsewhere" / "switch.json").read_bytes())
    ledger.close()
    again, switch = opened(home)
    assert halted(switch, "anna") is not None
    again.close()
