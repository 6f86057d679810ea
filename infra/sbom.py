"""The SBOM of the runtime package: CycloneDX 1.6, one component per distribution, the same bytes every time."""

from __future__ import annotations

import uuid
from importlib.metadata import Distribution, PathDistribution
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

_NAMESPACE = uuid.UUID("6f6b3a52-6a0f-4f6e-9d0b-6d1f7c1c3f10")


def write_sbom(folder: Path, target: Path, *, version: str, package_sha256: str) -> None:
    """Write the SBOM of everything installed in `folder`; `package_sha256` names the zip that it describes."""
    bom = Bom()
    bom.serial_number = uuid.uuid5(_NAMESPACE, package_sha256)
    bom.metadata.timestamp = None  # type: ignore[assignment]  # a time would make equal packages differ
    runtime = Component(
        name="regent-runtime",
        version=version,
        type=ComponentType.APPLICATION,
        bom_ref="regent-runtime",
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=package_sha256)],
    )
    bom.metadata.component = runtime
    found = [PathDistribution(path) for path in sorted(folder.glob("*.dist-info"))]
    components = [_component(one) for one in found]
    bom.components.update(components)
    bom.register_dependency(runtime, components)
    target.write_text(JsonV1Dot6(bom).output_as_string(indent=2) + "\n", encoding="utf-8")


def _component(one: Distribution) -> Component:
    name, version = one.metadata["Name"].lower().replace("_", "-"), one.version
    licence = _said(one, "License-Expression")
    url = PackageURL(type="pypi", name=name, version=version)
    return Component(
        name=name,
        version=version,
        type=ComponentType.LIBRARY,
        bom_ref=str(url),
        purl=url,
        licenses=[LicenseFactory().make_from_string(licence)] if licence else [],
        description=_said(one, "Summary"),
    )


def _said(one: Distribution, field: str) -> str | None:
    given: list[str] = one.metadata.get_all(field) or []
    return given[0] if given else None
