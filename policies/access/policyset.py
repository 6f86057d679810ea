"""Policy files: Cedar texts read rule by rule, so that every fault and every decision names file, line and rule.

The shipped files always count. A company's own files are added to them: they may permit and forbid more, and since a
forbid wins over every permit, nothing they say switches a shipped forbid off.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import orjson

from tools.errors import RegentError

if TYPE_CHECKING:
    from cedarpy import Schema

FOLDER = Path(__file__).parent
_PART = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*|;|\n|[^"/;\n]+|.', re.DOTALL)
_PLACE = re.compile(r"^for policy `policy\d+`, ")


class PolicyError(RegentError):
    """The access policies cannot be used; Regent does not start with them."""


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """One file of Cedar policies. `shipped` files come with Regent, the others are a company's."""

    name: str
    text: str
    shipped: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One policy: its name, what it says in plain words, and where it stands."""

    id: str
    says: str
    effect: Literal["permit", "forbid"]
    file: str
    line: int
    text: str
    shipped: bool


@cache
def shipped_files() -> tuple[PolicyFile, ...]:
    """The policy files that come with Regent, by name."""
    return tuple(
        PolicyFile(file.name, file.read_text(encoding="utf-8"), shipped=True) for file in sorted(FOLDER.glob("*.cedar"))
    )


def read_files(places: Iterable[Path]) -> tuple[PolicyFile, ...]:
    """A company's policy files: those named, and all `*.cedar` of the folders named.

    Raises:
        PolicyError: one is missing, cannot be read, or a folder holds none.
    """
    found: list[PolicyFile] = []
    for place in places:
        files = sorted(place.glob("*.cedar")) if place.is_dir() else [place]
        if not files:
            raise PolicyError(f"The policy folder {place} holds no file that ends in .cedar.")
        for file in files:
            try:
                found.append(PolicyFile(str(file), file.read_text(encoding="utf-8")))
            except (OSError, UnicodeDecodeError) as error:
                raise PolicyError(f"The policy file {file} cannot be read: {error}.") from error
    return tuple(found)


def rules_of(files: Sequence[PolicyFile]) -> tuple[Rule, ...]:
    """Every rule of these files, in order.

    Raises:
        PolicyError: one does not parse, is a template, has no name or plain words, or a name is taken.
    """
    rules: list[Rule] = []
    taken: dict[str, Rule] = {}
    for file in files:
        for line, text in _statements(file.text):
            rule = _rule(file, line, text)
            other = taken.setdefault(rule.id, rule)
            if other is not rule:
                raise PolicyError(
                    f"{file.name}, line {line}: the name {rule.id!r} is taken by {other.file}, line {other.line}; "
                    "give this policy its own @id."
                )
            rules.append(rule)
    return tuple(rules)


def check(rules: Sequence[Rule], schema: Schema) -> None:
    """Validate rules against the schema.

    Raises:
        PolicyError: one does not fit; the sentence names file, line and reason.
    """
    import cedarpy

    try:
        checked = cedarpy.validate_policies(joined(rules), schema)
    except ValueError as error:
        raise PolicyError(f"The access policies do not parse: {error}.") from error
    if checked.validation_passed:
        return
    named = checked.id_annotations_by_policy_id
    faults: dict[str, set[str]] = {}
    for fault in checked.errors:
        faults.setdefault(named.get(fault.policy_id, ""), set()).add(_PLACE.sub("", fault.error))
    at = next((rule for rule in rules if rule.id in faults), None)
    where = f"{at.file}, line {at.line}" if at else "The access policies"
    # in order, because the validator's own order changes from run to run
    said = sorted(faults[at.id] if at else set().union(*faults.values()))
    raise PolicyError(f"{where}: the policy does not fit the queries: {'; '.join(said[:3])}.")


def joined(rules: Iterable[Rule]) -> str:
    """The text of these rules as one policy set."""
    return "\n".join(rule.text for rule in rules)


def digest(files: Iterable[PolicyFile]) -> str:
    """SHA-256 over the names and texts of policy files, in the order given."""
    return hashlib.sha256(orjson.dumps([[Path(file.name).name, file.text] for file in files])).hexdigest()


def _rule(file: PolicyFile, line: int, text: str) -> Rule:
    import cedarpy

    where = f"{file.name}, line {line}"
    try:
        parsed: dict[str, Any] = orjson.loads(cedarpy.policies_to_json_str(text))
    except ValueError as error:
        raise PolicyError(f"{where}: the policy does not parse: {error}.") from error
    if parsed.get("templates") or len(parsed["staticPolicies"]) != 1:
        raise PolicyError(
            f"{where}: expected one plain policy, got a template or nothing; templates are not used here."
        )
    [policy] = parsed["staticPolicies"].values()
    notes = policy.get("annotations") or {}
    missing = [f"@{note}" for note in ("id", "says") if not notes.get(note)]
    if missing:
        raise PolicyError(
            f"{where}: the policy has no {' and no '.join(missing)}; every policy needs a name and words."
        )
    return Rule(notes["id"], notes["says"], policy["effect"], file.name, line, text, file.shipped)


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Each policy with the line on which it begins; strings and comments may contain what they like."""
    line, begins, kept = 1, 0, ""
    for match in _PART.finditer(text):
        part = match[0]
        if part.startswith("//"):
            continue
        if not begins and part.strip():
            begins = line + part[: len(part) - len(part.lstrip())].count("\n")
        kept += part
        line += part.count("\n")
        if part == ";":
            yield begins, kept.strip()
            begins, kept = 0, ""
    if kept.strip():
        yield begins, kept.strip()
