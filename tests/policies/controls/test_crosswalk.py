"""The crosswalk names what exists, transfers nothing, and nothing of ours claims what no mapping can give."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from policies.controls.catalogue import catalogue
from policies.controls.crosswalk import SHIPPED, by_requirement, crosswalk, declared_frameworks
from policies.controls.declared import load_declared
from policies.controls.errors import ControlsError

ROOT = Path(__file__).parents[3]
# "93 are compliant" is what AWS Config says of resources
CLAIM = re.compile(
    r"\b(?:is|(?:you|we) are|fully|makes? (?:you|us|it)|stays?|becomes?) (?:compliant|conformant|certified)\b"
    r"|\bcompliant with\b|\b(?:Act|GDPR|DORA|NIS ?2|LGPD|42001)[- ](?:compliant|conformant|certified)\b"
    r"|\bconforms? (?:to|with)\b|\bin (?:full )?conformity with\b|\bpresumption of conformity\b"
    r"|\bensures? compliance\b|\bguarantees? compliance\b",
    re.IGNORECASE,
)


def test_every_framework_has_pairs_and_every_annex_control_is_of_use_somewhere():
    pairs = crosswalk().pairs()
    assert {pair.framework for pair in pairs} == set(crosswalk().frameworks)
    assert {pair.control for pair in pairs} >= {name for name, one in catalogue().items() if one.annex}


def test_the_lists_of_risks_and_functions_are_whole():
    llm = by_requirement(crosswalk().pairs(framework="owasp-llm"))
    assert list(llm) == [f"LLM{n:02}" for n in range(1, 11)]
    assert list(by_requirement(crosswalk().pairs(framework="owasp-asi"))) == [f"ASI{n:02}" for n in range(1, 11)]
    rmf = crosswalk().pairs(framework="nist-ai-rmf")
    assert {pair.relation for pair in rmf} == {"published"}
    assert all(re.fullmatch(r"(GOVERN|MAP|MEASURE|MANAGE) \d\.\d", pair.requirement) for pair in rmf)


def test_articles_are_in_the_order_of_their_numbers():
    names = list(by_requirement(crosswalk().pairs(framework="eu-ai-act")))
    assert names.index("Art.9") < names.index("Art.10") < names.index("Art.72")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("  A.2.2:\n", "  A.2.1:\n", "A.2.1"),
        ("    gdpr: [", "    gpdr: [", "gpdr"),
        ("  A.2.3:\n", "  A.2.2:\n", "twice"),
        ("frameworks:\n", "frameworks:\n  x: {title: aaa, binds: bbb, known: ccc, status: met}\n", "status"),
    ],
)
def test_a_wrong_crosswalk_is_refused(tmp_path, before, after, said):
    text = SHIPPED.read_text(encoding="utf-8")
    assert before in text
    wrong = tmp_path / "crosswalk.yaml"
    wrong.write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(ControlsError, match=said):
        crosswalk(wrong)


def test_a_framework_that_nobody_knows_cannot_be_declared():
    with pytest.raises(ControlsError, match=r"nis3.*nis2"):
        declared_frameworks(load_declared().model_copy(update={"frameworks": ("nis3",)}))


def test_nothing_that_people_read_claims_conformity():
    folders = ("docs", "agents", "policies", "tools", "infra")
    files = [ROOT / "README.md", ROOT / "CHANGELOG.md"]
    files += [f for one in folders for f in (ROOT / one).rglob("*") if f.suffix in (".md", ".py", ".yaml", ".html")]
    files.remove(ROOT / "agents/models/offline/topics/examples.py")  # what people ask, not what we say
    found = [
        f"{file.relative_to(ROOT)}: {hit.group()}" for file in files for hit in CLAIM.finditer(file.read_text("utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    "claim", ["is AI Act compliant", "Regent conforms to ISO", "you are certified", "compliant with DORA"]
)
def test_the_words_of_a_claim_are_found(claim):
    assert CLAIM.search(claim)
