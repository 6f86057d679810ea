"""Findings that are accepted: each on one resource, with a reason and the control that it touches."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from infra.checks.finding import Finding
from policies.controls.catalogue import catalogue
from tools.errors import RegentError
from tools.unique import read_unique

FILE = Path(__file__).with_name("accepted.yaml")
ANY = "…"
"""Stands for what differs from environment to environment: in a rule an account, or a name that the CDK makes; in a
path a part of one name, as of a stage or a channel."""

_IN_A_NAME, _IN_A_RULE = "[^/]+", ".+"


class AcceptedError(RegentError):
    """The accepted findings cannot be read; the sentence says where and why."""


class Acceptance(BaseModel):
    """Rules that these resources may break, each for itself, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: Annotated[tuple[Annotated[str, Field(pattern=r"^[A-Z]\w*/\S+$")], ...], Field(min_length=1)]
    """Resources: the stack's name without prefix, and the construct's path in it."""
    rules: Annotated[tuple[str, ...], Field(min_length=1)]
    reason: Annotated[str, Field(min_length=20)]
    control: str
    """The control of ISO/IEC 42001 that the rule would serve, and is served in another way."""

    def covers(self, finding: Finding) -> str | None:
        """The rule by which it accepts this finding, or None."""
        if not any(_fits(one, finding.at, _IN_A_NAME) for one in self.at):
            return None
        return next((rule for rule in self.rules if _fits(rule, finding.rule, _IN_A_RULE)), None)


def sort_out(
    findings: Sequence[Finding], accepted: Sequence[Acceptance]
) -> tuple[list[Finding], list[tuple[Finding, Acceptance, str]]]:
    """Those that nobody accepted, and those that somebody did, with the acceptance and its rule."""
    left, taken = [], []
    for finding in findings:
        match = next(((one, rule) for one in accepted if (rule := one.covers(finding))), None)
        if match is None:
            left.append(finding)
        else:
            taken.append((finding, *match))
    return left, taken


def load_accepted(file: Path = FILE) -> tuple[Acceptance, ...]:
    """The accepted findings.

    Raises:
        AcceptedError: the file cannot be read, an entry is incomplete, or names a control that does not exist.
    """
    try:
        plain: Any = read_unique(file) or []
        found = tuple(Acceptance.model_validate(one) for one in plain)
    except (OSError, yaml.YAMLError) as error:
        raise AcceptedError(f"{file.name} cannot be read: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise AcceptedError(
            f"{file.name} is wrong at {'.'.join(map(str, first['loc']))}: {first['msg']} (got {first['input']!r})."
        ) from error
    for one in found:
        if one.control not in catalogue():
            raise AcceptedError(f"{file.name}: {one.at[0]} names the control {one.control!r}, which does not exist.")
    return found


@cache
def _pattern(text: str, anything: str) -> re.Pattern[str]:
    return re.compile(anything.join(map(re.escape, text.split(ANY))))


def _fits(text: str, name: str, anything: str) -> bool:
    return _pattern(text, anything).fullmatch(name) is not None
