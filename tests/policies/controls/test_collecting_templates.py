"""A cloud assembly is evidence as its manifests name it: nothing left out, slipped in, or edited afterwards."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from policies.controls.collect import collect
from policies.controls.needs.template import STACKS

GOOD = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
BAD = {"Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}}}


def assembly(folder: Path, stacks: dict[str, dict[str, Any]], nested: dict[str, dict[str, Any]] | None = None) -> Path:
    """As `cdk synth` writes one: a manifest, an asset manifest with hashes, the templates."""
    folder.mkdir(parents=True)
    files, artifacts = {}, {"all.assets": {"type": "cdk:asset-manifest", "properties": {"file": "all.assets.json"}}}
    for name, template in {**stacks, **(nested or {})}.items():
        data = json.dumps(template).encode()
        (folder / f"{name}.template.json").write_bytes(data)
        files[hashlib.sha256(data).hexdigest()] = {"source": {"path": f"{name}.template.json", "packaging": "file"}}
    files["f" * 64] = {"source": {"path": "asset.zip", "packaging": "zip"}}
    for name in stacks:
        said = {"templateFile": f"{name}.template.json"}
        artifacts[name] = {"type": "aws:cloudformation:stack", "properties": said}
    (folder / "all.assets.json").write_text(json.dumps({"version": "1", "files": files}))
    (folder / "manifest.json").write_text(json.dumps({"version": "1", "artifacts": artifacts}))
    return folder


def look(opened, folder: Path):
    [found] = collect(opened(settings={"templates": folder}).scene, [STACKS])
    return found


def test_every_stack_of_an_assembly_is_there_nested_ones_and_stages_too(opened, tmp_path):
    folder = assembly(tmp_path / "cdk.out", {"app": GOOD, "data": BAD}, {"app-inner.nested": {"Resources": {}}})
    assembly(folder / "assembly-prod", {"prod": BAD})
    manifest = json.loads((folder / "manifest.json").read_text())
    stage = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-prod"}}
    (folder / "manifest.json").write_text(json.dumps({"artifacts": {**manifest["artifacts"], "prod": stage}}))
    (folder / "asset.web").mkdir()
    (folder / "asset.web" / "manifest.json").write_text("[]")  # a web page's own, no assembly
    found = look(opened, folder)
    assert {item.name for item in found.items} == {"app", "data", "app-inner.nested", "assembly-prod/prod"}
    assert found.population == 4 and found.problems == ()


def _swap(folder: Path) -> None:
    (folder / "data.template.json").unlink()
    (folder / "copy.template.json").write_bytes((folder / "app.template.json").read_bytes())


def _outside(folder: Path) -> None:
    (folder.parent / "good.template.json").write_text(json.dumps(GOOD))
    (folder / "manifest.json").write_text((folder / "manifest.json").read_text().replace("data.te", "../good.te"))


TAMPERED: dict[str, tuple[Callable[[Path], None], str]] = {
    "a template edited": (lambda folder: _write(folder, "data.template.json", GOOD), "was changed after"),
    "a template taken out": (lambda folder: (folder / "data.template.json").unlink(), "cannot be read"),
    "a good one copied in its place": (_swap, "no manifest of the assembly names copy.template.json"),
    "a template slipped in": (lambda folder: _write(folder, "new.template.json", GOOD), "names new.template.json"),
    "one from outside": (_outside, "outside the assembly"),
    "a template that is a list": (lambda folder: _write(folder, "data.template.json", [1]), "no JSON object"),
    "a broken template": (lambda folder: (folder / "data.template.json").write_text("{"), "cannot be read"),
    "no manifest": (lambda folder: (folder / "manifest.json").unlink(), "cannot be read"),
    "a manifest that is a list": (lambda folder: _write(folder, "manifest.json", []), "no JSON object"),
    "a manifest of nothing": (lambda folder: _write(folder, "manifest.json", {"artifacts": 3}), "no artifacts"),
    "no asset manifest": (lambda folder: (folder / "all.assets.json").unlink(), "names the SHA-256 of"),
    "an asset manifest of nothing": (lambda folder: _write(folder, "all.assets.json", {"files": [1]}), "SHA-256 of"),
}


def _write(folder: Path, name: str, value: Any) -> None:
    (folder / name).write_text(json.dumps(value))


@pytest.mark.parametrize("how", TAMPERED)
def test_an_assembly_that_was_tampered_with_is_a_problem(opened, tmp_path, how):
    folder = assembly(tmp_path / "cdk.out", {"app": GOOD, "data": BAD})
    tamper, said = TAMPERED[how]
    tamper(folder)
    assert said in " ".join(look(opened, folder).problems)
