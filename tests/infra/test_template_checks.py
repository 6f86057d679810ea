"""The controls over our own templates: every check that judges templates, over everything that is deployed."""

from datetime import UTC, datetime

import pytest

from policies.controls.checks import load
from policies.controls.declared import load_declared
from policies.controls.evaluate import judge
from policies.controls.evidence import Item

TEMPLATE_CHECKS = sorted(name for name in load() if name.startswith("template-"))


@pytest.mark.parametrize("name", TEMPLATE_CHECKS)
def test_what_we_deploy_passes_the_check_and_is_seen_by_it(templates, name):
    items = [Item(name=stack, data=template) for stack, template in templates.items()]
    verdict, findings, judged, problems = judge(load()[name], {"stacks": items}, load_declared(), datetime.now(UTC))
    assert (verdict, findings, problems) == ("pass", (), ())
    assert judged > 0, "nothing of ours is of the kind that this check judges"


def test_there_are_checks_of_templates():
    assert len(TEMPLATE_CHECKS) >= 22
