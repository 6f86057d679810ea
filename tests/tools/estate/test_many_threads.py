"""What threads share in the sample estate, with the interpreter switching between them all the time."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.homes import furnished
from tools.estate.cost.store import items


def test_each_of_many_threads_gets_the_rows_of_its_own_query(tmp_path: Path) -> None:
    table = items(Path(furnished(tmp_path / "home")) / "cache")
    accounts = [row[0] for row in table.rows("select distinct account from items order by 1")]
    ask = "select account, sum(billed), count(*) from items where account = ? group by 1"
    alone = {account: table.rows(ask, [account]) for account in accounts}
    assert len({str(rows) for rows in alone.values()}) == len(accounts) >= 14, "a mix-up would be seen"
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(12) as pool:
            wanted = accounts * 3
            found = list(pool.map(lambda account: table.rows(ask, [account]), wanted))
    finally:
        sys.setswitchinterval(before)
    assert found == [alone[account] for account in wanted]


def test_a_slow_machine_sees_no_progress_bar_among_its_answers() -> None:
    # as `python -c` and a notebook run it: what takes DuckDB long it would draw on standard output there
    code = "from tools.estate.cost.store import connect\nduck = connect()\n"
    for one in ("duck", "duck.cursor()"):
        code += f"print({one}.execute(\"select current_setting('enable_progress_bar')\").fetchone())\n"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout == "(False,)\n(False,)\n"
