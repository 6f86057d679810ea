"""Detection and false-alarm rates of grounding, and what the check costs. `python -m tests.bench.bench_grounding`."""

from __future__ import annotations

import statistics
import time
from collections import Counter
from collections.abc import Iterable

from policies.grounding import find_figures, ground
from tests.grounding.corpus import Labelled, every_corruption, load
from tests.grounding.estates import all_estates

ESTATES = all_estates()
FIRST = {
    "independent": "97.3 % / 30.3 %",
    "independent2": "97.7 % / 27.1 %",
    "independent3": "96.2 % / 13.9 % (half of it; the other half was tuned on)",
    "independent4": "95.1 % / 6.9 %",
    "independent5a": "95.6 % / about 20 %, both halves together",
}
"""Detection and false alarms of the parts that were written against no checker, when they were first measured."""
HELD_OUT = "independent5b"
"""The half that the checker was never tuned on: what it does in prose that it has not seen."""


def main() -> None:
    """Print rates per corruption kind for each part, for the frozen choice and for every corruption, and the times."""
    times: list[float] = []
    for part in ("corpus", "heldout", "fresh"):
        print(f"\n{part} (tuned): frozen answers")
        _rates(load(part), times)
        print(f"{part}: every corruption of every answer, three times")
        _rates(every_corruption(part), times)
    for part, first in FIRST.items():
        print(f"\n{part} (unseen at first measurement: {first}; now tuned): frozen answers")
        _rates(load(part), times)
    prose: list[float] = []
    print(f"\n{HELD_OUT} (UNSEEN, never tuned on): frozen answers")
    _rates(load(HELD_OUT), prose)
    print(f"{HELD_OUT}: every corruption of every answer, three times")
    _rates(every_corruption(HELD_OUT), prose)
    print()
    for what, taken in (("check", times), ("check of long prose over up to 89 facts", prose)):
        cuts = statistics.quantiles(taken, n=100)
        print(f"{what}: p50 {cuts[49] * 1e6:,.0f} us, p99 {cuts[98] * 1e6:,.0f} us of CPU, {len(taken):,} answers")
    text = "Spend was USD 1,234.56 in September, 12 findings are open, two of them since 6 October. " * 1150
    started = time.perf_counter()
    find_figures(text, ESTATES["casino-cost"].now)
    print(f"finder: {len(text):,} characters in {time.perf_counter() - started:.2f} s")


def _rates(rows: Iterable[Labelled], times: list[float]) -> None:
    seen, wrong = Counter[str](), Counter[str]()
    for row in rows:
        estate = ESTATES[row.estate]
        started = time.thread_time()
        grounded = ground(row.draft, estate.facts, question=estate.question, now=estate.now, locale=estate.locale)
        times.append(time.thread_time() - started)
        kind = row.corruption or "clean"
        seen[kind] += 1
        wrong[kind] += grounded.ok if row.corruption else not grounded.ok
    for kind in sorted(seen.keys() - {"clean"}):
        print(f"  {kind:20} {seen[kind] - wrong[kind]:5} of {seen[kind]:5} caught")
    lies, missed = sum(seen.values()) - seen["clean"], sum(wrong.values()) - wrong["clean"]
    print(f"  detection {1 - missed / lies:.2%} ({lies - missed} of {lies})")
    if seen["clean"]:
        print(f"  false alarms {wrong['clean'] / seen['clean']:.2%} ({wrong['clean']} of {seen['clean']})")


if __name__ == "__main__":
    main()
