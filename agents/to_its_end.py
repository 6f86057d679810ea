"""To its end: what needs an event loop, done in one of its own by callers that have none."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def to_its_end(work: Coroutine[Any, Any, T]) -> T:
    """`asyncio.run`, of a task without a result of its own.

    At its end, Python puts the handler of Ctrl-C back, and on the way it writes out the one that was there, with its
    task and all that this gave: the whole text of an answer, twice, for nobody.
    """
    given: list[T] = []

    async def gave() -> None:
        given.append(await work)

    asyncio.run(gave())
    return given[0]
