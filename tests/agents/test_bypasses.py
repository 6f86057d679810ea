"""Ways around the promises that somebody tried, each named after the attempt."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import agents
from agents.answer import Answer
from agents.home import Home
from tests.agents.scripted import ScriptedMaker
from tests.commands import regent_here
from tests.homes import furnished
from tools.calls import Aws
from tools.facts import Facts
from tools.registry import _REGISTRY, query

Ask = Callable[..., Answer]
REGENT = Path(sys.executable).with_name("regent")


def spent(period: str) -> ScriptedMaker:
    return ScriptedMaker([[("spend", {"period": period, "by": "none"})], "Spend was [[f1]]."])


def test_swapped_cache_files_do_not_swap_the_months(ask: Ask, home: Home) -> None:
    truth = {period: ask(spent(period)).facts[0].value for period in ("2026-08", "2026-09")}
    one, other = sorted((home.cache / "calls").rglob("*.json"))[:2]
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)
    for period, value in truth.items():
        assert ask(spent(period)).facts[0].value == value


def test_a_cache_entry_that_is_a_folder_is_asked_again(ask: Ask, home: Home) -> None:
    value = ask(spent("2026-08")).facts[0].value
    for path in (home.cache / "calls").rglob("*.json"):
        path.unlink()
        path.mkdir()
    answer = ask(spent("2026-08"))
    assert answer.status in ("answered", "error")
    assert not answer.facts or answer.facts[0].value == value


@pytest.fixture
def clumsy() -> Any:
    def clumsy(aws: Aws) -> Facts:
        """Trips over itself."""
        raise OSError("no such device")

    query(domain="cost", operations=("ce:GetTags",), reach="payer")(clumsy)
    yield
    _REGISTRY.pop("clumsy")


def test_a_query_that_trips_is_an_error_on_record(ask: Ask, clumsy: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from policies.access import gate
    from tools import catalogue

    catalogue.queries.cache_clear()
    gate.shipped_gate.cache_clear()
    from agents.specialists import specialists

    specialists.cache_clear()
    try:
        answer = ask(ScriptedMaker([[("clumsy", {})], "All is well."]))
    finally:
        catalogue.queries.cache_clear()
        gate.shipped_gate.cache_clear()
        specialists.cache_clear()
    assert answer.status == "error"
    assert "well" not in answer.text
    assert "no such device" not in json.dumps(answer.to_json())


def test_what_failed_beside_an_answer_is_said(ask: Ask) -> None:
    maker = ScriptedMaker([[("spend", {}), ("spend_change", {"period": "2019-01"})], "Spend was [[f1]]."])
    answer = ask(maker)
    assert answer.status == "answered"
    assert "Not looked up:" in answer.text


def run(tmp_path: Path, *words: str, given: bytes = b"", **env: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        words,
        input=given,
        capture_output=True,
        cwd=tmp_path,
        env={**os.environ, "REGENT_HOME": furnished(tmp_path / "home"), **env},
        timeout=120,
    )


def test_the_python_api_obeys_the_principals_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    people = tmp_path / "people.yaml"
    people.write_text("principals:\n  local: {role: manager, accounts: [venue-utrecht]}\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REGENT_HOME", furnished(tmp_path / "home"))
    monkeypatch.setenv("REGENT_PRINCIPALS", str(people))
    assert [agents.ask("Who has no MFA?").status, agents.ask("x?", as_id="eve").status] == ["denied", "denied"]


BINARY = bytes(range(256)) * 20


@pytest.mark.slow
def test_binary_input_is_blocked_not_a_crash(tmp_path: Path) -> None:
    done = run(tmp_path, str(REGENT), "ask", "-", given=BINARY)
    assert done.returncode == 3, done.stderr
    assert b"Traceback" not in done.stderr


def test_binary_input_of_somebody_unknown_is_blocked_not_a_crash(tmp_path: Path) -> None:
    home = furnished(tmp_path / "home")
    done = regent_here(tmp_path, "ask", "-", "--as", "nobody", given=BINARY, REGENT_HOME=home)
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("words", [["ask", "x"], ["doctor"]], ids=" ".join)
def test_a_broken_settings_file_is_a_sentence_for_every_command(tmp_path: Path, words: list[str]) -> None:
    (tmp_path / "regent.yaml").write_text("bad: [yaml")
    done = regent_here(tmp_path, *words, REGENT_HOME=furnished(tmp_path / "home"))
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_output_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [REGENT, "estate"],
            stdout=full,
            stderr=subprocess.PIPE,
            env={**os.environ, "REGENT_HOME": str(tmp_path)},
            timeout=60,
        )
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr


@pytest.mark.slow
def test_a_damaged_sample_file_is_generated_again(tmp_path: Path) -> None:
    first = run(tmp_path, str(REGENT), "estate", "--json").stdout
    [parquet] = (tmp_path / "home").rglob("*.parquet")
    data = bytearray(parquet.read_bytes())
    data[len(data) // 2] ^= 0xFF
    parquet.write_bytes(bytes(data))
    assert run(tmp_path, str(REGENT), "estate", "--json").stdout == first
