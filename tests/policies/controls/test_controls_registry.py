"""The registry's lint: a check, need, reference or number that does not hold together fails here."""

import ast
import inspect
import re
from dataclasses import replace
from pathlib import Path

import botocore.session
import pytest
import yaml

from policies.audit.bodies import KNOWN
from policies.controls import checks
from policies.controls.catalogue import catalogue
from policies.controls.check import Mutant, check
from policies.controls.collect import collectable
from policies.controls.declared import Declared, load_declared
from policies.controls.errors import ControlsError
from policies.controls.evaluate import judge
from policies.controls.evidence import Item, Need
from policies.controls.lint import lint
from policies.controls.mutate import put
from policies.controls.needs import NEEDS
from policies.controls.proof import AS_OF
from policies.controls.samples import ASKED, with_records

FOUND = checks.load()
DECLARED = load_declared()
KINDS = ("aws", "template", "ledger", "repository")
LATER = {"ledger.verified", "document.attested"}
LATER |= {f"{case}.{step}" for case in ("incident", "concern", "release") for step in ("opened", "updated", "closed")}
"""Record types that needs allow for, whether or not somebody writes them yet."""


def test_more_than_forty_five_conditions_over_four_kinds_of_evidence():
    # a template's and live AWS's view of one property count once here, and so do all checks about documents
    conditions = {id for id in FOUND if not id.startswith(("template-", "documents-"))} | {"documents"}
    assert len(conditions) >= 45
    assert {one.module.split(".")[3] for one in FOUND.values()} == set(KINDS)


@pytest.mark.parametrize("id", sorted(FOUND))
def test_a_check_lies_where_its_kind_says_and_is_named_after_what_it_is(id):
    one = FOUND[id]
    kind, module = one.module.split(".")[3:]
    assert id.removeprefix("template-").replace("-", "_") == module == one.function.__name__
    assert {need.kind for need in one.needs.values()} & {kind}
    assert set(one.needs.values()) <= set(NEEDS), "a need that nobody has described"
    assert set(one.serves) <= set(catalogue()) and len(set(one.serves)) == len(one.serves)
    names = [mutant.name for mutant in one.mutants]
    assert len(set(names)) == len(names)
    assert not one.says.endswith(".") and all(not said.endswith(".") for said in one.reasons.values())
    assert one.function.__doc__


def test_every_described_need_is_wanted_by_a_check():
    wanted = {need for one in FOUND.values() for need in one.needs.values()}
    assert set(NEEDS) - wanted == set()


def test_what_ships_holds_together():
    assert lint(FOUND.values(), catalogue(), NEEDS, collectable()) == []


def test_nothing_is_collected_that_nobody_has_described():
    assert collectable() == set(NEEDS)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"serves": ("A.8.6",)}, "A.8.6"),
        ({"serves": ("A.6.2.1", "7.5.3")}, "A.6.2.1"),
        ({"serves": ("7.5.3", "7.5.3")}, "twice"),
        ({"needs": {"groups": Need(kind="aws", name="log-group")}}, "nobody has described"),
        ({"mutants": ()}, "no mutant for 'kept-for-ever'"),
        ({"mutants": tuple(m for m in FOUND["log-retention"].mutants if m.reason)}, "no benign mutant"),
        ({"reasons": {"kept-for-ever": "x", "kept-too-short": "x"}}, "cannot report"),
        ({"mutants": FOUND["log-retention"].mutants * 2}, "two mutants of one name"),
    ],
)
def test_a_check_that_does_not_hold_together_is_named(changed, said):
    complaints = lint([replace(FOUND["log-retention"], **changed)], catalogue(), NEEDS)
    assert any(said in complaint and "log-retention" in complaint for complaint in complaints)


def test_a_control_without_an_obligation_is_named():
    others = [one for one in FOUND.values() if "A.7.5" not in one.serves]
    assert lint(others, catalogue(), NEEDS) == [
        "A.7.5 has no obligation: no document is attested for it and no check serves it."
    ]


def test_a_need_that_nobody_collects_is_named():
    wanted = {need for one in FOUND.values() for need in one.needs.values()}
    assert lint(FOUND.values(), catalogue(), NEEDS, wanted) == []
    missing = Need(kind="aws", name="memories")
    assert lint(FOUND.values(), catalogue(), NEEDS, wanted - {missing}) == ["Nobody collects aws:memories."]


@pytest.mark.parametrize("need", [need for need in NEEDS if need.kind == "aws"], ids=str)
def test_what_is_read_from_aws_stands_in_the_service_model(need):
    session = botocore.session.get_session()
    described = NEEDS[need]
    outputs = []
    for source in described.sources:
        service, operation = source.split(":")
        outputs.append(session.get_service_model(service).operation_model(operation).output_shape)
    inner = [member for output in outputs for member in output.members.values()]
    for path in described.members:
        assert any(_has(shape, path.split(".")) for shape in [*outputs, *inner]), f"{need} has no {path}"


def test_what_is_read_from_the_ledger_is_written_there():
    named = {source for need, one in NEEDS.items() if need.kind == "ledger" for source in one.sources}
    types = {source.partition(" ")[0] for source in named if re.match(r"[a-z]+\.[a-z]+( |$)", source)}
    assert types - set(KNOWN) <= LATER


