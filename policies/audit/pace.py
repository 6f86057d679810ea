"""When the background thread has something to do: records that linger, checkpoints that are due."""

from __future__ import annotations

import time

from policies.audit.group import Group

LINGER = 0.05
"""Seconds after which a record appended with wait=False is made durable all the same."""
CHECKPOINT_RECORDS, CHECKPOINT_SECONDS = 4096, 1.0
"""A checkpoint costs three syncs (itself, the remembered head and its name), so a busy writer signs less often."""
PATIENCE = 5
"""How often in a row a checkpoint may fail before the ledger takes no more records."""


class Pace:
    """What was written since the last checkpoint, and for how long it waits."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._records = 0
        self._question_ended = False
        self.failures = 0

    def wrote(self, records: int, ends_question: bool) -> bool:
        """Count what became durable; whether the background thread must hear of it now."""
        idle = self._since is None
        if idle:
            self._since = time.monotonic()
        self._records += records
        self._question_ended |= ends_question
        return idle or self._question_ended or self._records >= CHECKPOINT_RECORDS

    def signed(self) -> None:
        self._since, self._records, self._question_ended, self.failures = None, 0, False, 0

    def put_off(self) -> None:
        """A checkpoint failed: try again after the usual time, not at once."""
        self._since, self._records, self._question_ended = time.monotonic(), 0, False
        self.failures += 1

    @property
    def due(self) -> bool:
        """Whether a checkpoint is to be written now."""
        since = self._since  # once: another thread may be signing
        if since is None:
            return False
        late = time.monotonic() - since >= CHECKPOINT_SECONDS
        return late or self._question_ended or self._records >= CHECKPOINT_RECORDS

    def pause(self, group: Group | None) -> float | None:
        """Seconds until there is something to do; 0: now, None: not until woken."""
        now, waits = time.monotonic(), []
        if group is not None and group.leaves:
            waits.append(0.0 if group.urgent else group.since + LINGER - now)
        since = self._since
        if since is not None:
            waits.append(0.0 if self.due else since + CHECKPOINT_SECONDS - now)
        return max(0.0, min(waits)) if waits else None
