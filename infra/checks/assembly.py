"""A cloud assembly as it was written: its stacks, where they go, their templates, and which construct made what."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from tools.errors import RegentError

OURS = "Regent::"
STACK = "aws:cloudformation:stack"
REPORT = "regent-checks.json"
"""The file in an assembly in which a synthesis leaves what cdk-nag found."""


class AssemblyError(RegentError):
    """A folder holds no cloud assembly that can be checked; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class Stack:
    """One stack of an assembly."""

    name: str
    """Without the environment's prefix: `Audit`."""
    account: str
    region: str
    protected: bool
    """Whether it cannot be deleted by mistake."""
    template: Mapping[str, Any]
    paths: Mapping[str, str]
    """By logical id, the path of the construct in its stack."""
    acknowledged: tuple[tuple[str, str], ...] = ()
    """Rules of ours that a construct acknowledges by itself, with its path: not the way to accept a finding."""

    @property
    def resources(self) -> Mapping[str, Mapping[str, Any]]:
        """The resources of the template, by logical id."""
        found: Mapping[str, Mapping[str, Any]] = self.template.get("Resources") or {}
        return found

    def path(self, logical: str) -> str:
        """Where the resource of this logical id stands."""
        return self.paths.get(logical, logical)


@dataclass(frozen=True, slots=True)
class Assembly:
    """What one synthesis wrote."""

    environment: str
    """The name of the environment, as the stacks are tagged with it."""
    stacks: tuple[Stack, ...]
    lookups: tuple[str, ...] = ()
    """What the CDK would ask AWS for, before the templates are what is deployed."""
    nag: tuple[Mapping[str, Any], ...] | None = None
    """What cdk-nag found at the synthesis, as findings in JSON; None where the assembly does not say."""

    @property
    def prefix(self) -> str:
        """What the names of its stacks start with."""
        return f"Regent{self.environment.capitalize()}"

    def resources(self, *types: str) -> Iterator[tuple[Stack, str, Mapping[str, Any]]]:
        """Every resource of these types: its stack, its logical id, and its properties."""
        for stack in self.stacks:
            for logical, resource in stack.resources.items():
                if resource.get("Type") in types:
                    yield stack, logical, resource.get("Properties") or {}


def read_assembly(folder: Path) -> Assembly:
    """Read what `python -m infra.app` wrote into `folder`.

    Raises:
        AssemblyError: there is none, it cannot be read, or it is not of our app.
    """
    manifest = folder / "manifest.json"
    if not manifest.is_file():
        raise AssemblyError(
            f"There is no cloud assembly in {folder} (no manifest.json). Write one with `python -m infra.app`, "
            "or name the folder."
        )
    plain = _json(manifest)
    artifacts = {name: one for name, one in (plain.get("artifacts") or {}).items() if one.get("type") == STACK}
    tags = {(one.get("properties") or {}).get("tags", {}).get("regent:environment") for one in artifacts.values()}
    if not artifacts or len(tags) != 1 or None in tags:
        raise AssemblyError(
            f"The assembly in {folder} has {len(artifacts)} stacks of the environments {sorted(map(str, tags))}; "
            "expected stacks of one environment, tagged `regent:environment`. Write it with `python -m infra.app`."
        )
    environment = str(tags.pop())
    prefix = f"Regent{environment.capitalize()}"
    stacks = tuple(_stack(folder, name, one, prefix) for name, one in sorted(artifacts.items()))
    report = folder / REPORT
    lookups = tuple(str(one.get("key")) for one in plain.get("missing") or [])
    return Assembly(environment, stacks, lookups, tuple(_json(report)["found"]) if report.is_file() else None)


def paths_of(metadata: Mapping[str, Any], name: str) -> dict[str, str]:
    """By logical id, the construct's path in its stack; a construct's own resource stands for it."""
    found = {}
    for path, entries in metadata.items():
        for entry in entries:
            if entry.get("type") == "aws:cdk:logicalId":
                found[entry["data"]] = short(path, name)
    return found


def acknowledged(metadata: Mapping[str, Any], name: str) -> Iterator[tuple[str, str]]:
    """Path and rule of what is acknowledged in the CDK's own way, which asks for no control and lists nothing."""
    for path, entries in metadata.items():
        for entry in entries:
            if entry.get("type") == "aws:cdk:acknowledged-rules":
                yield from ((short(path, name), rule) for rule in entry.get("data") or {} if rule.startswith(OURS))


def short(path: str, stack: str) -> str:
    """A construct's path without its stack and without the `Resource` that stands for the construct itself."""
    return path.lstrip("/").removeprefix(stack).lstrip("/").removesuffix("/Resource")


def imported(value: object) -> Iterator[str]:
    """The names of exports that a value imports, however deep."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key == "Fn::ImportValue" and isinstance(inner, str):
                yield inner
            else:
                yield from imported(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from imported(inner)


def _stack(folder: Path, name: str, artifact: Mapping[str, Any], prefix: str) -> Stack:
    properties = artifact["properties"]
    account, _, region = artifact.get("environment", "aws:///").removeprefix("aws://").partition("/")
    metadata = artifact.get("metadata") or {}
    if file := artifact.get("additionalMetadataFile"):
        metadata = {**metadata, **_json(folder / file)}
    return Stack(
        name=name.removeprefix(prefix),
        account=account,
        region=region,
        protected=properties.get("terminationProtection") is True,
        template=_json(folder / properties["templateFile"]),
        paths=paths_of(metadata, name),
        acknowledged=tuple(acknowledged(metadata, name)),
    )


def _json(file: Path) -> Any:
    try:
        return orjson.loads(file.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise AssemblyError(
            f"{file} cannot be read: {error}. Write the assembly again with `python -m infra.app`."
        ) from error


def write_page(command: str, folder: Path, page: Callable[[Assembly], str], file: Path) -> int:
    """Write what `page` makes of the assembly in `folder` to `file`, for a command; its exit code."""
    try:
        text = page(read_assembly(folder))
    except AssemblyError as error:
        print(f"{command}: {error}", file=sys.stderr)  # noqa: T201 - what a command says
        return 2
    file.write_text(text, encoding="utf-8")
    print(f"wrote {file.name}")  # noqa: T201 - what a command says
    return 0
