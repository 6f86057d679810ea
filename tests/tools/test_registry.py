"""The registry: a declaration that cannot be trusted is refused when it is made, and inputs when they are given."""

from __future__ import annotations

from typing import Any

import pytest

from tools.calls import Aws
from tools.catalogue import find, queries
from tools.errors import InputError, RegentError
from tools.facts import Facts
from tools.registry import query


def test_a_query_without_a_docstring_is_refused() -> None:
    def silent(aws: Aws) -> Facts:
        return Facts("")

    with pytest.raises(RegentError, match="no docstring"):
        query(domain="ops", operations=("ec2:DescribeVolumes",))(silent)


@pytest.mark.parametrize("operation", ["ec2.DescribeVolumes", "ec2:describe_volumes", "ec2:*", "*"])
def test_an_operation_is_named_exactly(operation: str) -> None:
    def broad(aws: Aws) -> Facts:
        """Does something."""
        return Facts("")

    with pytest.raises(RegentError, match=r"expected service:Operation"):
        query(domain="ops", operations=(operation,))(broad)


def test_a_query_that_declares_nothing_is_refused() -> None:
    def idle(aws: Aws) -> Facts:
        """Does nothing."""
        return Facts("")

    with pytest.raises(RegentError, match="no AWS operation"):
        query(domain="ops", operations=())(idle)


def test_a_name_can_be_taken_only_once() -> None:
    queries()

    def spend(aws: Aws) -> Facts:
        """Another spend."""
        return Facts("")

    with pytest.raises(RegentError, match="Two queries are named 'spend'"):
        query(domain="cost", operations=("ce:GetTags",))(spend)
    assert find("spend").function.__module__ == "tools.cost.spend"


@pytest.mark.parametrize(
    "given", [{"by": "colour"}, {"top": 0}, {"top": "many"}, {"periode": "2026-09"}, {"net": "perhaps"}]
)
def test_wrong_inputs_are_refused_with_what_would_fit(given: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=next(iter(given))):
        find("spend").parse(given)


def test_every_query_has_a_short_schema_and_a_typed_input_for_everything() -> None:
    for known in queries().values():
        schema = known.schema()
        assert schema["type"] == "object"
        assert len(known.summary) < 420, known.name
        assert all("title" not in value for value in schema.get("properties", {}).values())


def test_who_did_what_is_marked_as_personal_data() -> None:
    assert find("who_did_what").personal_data
