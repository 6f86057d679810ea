"""State on this machine is for its user alone, whatever the umask lets new files be."""

import os
import stat
from datetime import UTC, datetime

import pytest

from agents.channels.heard import HeardFile
from policies.access.nonces import FileNonces
from policies.controls.outbox import SqliteOutbox
from policies.oversight.database import Database


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
