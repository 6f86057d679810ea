"""What is done in a loop of its own gives its result, and nobody writes that out on the way."""

from __future__ import annotations

import pytest

from agents.to_its_end import to_its_end


class Long:
    def __init__(self) -> None:
        self.written = 0

    def __repr__(self) -> str:
        self.written += 1
        return "a long answer"


async def _long() -> Long:
    return Long()


async def _wrong() -> None:
    raise ValueError("as it was")


def test_a_result_is_given_and_never_written_out() -> None:
    assert to_its_end(_long()).written == 0


def test_what_goes_wrong_is_raised() -> None:
    with pytest.raises(ValueError, match="as it was"):
        to_its_end(_wrong())
