"""The AI bill of materials: CycloneDX 1.6 with models, prompts, guardrail, policies, queries and libraries.

cyclonedx-python-lib has no model cards; they are put into its JSON, which a test holds against the schema.
"""

from __future__ import annotations

import json
import re
import uuid
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from policies.controls.manifest import Manifest, ModelEntry
from policies.controls.pack.archive import encode

_PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)
_SPACE = uuid.UUID("6d1f0c1e-4b7c-5d11-9d2c-0f6f2b1f7a01")


def bom(manifest: Manifest, guardrail: str, cedar_sha256: str, root: Path, at: datetime) -> bytes:
    """The document as sorted JSON; its serial number is over its contents, its time is `at`."""
    from cyclonedx.model import HashAlgorithm, HashType
    from cyclonedx.model.bom import Bom
    from cyclonedx.model.component import Component, ComponentType
    from cyclonedx.model.service import Service
    from cyclonedx.output.json import JsonV1Dot6

    from tools.catalogue import every_query

    def hashed(sha: str) -> list[HashType]:
        return [HashType(alg=HashAlgorithm.SHA_256, content=sha)]

    made = Bom()
    made.metadata.timestamp = at
    made.metadata.component = Component(
        name="regent", version=version("regent"), type=ComponentType.APPLICATION, bom_ref="regent"
    )
    for model in manifest.models:
        kind = ComponentType.MACHINE_LEARNING_MODEL
        made.components.add(Component(name=model.name, type=kind, bom_ref=f"model:{model.name}"))
    for name, sha in manifest.prompts.items():
        made.components.add(
            Component(name=f"prompt {name}", type=ComponentType.DATA, bom_ref=f"prompt:{name}", hashes=hashed(sha))
        )
    made.components.add(Component(name="guardrails", version=guardrail, type=ComponentType.DATA, bom_ref="guardrails"))
    made.components.add(
        Component(name="cedar-policies", type=ComponentType.DATA, bom_ref="cedar", hashes=hashed(cedar_sha256))
    )
    locked = root / "requirements.txt"
    for name, number in _PINNED.findall(locked.read_text(encoding="utf-8") if locked.exists() else ""):
        made.components.add(
            Component(
                name=name, version=number, type=ComponentType.LIBRARY, bom_ref=f"pkg:pypi/{name.lower()}@{number}"
            )
        )
    for name in every_query():
        made.services.add(Service(name=name, bom_ref=f"query:{name}"))
    made.register_dependency(made.metadata.component, [*made.components, *made.services])
    plain = json.loads(JsonV1Dot6(made).output_as_string())
    cards = {f"model:{model.name}": _card(model) for model in manifest.models}
    for component in plain["components"]:
        if component["bom-ref"] in cards:
            component["modelCard"] = cards[component["bom-ref"]]
    plain.pop("serialNumber", None)
    plain["serialNumber"] = f"urn:uuid:{uuid.uuid5(_SPACE, encode(plain).decode())}"
    return encode(plain)


def _card(model: ModelEntry) -> dict[str, Any]:
    where = {"aws": "on AWS", "own": "on a server of one's own", "local": "in the process"}[model.host]
    return {
        "modelParameters": {"task": "choosing declared queries and wording answers over their results"},
        "considerations": {
            "useCases": ["questions about the cost, security and operations of an AWS estate"],
            "technicalLimitations": [
                f"runs {where}; made by {model.provider or 'this project'}",
                f"supplied by {model.supplier or 'nobody else'}",
                "every figure in an answer comes from a query's result, never from the model",
            ],
        },
    }
