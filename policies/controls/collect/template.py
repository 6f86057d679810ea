"""Evidence from synthesized templates: a cloud assembly on this machine. Without one there is no evidence at all.

The assembly's manifests say which stacks there are and where each template lies; the asset manifests name the SHA-256
that each template had when it was synthesized, so that none is left out, slipped in, or edited afterwards. Nested
stacks are assets, and known from there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson

from policies.controls.collect.base import Scene, Seen
from policies.controls.evidence import Evidence, Item, Need

_END = ".template.json"


def collect_template(scene: Scene, needs: Iterable[Need]) -> Iterator[Evidence]:
    """The stacks of the assembly in `scene.templates`; nothing where there is none."""
    folder = scene.templates
    if folder is None or not folder.is_dir():
        return
    for need in needs:
        if need.name == "stacks":
            yield scene.evidence(need, look(folder), "local", "regent")


def look(folder: Path) -> Seen:
    """Every stack of the assembly in `folder`, and what does not fit together."""
    seen = Seen(operations=("cdk.out/*.template.json",))
    _assembly(folder, "", seen)
    _unnamed(folder, seen)
    return seen


def _assembly(folder: Path, at: str, seen: Seen) -> None:
    """The stacks that one assembly's manifest names, and those of the assemblies in it (stages)."""
    manifest = _read(folder / at / "manifest.json", seen)
    artifacts = manifest.get("artifacts")
    if not isinstance(artifacts, dict):
        seen.problems.append(f"{at}manifest.json names no artifacts to count stacks by")
        return
    hashes = _hashes(folder, at, artifacts, seen)
    for name, artifact in sorted(artifacts.items()):
        kind, said = _typed(artifact)
        if kind == "cdk:cloud-assembly" and isinstance(said.get("directoryName"), str):
            _assembly(folder, f"{at}{said['directoryName']}/", seen)
        elif kind == "aws:cloudformation:stack":
            seen.population += 1
            file = said.get("templateFile")
            if isinstance(file, str):
                _template(folder, f"{at}{file}", hashes.get(file), seen)
            else:
                seen.problems.append(f"{at}manifest.json says no template file for {name}")
    for file in sorted(set(hashes) - {said.get("templateFile") for _, said in map(_typed, artifacts.values())}):
        seen.population += 1
        _template(folder, f"{at}{file}", hashes[file], seen)


def _hashes(folder: Path, at: str, artifacts: dict[str, Any], seen: Seen) -> dict[str, str]:
    """SHA-256 by template file, as the asset manifests name them."""
    found: dict[str, str] = {}
    for kind, said in map(_typed, artifacts.values()):
        if kind != "cdk:asset-manifest" or not isinstance(said.get("file"), str):
            continue
        files = _read(folder / at / said["file"], seen).get("files")
        for digest, asset in (files if isinstance(files, dict) else {}).items():
            path = asset.get("source", {}).get("path") if isinstance(asset, dict) else None
            if isinstance(path, str) and path.endswith(_END):
                found[path] = digest
    return found


def _template(folder: Path, name: str, digest: str | None, seen: Seen) -> None:
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        seen.problems.append(f"{name} lies outside the assembly")
        return
    template = _read(path, seen)
    if not template:
        return
    if digest is not None and hashlib.sha256(path.read_bytes()).hexdigest() != digest:
        seen.problems.append(f"{name} was changed after it was synthesized; synthesize anew")
    elif digest is None:
        seen.problems.append(f"no asset manifest names the SHA-256 of {name}")
    seen.items.append(Item(name=name.removesuffix(_END), data=template))


def _unnamed(folder: Path, seen: Seen) -> None:
    """A template that no manifest names is of an older synthesis, or was put there: which one counts, is not known."""
    named = {f"{item.name}{_END}" for item in seen.items}
    for path in sorted(folder.glob(f"*{_END}")):
        if path.name not in named:
            seen.problems.append(f"no manifest of the assembly names {path.name}; synthesize into an empty folder")


def _read(path: Path, seen: Seen) -> dict[str, Any]:
    """A JSON object; empty, with a problem, where there is none."""
    try:
        value = orjson.loads(path.read_bytes())
    except OSError as error:
        seen.problems.append(f"{path.name} cannot be read: {error.strerror}")
        return {}
    except orjson.JSONDecodeError as error:
        seen.problems.append(f"{path.name} cannot be read: {error}")
        return {}
    if not isinstance(value, dict) or not value:
        seen.problems.append(f"{path.name} is no JSON object with something in it")
        return {}
    return value


def _typed(artifact: Any) -> tuple[str, dict[str, Any]]:
    if not isinstance(artifact, dict) or not isinstance(artifact.get("properties", {}), dict):
        return "", {}
    return str(artifact.get("type")), artifact.get("properties", {})
