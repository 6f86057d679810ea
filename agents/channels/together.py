"""Together: what comes to an event loop while a thread is at work is done by that thread's next turn, all at once.

A thread beside the loop must wait for its turn among those that compute. One turn for all that wait costs no more than
one turn for each of them would, many times over.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Given = TypeVar("Given")
Done = TypeVar("Done")


class Together(Generic[Given, Done]):
    """`do` one; `work` does many, in a thread, and gives as many results in their order. For one loop.

    When `work` raises it has done none of them; then each is done by itself.
    """

    def __init__(self, work: Callable[[Sequence[Given]], Sequence[Done]]) -> None:
        self._work = work
        self._waiting: list[tuple[Given, asyncio.Future[Done]]] = []
        self._turn: asyncio.Task[None] | None = None

    async def do(self, given: Given) -> Done:
        """The result for this one; raises what `work` raised."""
        result: asyncio.Future[Done] = asyncio.get_running_loop().create_future()
        self._waiting.append((given, result))
        if self._turn is None:
            self._turn = asyncio.create_task(self._turns())
        return await result

    async def _turns(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, []
                await self._one_turn(batch)
        finally:
            self._turn = None

    async def _one_turn(self, batch: Sequence[tuple[Given, asyncio.Future[Done]]]) -> None:
        try:
            results = await asyncio.to_thread(self._work, [given for given, _ in batch])
        except Exception as error:  # noqa: BLE001 - it is raised where it is waited for
            if len(batch) > 1:
                # nothing was done; one that cannot be worked on must not take those with it that came beside it
                for one in batch:
                    await self._one_turn([one])
            elif not batch[0][1].done():
                batch[0][1].set_exception(error)
            return
        for (_, result), found in zip(batch, results, strict=True):
            if not result.done():
                result.set_result(found)
