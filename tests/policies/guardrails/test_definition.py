"""The one definition: checked when it is read, deployable as it is, the same in the process, on AWS and in the docs."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore
import pytest
import yaml

from policies.guardrails.definition import SHIPPED, Definition, load
from policies.guardrails.table import PAGE, page_with
from policies.guardrails.template import guardrail_properties, guardrail_template
from tools.errors import SettingsError

SHAPES: dict[str, Any] = json.loads(
    gzip.decompress(
        next((Path(botocore.__file__).parent / "data" / "bedrock").glob("*/service-2.json.gz")).read_bytes()
    )
)["shapes"]
OTHER_NAMES = {
    "topicsTierConfig": "tierConfig",
    "contentFiltersTierConfig": "tierConfig",
    "guardrailProfileArn": "guardrailProfileIdentifier",
}
"""Where CloudFormation calls a member otherwise than the API."""


def as_api(value: Any) -> Any:
    """CloudFormation's properties as CreateGuardrail's input."""
    if isinstance(value, dict):
        if set(value) == {"Fn::Sub"}:
            known = {"AWS::Partition": "aws", "AWS::Region": "eu-west-1", "AWS::AccountId": "123456789012"}
            return re.sub(r"\$\{([^}]+)\}", lambda match: known[match[1]], value["Fn::Sub"])
        plain = {name[0].lower() + name[1:]: as_api(one) for name, one in value.items()}
        return {OTHER_NAMES.get(name, name): one for name, one in plain.items()}
    return [as_api(one) for one in value] if isinstance(value, list) else value


def faults(shape_name: str, value: Any, where: str = "") -> Iterator[str]:
    """What botocore's model has against a value: members, types, lengths, enums, patterns, ranges."""
    shape = SHAPES[shape_name]
    kind = shape["type"]
    if kind == "structure":
        yield from (f"{where}: no member {name}" for name in set(value) - set(shape["members"]))
        yield from (f"{where}: {name} is missing" for name in set(shape.get("required", [])) - set(value))
        for name in set(value) & set(shape["members"]):
            yield from faults(shape["members"][name]["shape"], value[name], f"{where}.{name}")
        return
    if not isinstance(value, {"string": str, "list": list, "boolean": bool, "double": (int, float)}[kind]):
        yield f"{where}: {value!r} is no {kind}"
        return
    size = value if kind == "double" else 0 if kind == "boolean" else len(value)
    if size < shape.get("min", size) or size > shape.get("max", size):
        yield f"{where}: {size} is not within {shape.get('min')} to {shape.get('max')}"
    if "enum" in shape and value not in shape["enum"]:
        yield f"{where}: {value!r} is none of {shape['enum']}"
    if "pattern" in shape and not re.fullmatch(shape["pattern"], value):
        yield f"{where}: {value!r} does not match {shape['pattern']}"
    if kind == "list":
        for number, one in enumerate(value):
            yield from faults(shape["member"]["shape"], one, f"{where}[{number}]")


def test_aws_would_take_the_guardrail() -> None:
    assert list(faults("CreateGuardrailRequest", as_api(guardrail_properties()))) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"Name": "no spaces allowed"}, "does not match"),
        ({"TopicPolicyConfig": {"TopicsConfig": []}}, "not within"),
        ({"Surprise": 1}, "no member"),
        ({"BlockedInputMessaging": "x" * 501}, "501"),
    ],
)
def test_the_check_against_aws_can_fail(change: dict[str, Any], said: str) -> None:
    found = list(faults("CreateGuardrailRequest", as_api({**guardrail_properties(), **change})))
    assert any(said in fault for fault in found)


