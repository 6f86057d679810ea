"""Again: something that is done in a thread of its own, again and again, sooner when something was left."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog

log = structlog.get_logger()
EVERY_SECONDS = 15.0


class Again:
    """Does `go` until the context is left; `go` says how much is left to be tried again."""

    def __init__(self, go: Callable[[], int], name: str, every: float | None = None) -> None:
        self._go, self._name, self._every = go, name, every or EVERY_SECONDS
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name)

    def __enter__(self) -> Again:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self._every if self._quiet() else self._every / 3):
            pass

    def _quiet(self) -> bool:
        try:
            return self._go() == 0
        except Exception as error:  # noqa: BLE001 - the border: one failure must not end the rounds
            log.error("a round failed", of=self._name, error=type(error).__name__, said=str(error))
            return False
