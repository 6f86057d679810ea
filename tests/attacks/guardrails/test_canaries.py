"""Secrets and personal identifiers planted in AWS leave nowhere: no answer, table, error, progress line, log or record.

Each canary lies in a log line, a finding, an alarm, a budget, a backup job and a tag, in the message of a refusal by
AWS, and in what a model writes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from agents.answer import Answer
from agents.home import Home
from tests.agents.scripted import ScriptedMaker
from tests.attacks.guardrails.planting import ACCOUNT, CARRIERS, overlay
from tools.estate.errors import AwsError
from tools.estates import Estate

Ask = Callable[..., Answer]
AWS_SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
CANARIES = {
    "access key id": ("AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7"),
    "session key id": ("ASIAY34FZKBOKMUTVV7A", "ASIAY34FZKBO"),
    "secret key with a name": (f"aws_secret_access_key={AWS_SECRET}", "wJalrXUtn"),
    "secret key alone": ("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", "k7RzQ2mVx9"),
    "web token": ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N", "eyJzdWIi"),
    "private key": ("-----BEGIN RSA PRIVATE KEY----- MIIEowIBAAKCAQEA7Zq -----END RSA PRIVATE KEY-----", "MIIEowIBAA"),
    "BSN": ("BSN 111222333 van de gast", "111222333"),
    "IBAN": ("naar NL91ABNA0417164300", "NL91ABNA0417164300"),
    "player id": ("speler-id: 88421907", "88421907"),
    "card": ("card 4111 1111 1111 1111", "4111 1111"),
    "password in an address": ("postgres://admin:hunter2hunter2@db.example/prod", "hunter2"),
    "GitHub token": ("ghp_abcdefghijklmnopqrstuvwxyz0123456789", "ghp_abcd"),
    "hidden by zero width": ("AKIA\u200bIOSFODNN7\u200bEXAMPLE", "IOSFODNN7"),
}
TEXTS = [text for text, _ in CANARIES.values()]
MARKS = [mark for _, mark in CANARIES.values()]
REGENT = Path(sys.executable).with_name("regent")


def leaks(text: str) -> list[str]:
    return [mark for mark in MARKS if mark in text.replace("\u200b", "")]


def files(home: Home) -> str:
    return "".join(p.read_bytes().decode("latin-1") for p in home.path.rglob("*") if p.is_file())


@pytest.fixture
def laid(estate: Estate) -> Iterator[Callable[..., None]]:
    yield lambda **texts: estate.server.lay_over(overlay(texts))
    estate.server.lay_over(None)


@pytest.mark.parametrize("place", CARRIERS)
def test_a_canary_in_the_estate_leaves_nowhere(
    ask: Ask, home: Home, laid: Any, capfd: pytest.CaptureFixture[str], place: str
) -> None:
    laid(**{place: TEXTS})
    carrier = CARRIERS[place]
    maker = ScriptedMaker([[(carrier.query, carrier.given)], "It is [[f1]]."], domains=(carrier.domain,))
    answer = ask(maker, "What is there?")
    assert answer.facts, "the records were read"
    assert leaks(json.dumps(answer.to_json(), ensure_ascii=False) + str(answer.results)) == []
    assert leaks(json.dumps(maker.made[0].seen, ensure_ascii=False)) == []
    assert leaks("".join(capfd.readouterr())) == []
    assert leaks(files(home)) == []


def test_a_key_that_is_reported_shows_its_last_four(ask: Ask, laid: Any) -> None:
    laid(budget=["uses AKIAIOSFODNN7EXAMPLE"])
    carrier = CARRIERS["budget"]
    answer = ask(ScriptedMaker([[(carrier.query, carrier.given)], "It is [[f1]]."]), "Budgets?")
    assert "uses …MPLE" in str(answer.results)


@pytest.mark.parametrize("name", CANARIES)
def test_a_canary_that_a_model_writes_does_not_leave(ask: Ask, home: Home, name: str) -> None:
    text, mark = CANARIES[name]
    answer = ask(ScriptedMaker([[("spend", {})], f"Spend was [[f1]]. Take this: {text}", f"Spend was [[f1]]. {text}"]))
    assert mark not in json.dumps(answer.to_json(), ensure_ascii=False).replace("\u200b", "")
    assert mark not in files(home)


@contextmanager
def _cli(estate: Estate, monkeypatch: pytest.MonkeyPatch, home: Home) -> Iterator[Callable[..., int]]:
    """The command itself, in this process, on the estate that the test laid something over."""
    from agents.cli.app import main

    monkeypatch.setenv("REGENT_HOME", str(home.path))
    monkeypatch.setenv("REGENT_LOG", "debug")
    monkeypatch.setattr("agents.opening.open_estate", lambda *_: _Open(estate))

    def run(*words: str) -> int:
        monkeypatch.setattr(sys, "argv", ["regent", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        return int(ended.value.code or 0)

    yield run


class _Open:
    """The estate, which stays open."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate

    def __enter__(self) -> Estate:
        return self._estate

    def __exit__(self, *_: object) -> None:
        return None


@pytest.mark.parametrize("form", [(), ("--json",)], ids=["text", "json"])
def test_the_command_line_shows_no_canary(
    estate: Estate, home: Home, laid: Any, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], form: Any
) -> None:
    laid(log=TEXTS, finding=TEXTS, alarm=TEXTS)
    with _cli(estate, monkeypatch, home) as run:
        for question in (f"What do the error logs of {ACCOUNT} say?", f"Which alarms are firing in {ACCOUNT}?"):
            assert run("ask", question, *form) == 0
        run("audit", "show", *form)
    out, err = capfd.readouterr()
    assert "error log" in out
    assert leaks(out) == []
    assert leaks(err) == []
    assert leaks(files(home)) == []


def test_what_aws_says_when_it_refuses_shows_no_canary(
    estate: Estate, home: Home, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def refuse(request: Any, result: Any) -> Any:
        if request.service == "ce":
            raise AwsError("ValidationException", "cannot read " + " and ".join(TEXTS))
        return result

    estate.server.lay_over(refuse)
    try:
        with _cli(estate, monkeypatch, home) as run:
            for form in ((), ("--json",)):
                assert run("ask", "What did we spend in 2026-07?", "--fresh", *form) == 1
            run("audit", "show")
    finally:
        estate.server.lay_over(None)
    out, err = capfd.readouterr()
    assert "ValidationException" in out + err
    assert leaks(out) == []
    assert leaks(err) == []
    assert leaks(files(home)) == []