def test_cloudformation_knows_every_property() -> None:
    """The names of CDK's own low-level construct, read from its source: importing it would start Node."""
    source = next(Path(botocore.__file__).parent.parent.glob("aws_cdk/aws_bedrock/__init__.py")).read_text()
    part = source[source.index("class CfnGuardrail(") : source.index("class CfnGuardrailVersion(")]
    known = set(
        re.findall(r'"[a-z_]+": "([A-Za-z]+)"', part + source[source.index("class CfnGuardrailProps") :][:20_000])
    )

    def names(value: Any) -> Iterator[str]:
        if isinstance(value, dict) and set(value) != {"Fn::Sub"}:
            for name, one in value.items():
                yield name
                yield from names(one)
        elif isinstance(value, list):
            for one in value:
                yield from names(one)

    ours = {name[0].lower() + name[1:] for name in names(guardrail_properties())} - {"key", "value"}
    assert ours <= known
    sensitive = guardrail_properties()["SensitiveInformationPolicyConfig"]
    assert len(sensitive["RegexesConfig"]) <= 10, "CloudFormation takes fewer than the API"


def test_a_changed_definition_publishes_a_new_version() -> None:
    changed = load().model_copy(update={"blocked_answer": "Other words."})
    one, other = guardrail_template(), guardrail_template(changed)
    versions = [{name for name in template["Resources"] if name.startswith("Version")} for template in (one, other)]
    assert versions[0] != versions[1]
    for template, [name] in zip((one, other), versions, strict=True):
        assert template["Resources"][name]["DeletionPolicy"] == "Retain"
        assert template["Outputs"]["GuardrailVersion"]["Value"] == {"Fn::GetAtt": [name, "Version"]}
        json.dumps(template)


def test_the_page_is_in_step_with_the_definition() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert page_with(text) == text, "run `python -m policies.guardrails.table`"
    assert load().version in text


def written(tmp_path: Path, change: Any) -> Path:
    held = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    change(held)
    file = tmp_path / "guardrails.yaml"
    file.write_text(yaml.safe_dump(held), encoding="utf-8")
    return file


WRONG: dict[str, tuple[Any, str]] = {
    "an unknown key": (lambda d: d.update(topcs=[]), "topcs"),
    "a secret let through": (lambda d: d["personal"][-1].update(output="none"), "is a secret"),
    "a BSN let through": (lambda d: d["regexes"][0].update(input="none"), "is a secret"),
    "a recogniser that does not exist": (lambda d: d["personal"][0].update(local="FACE"), "nothing in the process"),
    "a pattern without an end": (lambda d: d["regexes"][1].update(pattern="(a+)+$"), "endless time"),
    "repetitions in repetitions": (lambda d: d["topics"][0]["rules"].append("(?:(?:a{1,90}){1,90}){1,90}"), "endless"),
    "a pattern Bedrock does not take": (lambda d: d["regexes"][1].update(pattern="(?<=x)[0-9]{9}"), "Bedrock"),
    "no regular expression": (lambda d: d["regexes"][1].update(pattern="(unclosed"), "no regular expression"),
    "a topic too long for AWS": (lambda d: d["topics"][0].update(definition="x" * 201), "200"),
    "prompt attack on output": (lambda d: d["filters"][0].update(output="HIGH"), "input only"),
    "two of a name": (lambda d: d["topics"].append(d["topics"][0]), "named twice"),
    "Dutch without the tier for it": (lambda d: d.update(tier="CLASSIC"), "CLASSIC"),
    "a threshold above one": (lambda d: d["grounding"].update(grounding=1.5), "0.99"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_definition_is_refused_with_the_place(tmp_path: Path, name: str) -> None:
    change, said = WRONG[name]
    with pytest.raises(SettingsError, match=re.escape(said)):
        load(written(tmp_path, change))


def test_a_missing_file_and_no_yaml_are_sentences(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("a: [", encoding="utf-8")
    for name in ("none.yaml", "bad.yaml"):
        with pytest.raises(SettingsError, match="cannot be read"):
            load(tmp_path / name)


def test_the_version_changes_with_any_change(tmp_path: Path) -> None:
    held: Definition = load()
    other = tmp_path / "other"
    other.mkdir()
    assert load(written(tmp_path, lambda d: None)).version == held.version
    assert load(written(other, lambda d: d["words"]["blocked"].append("sure thing"))).version != held.version
