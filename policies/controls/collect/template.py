"""Evidence from synthesized templates: a cloud assembly on this machine. Without one there is no evidence at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import orjson

from policies.controls.collect.base import Scene, Seen
from policies.controls.evidence import Evidence, Item, Need


def collect_template(scene: Scene, needs: Iterable[Need]) -> Iterator[Evidence]:
    """The stacks of the assembly in `scene.templates`; nothing where there is none."""
    folder = scene.templates
    if folder is None or not folder.is_dir():
        return
    for need in needs:
        if need.name != "stacks":
            continue
        seen = Seen(operations=("cdk.out/*.template.json",))
        for path in sorted(folder.rglob("*.template.json")):
            try:
                template = orjson.loads(path.read_bytes())
            except (OSError, orjson.JSONDecodeError) as error:
                seen.problems.append(f"{path.name} cannot be read: {error}")
                continue
            seen.items.append(Item(name=path.name.removesuffix(".template.json"), data=template))
        seen.population = _declared(folder, seen)
        yield scene.evidence(need, seen, "local", "regent")


def _declared(folder: Path, seen: Seen) -> int:
    """Stacks that the assembly's manifests name, nested assemblies too."""
    counted = 0
    manifests = sorted(folder.rglob("manifest.json"))
    if not manifests:
        seen.problems.append("the assembly has no manifest.json to count its stacks by")
    for manifest in manifests:
        try:
            artifacts = orjson.loads(manifest.read_bytes()).get("artifacts", {})
        except (OSError, orjson.JSONDecodeError) as error:
            seen.problems.append(f"{manifest.name} cannot be read: {error}")
            continue
        counted += sum(1 for one in artifacts.values() if one.get("type") == "aws:cloudformation:stack")
    return counted
