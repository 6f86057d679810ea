"""Seeded defects: what could go wrong in a template, put into the synthesized app one at a time, and what catches it.

python -m tests.infra.defects            synthesize the example environment, and print the table
python -m tests.infra.defects cdk.out    over an assembly that is there
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Container
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from infra.checks import Assembly, Finding, judge_assembly, read_assembly
from policies.controls.declared import load_declared
from tests.infra.defects_seeded import SEEDED

CAUGHT = Path(__file__).with_name("defects_caught.yaml")
Change = Callable[["Broken"], None]


class Broken:
    """An assembly that may be changed. What is asked for must be there: a defect that breaks nothing proves nothing."""

    def __init__(self, assembly: Assembly) -> None:
        self._assembly = assembly
        self._changed: dict[str, dict[str, Any]] = {}
        self.where = ""

    def stack(self, name: str) -> dict[str, Any]:
        """The template of a stack, to change."""
        if name not in self._changed:
            [one] = [stack for stack in self._assembly.stacks if stack.name == name]
            self._changed[name] = deepcopy(dict(one.template))
        self.where = self.where or name
        return self._changed[name]

    def one(self, kind: str, which: Callable[[dict[str, Any]], bool] = lambda properties: True) -> dict[str, Any]:
        """The first resource of a type whose properties are `which`."""
        resources, name = self._find(kind, which)
        found: dict[str, Any] = resources[name]
        return found

    def remove(self, kind: str, which: Callable[[dict[str, Any]], bool] = lambda properties: True) -> None:
        """Take that resource away."""
        resources, name = self._find(kind, which)
        del resources[name]

    def place(self, **different: Any) -> None:
        """Change where the first stack goes, or how it is protected."""
        first, *others = self._assembly.stacks
        self._assembly = replace(self._assembly, stacks=(replace(first, **different), *others))
        self.where = first.name

    def look_up(self, key: str) -> None:
        """Leave something for the CDK to ask AWS."""
        self._assembly, self.where = replace(self._assembly, lookups=(key,)), "the app"

    def _find(self, kind: str, which: Callable[[dict[str, Any]], bool]) -> tuple[dict[str, Any], str]:
        for stack in self._assembly.stacks:
            for name, resource in stack.resources.items():
                if resource["Type"] == kind and which(resource.get("Properties") or {}):
                    self.where = f"{stack.name}/{stack.path(name)}"
                    return self.stack(stack.name)["Resources"], name
        raise LookupError(f"no {kind} to break")

    def assembly(self) -> Assembly:
        """What would have been written."""
        stacks = tuple(replace(s, template=self._changed.get(s.name, s.template)) for s in self._assembly.stacks)
        return replace(self._assembly, stacks=stacks)


@dataclass(frozen=True, slots=True)
class Ran:
    """One defect, where it was put, and the rules that caught it."""

    name: str
    where: str
    caught: tuple[str, ...]


def clean(assembly: Assembly) -> tuple[Finding, ...]:
    """What the checks find in the app as it is, cdk-nag among them: every one is a false alarm."""
    nag = [Finding.model_validate(dict(one)) for one in assembly.nag or ()]
    return judge_assembly(assembly, load_declared(), nag=nag).findings


def run(assembly: Assembly, name: str, change: Change, before: Container[Finding] = ()) -> Ran:
    """Put one defect in, and judge. What was found `before`, in the app as it is, catches nothing."""
    broken = Broken(assembly)
    change(broken)
    found = [one for one in judge_assembly(broken.assembly(), load_declared()).findings if one not in before]
    return Ran(name, broken.where, tuple(dict.fromkeys(one.rule for one in found)))


def table(ran: list[Ran], false_alarms: int) -> str:
    """The table, for people."""
    width = max(len(one.name) for one in ran)
    place = max(len(one.where) for one in ran)
    lines = [f"{one.name:{width}}  {one.where:{place}}  {', '.join(one.caught) or 'MISSED'}" for one in ran]
    caught = sum(1 for one in ran if one.caught)
    lines.append(f"{caught} of {len(ran)} caught, {false_alarms} false alarms on the clean app")
    return "\n".join(lines)


def main() -> int:
    """Print the table; 1 where a defect got through, or the clean app has a finding."""
    folders = [word for word in sys.argv[1:] if word != "--write"]
    if folders:
        assembly = read_assembly(Path(folders[0]))
    else:
        with tempfile.TemporaryDirectory() as folder:
            environment = {**os.environ, "CDK_OUTDIR": folder, "REGENT_ENVIRONMENT": "example"}
            subprocess.run([sys.executable, "-m", "infra.app"], env=environment, check=True, capture_output=True)
            assembly = read_assembly(Path(folder))
    before = clean(assembly)
    ran = [run(assembly, name, change, before) for name, change in SEEDED.items()]
    false_alarms = len(before)
    print(table(ran, false_alarms))
    if "--write" in sys.argv:
        caught = {one.name: list(one.caught) for one in ran}
        CAUGHT.write_text(yaml.safe_dump(caught, sort_keys=False, width=120, allow_unicode=True), encoding="utf-8")
    return 1 if false_alarms or any(not one.caught for one in ran) else 0


if __name__ == "__main__":
    sys.exit(main())
