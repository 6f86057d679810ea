"""`python -m tests.evaluations [SUITE ...]`: run the suites anew and write their results beside this file."""

from __future__ import annotations

import argparse
from pathlib import Path

from policies.controls.declared import load_declared
from policies.controls.evaluations import keep
from tests.evaluations.suites import SUITES


def main() -> None:
    """Run, write, and print each beside what is declared for it."""
    parser = argparse.ArgumentParser(description="Run the evaluation suites and keep their results.")
    parser.add_argument("suite", nargs="*", choices=[*SUITES, []], help="only these")
    given = parser.parse_args()
    declared = load_declared().evaluations
    for name in given.suite or SUITES:
        for result in SUITES[name]():
            keep(Path(__file__).parent, result)
            bar = declared.get(result.suite)
            said = f"declared {bar.at_least:.3f} to {bar.at_most:.3f}, {bar.cases} cases" if bar else "not declared"
            print(f"{result.suite:<32} {result.value:.4f} ({result.counted} of {result.n})   {said}", flush=True)


if __name__ == "__main__":
    main()
