"""docs/suppressions.md and docs/architecture.md are what the assembly says; nothing is accepted that nobody finds."""

import re

import pytest

from infra import pictures
from infra.checks import read_assembly, table


def test_the_table_of_accepted_findings_is_up_to_date(assembly):
    made = table.page(read_assembly(assembly))
    assert table.PAGE.read_text(encoding="utf-8") == made, "run `make synth` and `python -m infra.checks.table`"


@pytest.mark.slow
def test_every_acceptance_accepts_something_in_one_of_two_environments(assembly, other_checked):
    assert table.unused([read_assembly(assembly), read_assembly(other_checked)]) == []


def test_the_pictures_are_those_of_the_templates(assembly):
    made = pictures.page(read_assembly(assembly))
    assert pictures.PAGE.read_text(encoding="utf-8") == made, "run `make synth` and `python -m infra.pictures`"


def test_a_picture_shows_how_a_question_travels(assembly):
    written = read_assembly(assembly)
    drawn = {stack.name: pictures.picture(written, stack) for stack in written.stacks}
    assert "n_WebhookQueue --> n_WebhookWorker" in drawn["Channels"]
    assert "n_Api --> n_WebhookFront" in drawn["Channels"]
    assert "n_WebhookFront --> n_WebhookQueue" in drawn["Channels"]
    assert "n_WebhookWorker -.-> n_Agent_Workers" in drawn["Channels"]
    assert "n_Firewall_Acl --> n_Gateway" in drawn["Gateway"]
    assert "n_Gateway --> n_Engine" in drawn["Gateway"]


def test_every_arrow_of_a_picture_joins_what_it_draws(assembly):
    written = read_assembly(assembly)
    for stack in written.stacks:
        lines = pictures.picture(written, stack).splitlines()
        nodes = {match[1] for line in lines if (match := re.match(r"  (n_\w+)[\[({]", line))}
        arrows = [match.groups() for line in lines if (match := re.match(r"  (n_\w+) -\.?->? ?-?>? ?(n_\w+)$", line))]
        assert nodes, stack.name
        for ends in arrows:
            assert set(ends) <= nodes, (stack.name, ends)
