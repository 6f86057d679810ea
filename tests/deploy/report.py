"""The report of a run: what was proven here, what the harness had to help with, and what stays to be proven."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

CORRECTED = (
    "the organisation, which no API of it can make with an id that is known before",
    "`Ref` of a secret is its ARN, not its name",
    "`aws:PrincipalArn` of a role's session is the ARN of the role",
    "a model is authorized as InvokeModel on its inference profile, ApplyGuardrail on its guardrail",
    "a guardrail's id has no hyphen, and it may be named by its ARN",
    "types it lacks are made through its own API: guardrails, runtimes, endpoints, memory, trails, ingress rules",
)
"""Where the emulator is not like AWS, and `emulator_types` makes it so for the time of a run."""
DIFFERENT = (
    "functions and the runtime carry the package built for this machine, not for arm64",
    "the runtime is a process with the deployed variables and role, behind a stand-in of the AgentCore data plane",
    "the runtime asks the emulator directly: the passage to global services refuses its address, and is not proven",
    "the language model is a script behind the emulator's Bedrock; its guardrail knows words and patterns only",
)


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
            ("Corrected in the emulator by this harness, to behave as AWS documents", list(CORRECTED)),
            ("Different from a real deployment", list(DIFFERENT)),
            ("Wired, not proven: the emulator has no such API; what the template says was written down", self.wired),
            ("FAILED", self.failed),
        ]
        lines = [f"\n{title}:\n" + "\n".join(f"  - {one}" for one in found) for title, found in parts if found]
        times = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in self.steps)
        total = sum(seconds for _, seconds in self.steps)
        return "\n".join([*lines, f"\n{total:.0f} s in all ({times})"])
