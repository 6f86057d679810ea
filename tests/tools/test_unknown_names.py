"""An unknown name is an error with candidates, whoever reads it: a person or a model."""

from __future__ import annotations

from typing import Any

import pytest

from tools.errors import UnknownNameError


def test_of_a_few_names_all_are_said(ask: Any) -> None:
    with pytest.raises(UnknownNameError) as refused:
        ask("spend", venue="groningen")
    assert str(refused.value) == (
        "There is no venue 'groningen' in sight (4 known; they are: amsterdam, eindhoven, rotterdam, utrecht)."
    )


def test_of_many_names_one_with_a_similar_word_is_said(ask: Any) -> None:
    with pytest.raises(UnknownNameError, match="EC2"):
        ask("spend", service="EC3")


def test_of_many_names_none_of_which_is_similar_none_is_said() -> None:
    error = UnknownNameError("service", "xyzzy", [f"Amazon Thing {number}" for number in range(40)])
    assert "(40 known; none is similar)" in str(error)


def test_services_that_share_no_more_than_whose_they_are_are_not_near() -> None:
    known = ["Amazon Macie", "Amazon ElastiCache", "Amazon SageMaker", "AWS Glue", *(f"Amazon Q{n}" for n in range(12))]
    assert "none is similar" in str(UnknownNameError("service", "Amazon Polly", known))
    assert UnknownNameError("service", "Amazon Macy", known).candidates == ("Amazon Macie",)
    assert UnknownNameError("account", "venue-amsterdm", ["venue-amsterdam", "payer"]).candidates == (
        "venue-amsterdam",
    )
