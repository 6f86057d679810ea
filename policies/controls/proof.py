"""Proofs: a check counts only if it has just been seen to fail where it must, and to stay green where it must.

Good evidence passes; each mutant changes it in one place and must produce its reason; a benign mutant must stay green;
a mutant that changes nothing is void. A proof is bound to the code it was made with: the check's module, every module
of this house that it imports with the data file of its name, and the declarations. Proofs are quick, so they are made
anew wherever they are needed; what is stored is the report.
"""

from __future__ import annotations

import hashlib
import importlib.util
import re
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from policies.controls.check import Check, Items, Mutant
from policies.controls.declared import Declared
from policies.controls.evaluate import AS_OF, judge

ROOM = "policies.controls"
HOUSE = ("policies.", "tools.")
_IMPORT = re.compile(r"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+)?import[ \t]+(\([^)]*\)|[^\n]+)", re.MULTILINE)
_COMMENT = re.compile(r"#[^\n]*")


class Case(BaseModel):
    """What became of one mutant."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    expected: str | None
    found: tuple[str, ...]
    outcome: Literal["killed", "survived", "green", "false-alarm", "void"]

    @property
    def holds(self) -> bool:
        """Whether the check did what it must."""
        return self.outcome in ("killed", "green")


class Proof(BaseModel):
    """The falsification of one check, with the code it is bound to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    check: str
    code_sha256: str
    good_passes: bool
    cases: tuple[Case, ...]

    @property
    def valid(self) -> bool:
        """Whether the check has been seen to fail everywhere it must, and nowhere else."""
        return self.good_passes and all(case.holds for case in self.cases)


def prove(check: Check, declared: Declared) -> Proof:
    """Run every mutant of `check`."""
    good: Items = {name: list(items) for name, items in check.good.items()}
    verdict, *_ = judge(check, good, declared, AS_OF)
    return Proof(
        check=check.id,
        code_sha256=code_sha256(check, declared),
        good_passes=verdict == "pass",
        cases=tuple(_try(check, mutant, declared) for mutant in check.mutants),
    )


def code_sha256(check: Check, declared: Declared) -> str:
    """SHA-256 over the check's module, what it imports of this house, their data, the evaluator, the declarations."""
    digest = hashlib.sha256()
    for module in sorted(_imports(check.module) | _imports(f"{ROOM}.evaluate")):
        digest.update(f"{module}\n".encode())
        digest.update(_source(module))
        digest.update(_data(module))
    digest.update(declared.model_dump_json().encode())
    return digest.hexdigest()


def _try(check: Check, mutant: Mutant, declared: Declared) -> Case:
    before: Items = {name: list(items) for name, items in check.good.items()}
    after = {name: [item.copied() for item in items] for name, items in before.items()}  # changes reach into items
    mutant.change(after)
    theirs = Declared.model_validate({**declared.model_dump(), **mutant.declared}) if mutant.declared else declared
    if after == before and theirs == declared:
        return Case(name=mutant.name, expected=mutant.reason, found=(), outcome="void")
    verdict, findings, _, problems = judge(check, after, theirs, AS_OF)
    found = tuple(sorted({finding.reason for finding in findings})) + tuple(problems)
    if mutant.reason is None:
        outcome: Literal["green", "false-alarm"] = "green" if verdict == "pass" else "false-alarm"
        return Case(name=mutant.name, expected=None, found=found, outcome=outcome)
    killed = verdict == "fail" and mutant.reason in found
    return Case(name=mutant.name, expected=mutant.reason, found=found, outcome="killed" if killed else "survived")


@cache
def _imports(module: str) -> frozenset[str]:
    """The module and all of this house that it imports, directly or not."""
    seen: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name not in seen and _exists(name):
            seen.add(name)
            waiting += _imported(name)
    return frozenset(seen)


@cache
def _imported(module: str) -> tuple[str, ...]:
    """What a module's import statements name of this house. A line of text that reads like one counts too: harmless."""
    found: list[str] = []
    for match in _IMPORT.finditer(_source(module).decode()):
        names = [name.split()[0] for name in _COMMENT.sub("", match[2]).strip("() \n").split(",") if name.strip()]
        found += [match[1], *(f"{match[1]}.{name}" for name in names)] if match[1] else names
    return tuple(name for name in found if name.startswith(HOUSE))


@cache
def _exists(module: str) -> bool:
    try:
        found = importlib.util.find_spec(module)
    except ModuleNotFoundError:
        return False
    return found is not None and found.origin is not None


@cache  # read once: the code that this process runs does not change with its file either
def _source(module: str) -> bytes:
    return _file(module).read_bytes()


@cache
def _data(module: str) -> bytes:
    """What lies beside the module as a data file of its name: the catalogue is one."""
    file = _file(module).with_suffix(".yaml")
    return file.read_bytes() if file.is_file() else b""


@cache
def _file(module: str) -> Path:
    found = importlib.util.find_spec(module)
    if found is None or found.origin is None:
        raise ModuleNotFoundError(module)
    return Path(found.origin)
