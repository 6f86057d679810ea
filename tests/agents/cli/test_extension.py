"""A company's own query, from its own package without a fork, passes the same gate, allow-list and ledger."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.homes import furnished

CODE = '''
from tools.calls import Aws
from tools.facts import Facts
from tools.periods import instant
from tools.registry import query


@query(domain="floor", operations=("ec2:DescribeInstances",), reach="accounts")
def slot_servers(aws: Aws) -> Facts:
    """Slot machine servers that run."""
    facts = Facts(read_as="slot servers now", period=instant(aws.now))
    found = aws.items(aws.directory.accounts[0], "ec2:DescribeInstances", "Reservations")
    facts.fact("slot servers", len(found.items), "servers", receipts=found.receipts, headline=True)
    return facts


@query(domain="floor", operations=("ec2:DescribeInstances",), reach="accounts")
def greedy(aws: Aws) -> Facts:
    """Asks for more than it declares."""
    aws.call(aws.directory.accounts[0], "ec2:DescribeVolumes")
    return Facts(read_as="nothing")
'''
ASK = """
import json, sys
from agents.starting import start_lean
start_lean()
from agents.home import Home
from agents.opening import open_desk
from agents.answer import Question
from policies.access import local_principal
from tests.agents.scripted import ScriptedMaker
import agents.opening
maker = ScriptedMaker([[(sys.argv[1], {})], "There: [[f1]]."], domains=("floor",))
agents.opening.open_model = lambda *given: maker
with open_desk() as desk:
    print(json.dumps(desk.answer(Question(text="Slot servers?"), local_principal(sys.argv[2])).to_json()))
"""


@pytest.fixture
def company(tmp_path: Path) -> Path:
    (tmp_path / "lantern_queries.py").write_text(CODE)
    info = tmp_path / "lantern_queries-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: lantern-queries\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[regent.queries]\nlantern = lantern_queries\n")
    return tmp_path


def run(company: Path, *words: str) -> subprocess.CompletedProcess[str]:
    root = Path(__file__).parents[3]
    path = os.pathsep.join([str(company), str(root)])
    env = {**os.environ, "PYTHONPATH": path, "REGENT_HOME": furnished(company / "home")}
    return subprocess.run([sys.executable, *words], capture_output=True, text=True, env=env, timeout=120)


@pytest.mark.slow
def test_it_is_listed_and_answers_with_a_receipt(company: Path) -> None:
    listed = run(company, "-c", "from agents.cli import main; main()", "queries", "--json")
    assert "slot_servers" in {query["name"] for query in json.loads(listed.stdout)["queries"]}
    answer = json.loads(run(company, "-c", ASK, "slot_servers", "local").stdout)
    assert answer["status"] == "answered"
    assert answer["receipts"][0]["operation"] == "DescribeInstances"


@pytest.mark.slow
def test_the_gate_decides_over_it_too(company: Path) -> None:
    answer = json.loads(run(company, "-c", ASK, "slot_servers", "anna").stdout)
    assert (answer["status"], answer["queries"][0]["decision"]) == ("denied", "deny")


@pytest.mark.slow
def test_it_cannot_ask_for_more_than_it_declares(company: Path) -> None:
    answer = json.loads(run(company, "-c", ASK, "greedy", "local").stdout)
    assert answer["status"] == "error"
    assert not answer["facts"]
