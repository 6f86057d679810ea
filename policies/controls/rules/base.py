"""What a rule is, and how a check applies one to templates."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from policies.controls.check import Look
from policies.controls.declared import Declared
from policies.controls.evidence import Item

Resources = Mapping[str, Mapping[str, Any]]
"""The `Resources` of a template, by logical id."""


class Fault(NamedTuple):
    """Something wrong with one resource of a template."""

    reason: str
    resource: str
    said: str = ""


Find = Callable[[Resources, Declared], Iterator[Fault]]
Where = Callable[[Mapping[str, Any]], bool]


@dataclass(frozen=True, slots=True)
class Rule:
    """Finds faults in resources of these types, of which those are its subjects whose properties `where` accepts."""

    types: tuple[str, ...]
    find: Find
    where: Where

    def has_subject(self, resources: Resources) -> bool:
        """Whether there is anything for this rule to judge."""
        return any(self.where(properties) for _, properties in of(resources, *self.types))


def rule(*types: str, where: Where = lambda properties: True) -> Callable[[Find], Rule]:
    """Make a rule of a function that finds faults in resources of these types."""
    return lambda find: Rule(types, find, where)


def apply(look: Look, stacks: Sequence[Item], *rules: Rule) -> None:
    """Judge the stacks in which the rules have subjects; the others are passed over."""
    for stack in stacks:
        resources = stack.data.get("Resources") or {}
        for one in rules:
            if one.has_subject(resources):
                look.at(stack)
                for fault in one.find(resources, look.declared):
                    look.fail(fault.reason, f"{stack.name}/{fault.resource}", fault.said)
    look.rest(stacks)


def of(resources: Resources, *types: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Logical id and properties of each resource of these types."""
    for name, resource in resources.items():
        if resource["Type"] in types:
            yield name, resource.get("Properties") or {}


def tag(properties: Mapping[str, Any], key: str) -> str | None:
    """The value of a tag; CloudFormation writes tags as a list or as a map."""
    tags = properties.get("Tags") or []
    pairs = tags.items() if isinstance(tags, Mapping) else ((one.get("Key"), one.get("Value")) for one in tags)
    return next((value for name, value in pairs if name == key), None)


def mentions(value: Any) -> set[str]:
    """Logical ids to which a value refers, by `Ref`, `Fn::GetAtt` or `Fn::Sub`, however deep."""
    if isinstance(value, Mapping):
        found: set[str] = set()
        for key, inner in value.items():
            if key == "Ref" and isinstance(inner, str):
                found.add(inner)
            elif key == "Fn::GetAtt":
                found.add(inner[0] if isinstance(inner, list) else str(inner).partition(".")[0])
            elif key == "Fn::Sub":
                text = inner[0] if isinstance(inner, list) else inner
                found |= {part.partition("}")[0].partition(".")[0] for part in str(text).split("${")[1:]}
                found |= mentions(inner) if isinstance(inner, list) else set()
            else:
                found |= mentions(inner)
        return found
    if isinstance(value, list):
        return set().union(*map(mentions, value))
    return set()


def strings(value: Any) -> Iterator[str]:
    """Every string in a value, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)
