"""The report of a run: what was proven here, what the harness had to help with, and what stays to be proven."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Report:
    """Collects, and prints as it goes. `failed` is empty when everything held."""

    proven: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    helped: list[str] = field(default_factory=list)
    wired: list[str] = field(default_factory=list)
    steps: list[tuple[str, float]] = field(default_factory=list)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a step. A step that breaks ends the run: what follows needs it."""
        started = time.perf_counter()
        print(f"\n== {name}", flush=True)
        yield
        self.steps.append((name, time.perf_counter() - started))

    def check(self, promise: str, holds: bool, got: object = "") -> None:
        """`promise` was tried, and holds or not; `got` is said when it does not."""
        (self.proven if holds else self.failed).append(promise)
        print(f"   {'ok  ' if holds else 'FAIL'} {promise}" + ("" if holds else f"\n        got: {got}"), flush=True)

    def help(self, what: str) -> None:
        """The emulator dropped `what`; the harness set it through the API, so that what follows could be tried."""
        self.helped.append(what)

    def text(self) -> str:
        """The whole report."""
        parts = [
            ("Proven here, by API, after a deployment with the real CDK CLI", self.proven),
            ("Dropped by the emulator from templates, and set by this harness through the API", self.helped),
            (
                "Wired, not proven: the emulator has no such API, so the template was accepted and written down",
                self.wired,
            ),
            ("FAILED", self.failed),
        ]
        lines = [f"\n{title}:\n" + "\n".join(f"  - {one}" for one in found) for title, found in parts if found]
        times = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in self.steps)
        total = sum(seconds for _, seconds in self.steps)
        return "\n".join([*lines, f"\n{total:.0f} s in all ({times})"])
