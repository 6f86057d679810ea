"""The crew: workers of a channel in threads of one process, taking from its box. What Lambda does on AWS."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable

import structlog

from agents.channels.box import Box, Message
from agents.channels.delivery import from_text
from agents.channels.inbox import KEPT_SECONDS
from agents.channels.working import MOST_RECEIVES, Adapter, UnheardError, abandon, what_failed, work

log = structlog.get_logger()
IDLE_SECONDS = 0.2
AGAIN_SECONDS = 5.0
"""After how long a delivery that failed is tried again."""
MOST_AGAIN_SECONDS = 600.0
"""After how long an answer is said again at most, while its channel is away."""


class Crew:
    """`size` workers. Use as a context: on leaving, those at work finish first."""

    def __init__(
        self, box: Box, adapter_of: Callable[[str], Adapter], size: int = 4, again: float = AGAIN_SECONDS
    ) -> None:
        self._box, self._adapter_of, self._again = box, adapter_of, again
        self._stop = threading.Event()
        self._most, self._held, self._turn = max(1, size - 1), Counter[str](), threading.Lock()
        self._threads = [threading.Thread(target=self._run, name=f"worker-{number}") for number in range(size)]

    def __enter__(self) -> Crew:
        self._box.take_over()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self._box.let_go()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                message = self._taken()
                if message is not None:
                    try:
                        self._work(message)
                    finally:
                        with self._turn:
                            self._held[message.share] -= 1
                    continue
            except Exception as error:  # noqa: BLE001 - the border: one failure must not end the worker
                log.error("worker failed", error=type(error).__name__, said=str(error))
            self._stop.wait(IDLE_SECONDS)

    def _taken(self) -> Message | None:
        """The next message. One person is never given the last worker, and who has fewest is next."""
        with self._turn:
            message = self._box.receive(held=+self._held, most=self._most)
            if message is not None:
                self._held[message.share] += 1
            return message

    def _work(self, message: Message) -> None:
        last = message.receives >= MOST_RECEIVES
        try:
            delivery = from_text(message.body)
            adapter = self._adapter_of(delivery.channel)
            if message.receives <= MOST_RECEIVES:
                work(delivery, adapter, self._box, last=last)
            elif not abandon(delivery, adapter, self._box):
                self._box.give_back(message, 0)  # which puts it aside
                return
        except Exception as error:
            log.error("delivery failed", **what_failed(error), last=last)
            log.debug("what failed", exc_info=error)
            if isinstance(error, UnheardError) and (age := time.time() - delivery.at) < KEPT_SECONDS:
                self._box.keep_trying(message, max(self._again, min(age / 2, MOST_AGAIN_SECONDS)))
            else:
                self._box.give_back(message, self._again)
            return
        self._box.finish(message)