QUESTION_CHECKS = [id for id, one in FOUND.items() if Need(kind="ledger", name="questions") in one.needs.values()]


@pytest.mark.parametrize("id", QUESTION_CHECKS)
def test_fields_that_a_check_reads_from_questions_are_in_the_records(id):
    """A field renamed in the ledger would make a check blind; its name must stand in some body's fields."""
    source = inspect.getsource(inspect.getmodule(FOUND[id].function))
    known = {field for body in KNOWN.values() for field in body.model_fields}
    types = re.findall(
        r'"((?:question|guard|gate|query|model|specialist|grounding|answer|limit|switch|approval)\.\w+)"', source
    )
    assert set(types) <= set(KNOWN)
    read = set(re.findall(r'\["body"\](?:\["(\w+)"\]|\.get\("(\w+)")', source))
    assert {a or b for a, b in read} <= known


@pytest.mark.parametrize("id", sorted(set(QUESTION_CHECKS) - {"questions-ended", "guard-whole"}))
def test_a_question_in_which_nothing_happened_is_no_subject(id):
    """Neither called, refused nor answered: a check that passes over it has looked at nothing and must say so."""
    idle = ("answer.delivered", {"status": "unanswerable", "figures": 0, "facts": [], "receipts": []})
    bare = with_records(("question.asked", ASKED), idle)
    needs = FOUND[id].needs
    items = {name: [bare] if need.name == "questions" else [] for name, need in needs.items()}
    assert judge(FOUND[id], items, DECLARED, AS_OF)[0] == "no-subject"


@pytest.mark.parametrize("id", sorted(FOUND))
def test_without_any_items_there_is_no_subject(id):
    assert judge(FOUND[id], {name: [] for name in FOUND[id].needs}, DECLARED, AS_OF) == ("no-subject", (), 0, ())


def test_every_declaration_is_read_by_a_check():
    bounds = set(Declared.model_fields) - {"frameworks", "evidence_hours", "window_days"}  # collectors read those
    read = {name for name in bounds if any(f"declared.{name}" in _text(one.module) for one in FOUND.values())}
    read |= {name for name in bounds if f"declared.{name}" in _rules()}
    assert bounds - read == set(), "declared, but no check reads it"


def test_a_check_without_a_benign_mutant_is_refused():
    with pytest.raises(ControlsError, match="benign"):
        check(
            "no-benign",
            says="holds",
            serves=("A.2.2",),
            needs={"groups": Need(kind="aws", name="log-groups")},
            reasons={"bad": "it is bad"},
            good={"groups": [Item(name="a", data={"x": 1})]},
            mutants=[Mutant("x", "bad", put("groups", "x", 2))],
            benign=[],
        )(lambda look, groups: None)


def test_a_changed_data_file_of_a_helper_changes_the_proof(tmp_path, monkeypatch):
    from policies.controls import proof

    one = FOUND["soa-complete"]
    before = proof.code_sha256(one, DECLARED)
    monkeypatch.setattr(proof, "_data", lambda module: b"other" if module.endswith("catalogue") else b"")
    assert proof.code_sha256(one, DECLARED) != before


def test_a_changed_helper_changes_the_proofs_of_the_checks_that_use_it_and_of_no_others(monkeypatch):
    from policies.controls import proof

    real = proof._source
    before = {id: proof.code_sha256(FOUND[id], DECLARED) for id in ("template-memory", "gateway-fails-closed")}
    changed = "policies.controls.rules.agent"
    monkeypatch.setattr(proof, "_source", lambda module: real(module) + (b"#" if module == changed else b""))
    assert proof.code_sha256(FOUND["template-memory"], DECLARED) != before["template-memory"]
    assert proof.code_sha256(FOUND["gateway-fails-closed"], DECLARED) == before["gateway-fails-closed"]


def test_the_shipped_declarations_have_no_key_that_is_not_there():
    raw = yaml.safe_load((Path(inspect.getfile(Declared)).with_name("declared.yaml")).read_text())
    assert set(raw) == set(Declared.model_fields)


def _has(shape, steps):
    while shape is not None and shape.type_name == "list":
        shape = shape.member
    if not steps:
        return True
    if shape.type_name != "structure":
        return False
    member = shape.members.get(steps[0])
    return member is not None and _has(member, steps[1:])


def _text(module):
    import importlib

    return inspect.getsource(importlib.import_module(module))


def _rules():
    from policies.controls.rules import access, agent, storage

    return "".join(map(inspect.getsource, (access, agent, storage)))


def test_no_import_of_this_house_is_missing_from_a_proof():
    """The proof reads import statements by a pattern, which is quick; Python's own parser must find no more."""
    from policies.controls import proof

    for path in [*Path("policies").rglob("*.py"), *Path("tools").rglob("*.py")]:
        module = ".".join(path.with_suffix("").parts).removesuffix(".__init__")
        named = set()
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                named |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
            elif isinstance(node, ast.Import):
                named |= {alias.name for alias in node.names}
        ours = {name for name in named if name.startswith(proof.HOUSE)}
        assert ours <= set(proof._imported(module)), path
