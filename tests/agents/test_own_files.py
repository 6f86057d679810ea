"""State on this machine is for its user alone, whatever the umask lets new files be."""

import os
import stat
from datetime import UTC, datetime

import pytest

from agents.channels.heard import HeardFile
from agents.controlling import open_controlling
from agents.home import Home
from agents.sample_papers import approve_papers
from policies.access import local_principal
from policies.access.nonces import FileNonces
from policies.controls.outbox import SqliteOutbox
from policies.oversight.database import Database
from tests.commands import regent_here
from tests.homes import furnished


@pytest.mark.parametrize(
    ("name", "use"),
    [
        ("nonces.sqlite", lambda path: FileNonces(path).use("n", 9e9)),
        ("oversight.sqlite", lambda path: Database(path).transaction(RuntimeError).__enter__()),
        ("outbox.sqlite", lambda path: SqliteOutbox(path).delivered("none", datetime.now(UTC))),
        ("heard.sqlite", lambda path: HeardFile(path).mark("a", "b")),
    ],
)
def test_state_is_readable_by_its_user_alone(tmp_path, name, use):
    before = os.umask(0o022)
    try:
        use(tmp_path / "home" / name)
    finally:
        os.umask(before)
    found = list((tmp_path / "home").iterdir())
    assert name in {path.name for path in found}
    assert {stat.S_IMODE(path.stat().st_mode) for path in found} == {0o600}


@pytest.mark.slow
def test_a_home_is_for_its_user_alone_in_all_that_is_made_in_it(tmp_path):
    # `Path.mkdir` gives a mode to the last folder only, and the home is mostly made on the way
    home = tmp_path / "data" / "regent"
    before = os.umask(0o022)
    try:
        for words in (
            ("ask", "What does SageMaker cost?"),  # the ledger, keys, receipts, the cache, line items
            ("stop", "a drill"),
            ("resume", "the drill is over"),
            ("controls", "status"),
            ("audit", "verify"),
        ):
            regent_here(tmp_path, *words, REGENT_HOME=str(home))
        with open_controlling(local_principal("local"), home=Home(home)) as opened:
            approve_papers(Home(home), opened.scene.ledger, datetime.now(UTC).date())
    finally:
        os.umask(before)
    made = [tmp_path / "data", home, *home.rglob("*")]
    assert [str(path.relative_to(tmp_path)) for path in made if path.stat().st_mode & 0o077] == []
    names = {path.name for path in home.iterdir()}
    assert {"ledger", "keys", "receipts", "cache", "oversight.sqlite", "evidence", "sample-documents"} <= names


def test_doctor_names_a_home_that_others_can_look_into(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    home.chmod(0o755)
    said = " ".join(regent_here(tmp_path, "doctor", REGENT_HOME=furnished(home), COLUMNS="300").stdout.split())
    assert f"FAIL home: Others than you can look into {home} (mode 755). Run `chmod 700 {home}`" in said
    home.chmod(0o700)
    assert "FAIL home" not in regent_here(tmp_path, "doctor", REGENT_HOME=str(home)).stdout
