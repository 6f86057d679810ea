"""How long a person waits: `regent ask` in a new process, the next question in the same process, and `--help`."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.measure import percentile, row, verdict

REGENT = Path(sys.executable).with_name("regent")
QUESTION = "What did we spend last month by service?"
NEXT = (
    "And the month before?",
    "What did venue-utrecht cost in August?",
    "Which alarms are firing?",
    "Show the forecast for this month",
    "What did we spend in July by account?",
    "Which budgets are over?",
)


def main() -> None:
    """Print the three, and the start of a bare interpreter as the limit nobody can go below."""
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "REGENT_HOME": folder}
        first = _timed([str(REGENT), "ask", QUESTION, "--json"], env)
        cold = [_timed([str(REGENT), "ask", QUESTION, "--json", "--fresh"], env) for _ in range(9)]
        shown = [_timed([str(REGENT), "--help"], env) for _ in range(9)]
        bare = [_timed([sys.executable, "-c", "pass"], env) for _ in range(9)]
        imports = [_timed([sys.executable, "-c", "import strands, botocore.session"], env) for _ in range(5)]
        print(f"{'very first ask (generates the sample data)':<44} {first:13.0f} ms")
        print(row("regent ask, cold process", cold))
        print(row("regent --help", shown))
        print(row("limit: a bare interpreter", bare))
        print(row("limit: importing strands and botocore", imports))
        print(verdict("ask, cold, p50", percentile(cold, 50), 6000))
        print(verdict("--help p50", percentile(shown, 50), 300))
        _second(Path(folder))


def _second(home: Path) -> None:
    os.environ["REGENT_HOME"] = str(home)
    from agents.answer import Question
    from agents.opening import open_desk
    from policies.access import local_principal

    with open_desk() as desk:
        desk.answer(Question(text=QUESTION, fresh=True), local_principal("local"))
        taken = []
        for question in NEXT * 3:
            started = time.perf_counter()
            desk.answer(Question(text=question, fresh=True, session="bench"), local_principal("local"))
            taken.append((time.perf_counter() - started) * 1000)
    print(row("next question, same process", taken))
    print(verdict("next question, p50", percentile(taken, 50), 400))


def _timed(words: list[str], env: dict[str, str]) -> float:
    started = time.perf_counter()
    subprocess.run(words, env=env, capture_output=True, check=False)
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    main()
