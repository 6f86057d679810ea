"""`python -m infra.check`: what it says over an assembly, over a broken one, and over none."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from infra import check
from infra.checks import Finding, read_assembly
from infra.checks.accepted import Acceptance, AcceptedError, load_accepted, sort_out


@pytest.fixture
def written(assembly, tmp_path):
    """A copy of the assembly that a test may break."""
    return shutil.copytree(assembly, tmp_path / "cdk.out", ignore=shutil.ignore_patterns("asset.*"))


def broken(folder, stack, change):
    file = folder / f"RegentExample{stack}.template.json"
    template = json.loads(file.read_text())
    change(template["Resources"])
    file.write_text(json.dumps(template))


def find(resources, kind, index=0):
    return [one for one in resources.values() if one["Type"] == kind][index]


def findings(folder, capsys):
    check.main([str(folder), "--json"])
    return json.loads(capsys.readouterr().out)["findings"]


def test_a_defect_is_named_with_rule_resource_reason_and_control(written, capsys):
    before = findings(written, capsys)

    def never_rotated(resources):
        find(resources, "AWS::KMS::Key")["Properties"]["EnableKeyRotation"] = False

    broken(written, "Guardrails", never_rotated)
    [found] = [one for one in findings(written, capsys) if one not in before]
    assert (found["rule"], found["stack"], found["resource"]) == ("template-keys/never-rotated", "Guardrails", "Key")
    assert found["controls"] and found["why"]
    assert check.main([str(written)]) == 1
    said = capsys.readouterr().out
    assert "Guardrails/Key" in said and "template-keys/never-rotated" in said


def test_a_property_that_cloudformation_does_not_know_is_found(written, capsys):
    def misspelt(resources):
        find(resources, "AWS::Lambda::Function")["Properties"]["Timeoutt"] = 5

    broken(written, "Oversight", misspelt)
    assert any(one["source"] == "schema" and "Timeoutt" in one["why"] for one in findings(written, capsys))


def test_what_cdk_nag_found_at_the_synthesis_is_told_and_its_absence_too(written, capsys):
    report = written / "regent-checks.json"
    report.unlink(missing_ok=True)
    check.main([str(written)])
    assert "cdk-nag" in capsys.readouterr().out
    nag = {"rule": "AwsSolutions-X1", "stack": "Audit", "resource": "Ledger", "why": "?", "source": "cdk-nag"}
    report.write_text(json.dumps({"found": [nag]}))
    assert any(one["rule"] == "AwsSolutions-X1" for one in findings(written, capsys))


def test_without_an_assembly_it_says_how_to_get_one(tmp_path, capsys):
    assert check.main([str(tmp_path / "nothing")]) == 2
    assert "python -m infra.app" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["{", '{"artifacts": {}}'])
def test_an_assembly_that_cannot_be_read_is_no_pass(tmp_path, capsys, text):
    (tmp_path / "manifest.json").write_text(text)
    assert check.main([str(tmp_path)]) == 2
    assert str(tmp_path) in capsys.readouterr().err


def test_a_stack_whose_template_is_gone_is_no_pass(written, capsys):
    (written / "RegentExampleAudit.template.json").unlink()
    assert check.main([str(written)]) == 2
    assert "RegentExampleAudit.template.json" in capsys.readouterr().err


def test_it_measures_by_the_declarations_it_is_given(written, tmp_path, capsys):
    from policies.controls.declared import SHIPPED

    file = tmp_path / "declared.yaml"
    file.write_text(SHIPPED.read_text().replace("regions: [eu-west-1, eu-central-1]", "regions: [eu-south-1]"))
    assert check.main([str(written), "--declared", str(file), "--json"]) == 1
    rules = {one["rule"] for one in json.loads(capsys.readouterr().out)["findings"]}
    assert "app/wrong-region" in rules
    assert check.main([str(written), "--declared", str(tmp_path / "none.yaml")]) == 2


def test_findings_name_constructs_and_not_hashes(assembly):
    stacks = {stack.name: stack for stack in read_assembly(assembly).stacks}
    assert "Ledger" in stacks["Audit"].paths.values()
    assert stacks["Audit"].account == "111111111111" and stacks["Audit"].protected


def finding(rule, resource="Ledger"):
    return Finding(rule=rule, stack="Audit", resource=resource, why="?", source="cdk-nag")


def accept(*rules, at="Audit/Ledger"):
    return Acceptance(at=(at,), rules=rules, reason="a reason that is long enough", control="A.6.2.8")


@pytest.mark.parametrize(
    ("rule", "name", "taken"),
    [
        ("AwsSolutions-S1", "AwsSolutions-S1", True),
        ("AwsSolutions-S1", "AwsSolutions-S10", False),
        ("AwsSolutions-IAM5[Resource::*]", "AwsSolutions-IAM5[Resource::*]", True),
        # a star is a star: accepting all resources of one kind does not accept any resource
        ("AwsSolutions-IAM5[Resource::arn:aws:s3:::x/*]", "AwsSolutions-IAM5[Resource::arn:aws:s3:::x/y/*]", False),
        ("AwsSolutions-IAM5[Resource::*]", "AwsSolutions-IAM5[Resource::arn:aws:s3:::x]", False),
        (
            "AwsSolutions-IAM5[Resource::arn:aws:s3:::…/keys/*]",
            "AwsSolutions-IAM5[Resource::arn:aws:s3:::<B>/keys/*]",
            True,
        ),
        (
            "AwsSolutions-IAM5[Resource::arn:aws:s3:::…/keys/*]",
            "AwsSolutions-IAM5[Resource::arn:aws:s3:::<B>/x]",
            False,
        ),
    ],
)
def test_an_acceptance_takes_exactly_its_rule(rule, name, taken):
    left, accepted = sort_out([finding(name)], [accept(rule)])
    assert (len(left), len(accepted)) == ((0, 1) if taken else (1, 0))


def test_an_acceptance_holds_for_its_one_resource_only():
    left, taken = sort_out([finding("R"), finding("R", "Ledger/Policy"), finding("R", "Ledge")], [accept("R")])
    assert [one.resource for one, _, _ in taken] == ["Ledger"]
    assert [one.resource for one in left] == ["Ledger/Policy", "Ledge"]


def test_what_differs_between_environments_is_a_part_of_one_name_only():
    findings = [finding("R", name) for name in ("Log-live", "Log-", "Log-live/Policy", "Logs")]
    left, _ = sort_out(findings, [accept("R", at="Audit/Log-…")])
    assert [one.resource for one in left] == ["Log-", "Log-live/Policy", "Logs"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- {at: [Audit/X], rules: [R], reason: short, control: A.6.2.8}", "reason"),
        ("- {at: [Audit/X], rules: [R], reason: a reason that is long enough}", "control"),
        ("- {at: [Audit/X], rules: [R], reason: a reason that is long enough, control: A.99}", "A.99"),
        ("- {at: [Audit], rules: [R], reason: a reason that is long enough, control: A.6.2.8}", "at"),
        ("- {at: [Audit/X], rules: [], reason: a reason that is long enough, control: A.6.2.8}", "rules"),
        ("- [", "cannot be read"),
    ],
)
def test_an_acceptance_without_reason_control_or_resource_is_refused(tmp_path, text, said):
    file = tmp_path / "accepted.yaml"
    file.write_text(text)
    with pytest.raises(AcceptedError, match=said):
        load_accepted(file)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ('{"retention": Retention(evidence_days=365)}', "template-evidence-lock/too-short"),
        ('{"network": Network(vpc=False)}', "template-runtime/public"),
    ],
)
def test_a_synthesis_with_findings_is_refused_with_a_sentence_and_so_is_a_deployment(tmp_path, changed, rule):
    """`cdk deploy` runs the same command, and does not begin when it ends with an error."""
    program = _REFUSED.format(changed=changed)
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, "CDK_OUTDIR": str(tmp_path)}, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "findings refuse this deployment" in done.stderr and "Traceback" not in done.stderr
    report = json.loads((tmp_path / "validation-report.json").read_text())["pluginReports"]
    assert [one["pluginName"] for one in report] == ["Regent"]
    assert rule in {one["ruleName"] for one in report[0]["violations"]}


_REFUSED = """
from infra import app, config
from infra.config import Network, Retention
loaded = config.load_environment("example")
app.load_environment = lambda: loaded.model_copy(update={changed})
app.main()
"""


def test_acknowledging_in_the_cdks_own_way_is_a_finding_itself(written, capsys):
    file = written / "RegentExampleAudit.metadata.json"
    metadata = json.loads(file.read_text())
    entry = {"type": "aws:cdk:acknowledged-rules", "data": {"Regent::template-keys/never-rotated": "because"}}
    metadata["/RegentExampleAudit/DataKey"] = [entry]
    file.write_text(json.dumps(metadata))
    [found] = [one for one in findings(written, capsys) if one["rule"] == "app/acknowledged"]
    assert "DataKey" in found["why"] and found["stack"] == "Audit"
