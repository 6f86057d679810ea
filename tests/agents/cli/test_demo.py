"""`regent demo`, then `regent controls status`, as a newcomer runs them in a fresh home."""

import json
import os

import pytest

from tests.warm import REGENT, ran


@pytest.mark.slow
def test_a_newcomer_sees_a_handful_evidenced_and_most_unassessed(tmp_path):
    env = {**os.environ, "REGENT_HOME": str(tmp_path / "home")}

    def regent(*words):
        done = ran([REGENT, *words], cwd=tmp_path, env=env)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    shown = regent("demo").partition("ISO/IEC 42001")[2]
    for control in ("A.4.4", "A.6.2.2", "A.7.4", "A.7.5", "A.8.2"):
        assert f"{control:<8} evidenced" in shown
    assert "ai-policy: owner bram, attested by eva" in shown
    said = json.loads(regent("controls", "status", "--json"))
    statuses = {one["id"]: one["status"] for one in said["controls"]}
    evidenced = {id for id, status in statuses.items() if status == "evidenced"}
    assert evidenced == {"4.3", "A.2.2", "A.4.2", "A.4.4", "A.6.2.2", "A.7.4", "A.7.5", "A.8.2"}
    assert {"A.6.2.8", "A.9.2", "A.9.4"} <= {id for id, status in statuses.items() if status == "failing"}
    assert said["counts"]["unassessed"] == max(said["counts"].values()) > 35
    assert regent("demo").count("attested by") == 5, "and once more: the papers stand"
    assert len(json.loads(regent("audit", "search", "--type", "document.attested", "--json"))) == 5
