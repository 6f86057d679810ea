"""Every seeded defect is caught, by the rules that it is there for, and the clean app raises nothing."""

import pytest
import yaml

from infra.checks import read_assembly
from tests.infra.defects import CAUGHT, clean, run
from tests.infra.defects_seeded import SEEDED


@pytest.fixture(scope="session")
def written(assembly):
    return read_assembly(assembly)


@pytest.fixture(scope="session")
def before(written):
    return clean(written)


@pytest.fixture(scope="session")
def known():
    return yaml.safe_load(CAUGHT.read_text(encoding="utf-8"))


def test_the_clean_app_raises_nothing_and_was_looked_at_by_cdk_nag_too(written):
    assert written.nag is not None and len(written.nag) > 20
    assert [f"{one.at} {one.rule}" for one in clean(written)] == []


def test_there_are_enough_defects():
    assert len(SEEDED) >= 90


@pytest.mark.parametrize("name", SEEDED)
def test_a_seeded_defect_is_caught_by_the_rules_it_is_there_for(written, before, known, name):
    caught = run(written, name, SEEDED[name], before).caught
    assert caught
    assert sorted(caught) == sorted(known[name])
