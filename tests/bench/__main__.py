"""`python -m tests.bench [NAME ...]`: run all benchmarks, or those named (`turn`, `ask`, `grounding`, …)."""

from __future__ import annotations

import argparse
import importlib
import pkgutil

import tests.bench

NAMES = sorted(
    module.name.removeprefix("bench_")
    for module in pkgutil.iter_modules(tests.bench.__path__)
    if module.name.startswith("bench_")
)


def main() -> None:
    """Run them one after the other, so that none disturbs another."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Run the benchmarks.")
    parser.add_argument("name", nargs="*", help=f"only these, of {', '.join(NAMES)}")
    wanted = parser.parse_args().name
    for name in wanted:
        if name not in NAMES:
            parser.error(f"there is no bench {name!r}; there are {', '.join(NAMES)}")
    for name in wanted or NAMES:
        print(f"\n=== {name} ===", flush=True)
        importlib.import_module(f"tests.bench.bench_{name}").main()


if __name__ == "__main__":
    main()
