"""The kill switch as one SSM parameter: read at most 5 s ago; unreachable, missing or odd means stopped."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from pydantic import TypeAdapter, ValidationError

from policies.oversight.switch import Stops, SwitchError

MAX_AGE = 5.0
"""Seconds for which a reading counts, from the moment it was asked for."""
_TRIES = 5
_STOPS: TypeAdapter[Stops] = TypeAdapter(Stops)


class ParameterSwitch:
    """The stops in the SSM parameter `name`, through the caller's botocore client. Safe for threads."""

    def __init__(
        self, client: Any, name: str, *, max_age: float = MAX_AGE, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._client, self._name, self._max_age, self._clock = client, name, min(max_age, MAX_AGE), clock
        self._lock = threading.Lock()
        self._held: tuple[float, Stops] | None = None

    remote = True

    def read(self) -> Stops:
        with self._lock:
            now = self._clock()
            if self._held is None or not 0 <= now - self._held[0] < self._max_age:
                self._held = None  # a failure must not leave an old reading behind
                self._held = (now, self._stops(self._fetch(self._name)[0]))
            return self._held[1]

    def change(self, edit: Callable[[Stops], Stops]) -> None:
        """Replace the stops. SSM has no conditional put: a version that we wrote over unseen is merged in again."""
        from botocore.exceptions import BotoCoreError, ClientError

        with self._lock:
            self._held = None
            held, version = self._fetch_or_none()
            for _ in range(_TRIES):
                wanted = edit(held)
                try:
                    put = self._client.put_parameter(
                        Name=self._name, Value=_STOPS.dump_json(wanted).decode(), Type="String", Overwrite=True
                    )
                except (BotoCoreError, ClientError) as error:
                    raise SwitchError(f"The kill switch {self._name} cannot be written: {error}.") from error
                if int(put["Version"]) == version + 1:
                    return
                # somebody wrote in between: keep every stop of theirs, and put again
                between = range(version + 1, int(put["Version"]))
                unseen = [self._stops(self._fetch(f"{self._name}:{number}")[0]) for number in between]
                held = tuple({stop.scope: stop for stops in (held, *unseen) for stop in stops}.values())
                version = int(put["Version"])
            raise SwitchError(f"The kill switch {self._name} is being changed by others; try again.")

    def _fetch_or_none(self) -> tuple[Stops, int]:
        """The stops and the version, to be replaced: none where the parameter is not there yet, or damaged."""
        try:
            raw, version = self._fetch(self._name)
        except SwitchError as error:
            if getattr(error.__cause__, "response", {}).get("Error", {}).get("Code") == "ParameterNotFound":
                return (), 0
            raise
        try:
            return self._stops(raw), version
        except SwitchError:
            return (), version

    def _stops(self, raw: str) -> Stops:
        try:
            return _STOPS.validate_json(raw)
        except ValidationError as error:
            raise SwitchError(f"The kill switch {self._name} is damaged.") from error

    def _fetch(self, name: str) -> tuple[str, int]:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            found = self._client.get_parameter(Name=name)["Parameter"]
            return str(found["Value"]), int(found["Version"])
        except (BotoCoreError, ClientError) as error:
            raise SwitchError(f"The kill switch {self._name} cannot be reached ({type(error).__name__}).") from error
