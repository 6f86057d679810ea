"""`python -m tests.bench [NAME ...]`: run all benchmarks, or those named (`turn`, `ask`, `grounding`, …)."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import tests.bench


def main() -> None:
    """Run them one after the other, so that none disturbs another."""
    found = [m.name for m in pkgutil.iter_modules(tests.bench.__path__) if m.name.startswith("bench_")]
    wanted = [f"bench_{name}" for name in sys.argv[1:]] or sorted(found)
    for name in wanted:
        print(f"\n=== {name.removeprefix('bench_')} ===", flush=True)
        importlib.import_module(f"tests.bench.{name}").main()


if __name__ == "__main__":
    main()
