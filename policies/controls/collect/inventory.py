"""What this installation is made of: queries, packages, models, what others supply."""

from __future__ import annotations

import re
from pathlib import Path

from policies.controls.collect.base import Scene, Seen
from policies.controls.evidence import Item

_HEAD = re.compile(r"^(Name|Version):[ \t]*(\S+)", re.MULTILINE | re.IGNORECASE)
"""What is needed of a package's metadata; parsed whole, like an e-mail, 190 of them take a tenth of a second."""
_LOCKED = re.compile(
    r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;\\]+)\s*(?:;\s*([^\\\n]+?))?\s*(?:\\)?$", re.MULTILINE
)
_DECLARED = re.compile(r"^@(?:query|snapshot)\(", re.MULTILINE)
AMAZON = "Amazon Web Services"


def queries(scene: Scene) -> Seen:
    """Each registered query and snapshot, and reading the account directory, with the permissions that they need."""
    from importlib.metadata import entry_points

    from tools import catalogue, iam

    seen = Seen(operations=("tools.registry",))
    added = 0
    for name, query in sorted(catalogue.every_query().items()):
        actions = sorted({action for operation in query.operations for action in iam.actions(operation)})
        data = {
            "domain": query.domain,
            "operations": sorted(query.operations),
            "actions": actions,
            "personal_data": query.personal_data,
        }
        seen.items.append(Item(name=name, data=data))
        added += not query.function.__module__.startswith("tools.")
    directory = {
        "domain": "shared",
        "operations": sorted(iam.DIRECTORY),
        "actions": sorted({action for operation in iam.DIRECTORY for action in iam.actions(operation)}),
        "personal_data": False,
    }
    seen.items.append(Item(name="(account directory)", data=directory))
    sources = (Path(catalogue.__file__).parent).rglob("*.py")
    ours = sum(len(_DECLARED.findall(path.read_text(encoding="utf-8"))) for path in sources)
    seen.population = 1 + ours + (added if entry_points(group="regent.queries") else 0)
    return seen


def dependencies(scene: Scene) -> Seen:
    """Each locked package beside what is installed."""
    from importlib.metadata import distributions

    from packaging.markers import InvalidMarker, Marker
    from packaging.utils import canonicalize_name

    lock = scene.root / "requirements.txt"
    seen = Seen(operations=("requirements.txt", "importlib.metadata"))
    try:
        text = lock.read_text(encoding="utf-8")
    except OSError as error:
        seen.problems.append(f"requirements.txt cannot be read: {error.strerror}")
        return seen
    heads = (_HEAD.findall((one.read_text("METADATA") or "").partition("\n\n")[0]) for one in distributions())
    described = [{key.lower(): value for key, value in head} for head in heads]
    installed = {str(canonicalize_name(one["name"])): one["version"] for one in described}
    installed.pop("regent", None)
    locked: dict[str, tuple[str, int, bool]] = {}
    blocks = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)
    for block in blocks:
        found = _LOCKED.match(block)
        if found is None:
            continue
        try:
            applies = Marker(found.group(3)).evaluate() if found.group(3) else True
        except InvalidMarker:
            seen.problems.append(f"the marker of {found.group(1)} cannot be read")
            continue
        locked[canonicalize_name(found.group(1))] = (found.group(2), block.count("--hash="), applies)
    for name in sorted({*locked, *installed}):
        version, hashes, applies = locked.get(name, (None, 0, True))
        data = {"locked": version, "installed": installed.get(name), "hashes": hashes, "applies": applies}
        seen.items.append(Item(name=name, data=data))
    lines = sum(1 for line in text.splitlines() if "==" in line and not line.startswith((" ", "#")))
    seen.population = lines + len(set(installed) - set(locked))
    return seen


def models(scene: Scene) -> Seen:
    """Each model that can be chosen."""
    items = [Item(name=one.name, data=one.model_dump(exclude={"name"})) for one in scene.manifest.models]
    return Seen(items=items, population=scene.manifest.model_keys, operations=("manifest", "regent.yaml"))


def components(scene: Scene) -> Seen:
    """What somebody else supplies: models that are not ours, and the AWS services that queries ask."""
    from tools import catalogue

    services = sorted({op.partition(":")[0] for query in catalogue.queries().values() for op in query.operations})
    others = [one for one in scene.manifest.models if one.host != "local"]
    items = [Item(name=one.name, data={"kind": "model", "supplier": one.supplier}) for one in others]
    items += [Item(name=service, data={"kind": "service", "supplier": AMAZON}) for service in services]
    return Seen(items=items, population=len(others) + len(services), operations=("tools.registry", "manifest"))
