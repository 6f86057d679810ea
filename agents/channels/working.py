"""Working: what a channel's worker does with one delivery, so that it is asked once and its answer is not lost.

A run is claimed, asked, kept, said, and done. Whoever takes up a delivery again, because a worker died or the channel
was down, goes on from what is kept: a question that was answered is not asked again, only said again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple, Protocol

import structlog

from agents.channels.delivery import ChannelError, Delivery, from_text
from tools.errors import RegentError

log = structlog.get_logger()
State = Literal["run", "answered", "done", "busy"]
MOST_RECEIVES = 3
"""How often a delivery is tried before it is put aside for a person (the queue's `maxReceiveCount`)."""
LEASE_SECONDS = 930
"""How long a claim holds: a worker that is gone for longer than it may run is dead."""


class Claim(NamedTuple):
    """What a worker finds when it takes a delivery up; `said` is the kept answer."""

    state: State
    said: str = ""


class Runs(Protocol):
    """What became of each delivery. Safe for threads and processes."""

    def claim(self, delivery: Delivery) -> Claim:
        """Claim the delivery to run it, or learn that it ran, or that somebody runs it now.

        Raises:
            ChannelError: it cannot be known; nothing may run.
        """

    def keep(self, delivery: Delivery, said: str) -> None:
        """Keep what is to be said. ChannelError when it could not be kept."""

    def done(self, delivery: Delivery) -> None:
        """It was said. ChannelError when that could not be noted."""

    def release(self, delivery: Delivery) -> None:
        """Give a claim back, because the run failed. ChannelError when that could not be noted."""

    def fail(self, delivery: Delivery) -> None:
        """Nobody will try again, unless a person does. ChannelError when that could not be noted."""


class Adapter(Protocol):
    """One channel's worker."""

    def ask(self, delivery: Delivery) -> str:
        """Ask what was brought, and give what is to be said, in the channel's own form.

        Raises:
            RegentError: it could not be asked; it will be tried again.
        """

    def say(self, delivery: Delivery, said: str) -> None:
        """Bring it to whoever asked. It may come twice, when it was not known whether it arrived.

        Raises:
            RegentError: the channel did not take it; it will be tried again.
        """

    def sorry(self, delivery: Delivery) -> None:
        """Tell whoever asked that it cannot be answered; nobody tries again after this."""


class BusyError(ChannelError):
    """Another worker has this delivery at the moment."""


class UnheardError(ChannelError):
    """Neither a kept answer nor an apology arrived: the channel is away, and gets the answer when it is back."""


def work(delivery: Delivery, adapter: Adapter, runs: Runs, *, last: bool = False) -> None:
    """Work on one delivery. `last`: nobody will try again, so whoever asked hears of a failure.

    Raises:
        UnheardError: it was the last try, and whoever asked has heard nothing; see there.
        RegentError: it is not done, and is to be tried again or put aside.
    """
    claim = runs.claim(delivery)
    if claim.state == "done":
        return
    if claim.state == "busy":
        raise BusyError(f"{delivery.channel}: another worker has the delivery at the moment.")
    said, kept = claim.said, claim.state == "answered"
    try:
        if not kept:
            said = _asked(delivery, adapter, runs)
            runs.keep(delivery, said)
            kept = True
        adapter.say(delivery, said)
        runs.done(delivery)
    except Exception as error:
        # an apology beside an answer that only waits would be wrong by the time it arrives
        waits = kept and isinstance(error, ChannelError) and error.away
        if last and (waits or (not _gave_up(delivery, adapter, runs) and kept)):
            raise UnheardError(f"{delivery.channel}: an answer waits until the channel takes it.") from error
        raise


def _asked(delivery: Delivery, adapter: Adapter, runs: Runs) -> str:
    try:
        return adapter.ask(delivery)
    except Exception:
        runs.release(delivery)  # or the next try would find it busy
        raise


def _gave_up(delivery: Delivery, adapter: Adapter, runs: Runs) -> bool:
    """Whether whoever asked was told."""
    told = True
    for step in (runs.fail, adapter.sorry):
        try:
            step(delivery)
        except RegentError as error:
            log.error("not even an apology arrived", channel=delivery.channel, error=type(error).__name__)
            told = False
    return told


def abandon(delivery: Delivery, adapter: Adapter, runs: Runs) -> bool:
    """Tell whoever asked that nobody tries again, after a worker died at the last try; whether an answer was kept, and
    is said now.

    Raises:
        RegentError: it did not arrive.
    """
    claim = runs.claim(delivery)
    if claim.state == "answered":
        adapter.say(delivery, claim.said)
        runs.done(delivery)
    elif claim.state == "run":
        _gave_up(delivery, adapter, runs)
    return claim.state in ("answered", "done")


def what_failed(error: Exception) -> dict[str, str]:
    """An error as a log may show it: its sentence only if it is one of ours."""
    why = error.__cause__ if isinstance(error, UnheardError) else error
    return {"error": type(why).__name__, **({"said": str(why)} if isinstance(why, RegentError) else {})}


def take_batch(event: Mapping[str, Any], adapter_of: Callable[[str], Adapter], runs: Runs) -> dict[str, Any]:
    """Work on a batch that Lambda took from the queue; its answer names what is to come again.

    After one that fails, the rest is left as it is: they may be of the same conversation, which has an order.
    """
    records: Sequence[Mapping[str, Any]] = event["Records"]
    for number, record in enumerate(records):
        last = int(record["attributes"]["ApproximateReceiveCount"]) >= MOST_RECEIVES
        try:
            delivery = from_text(record["body"])
            work(delivery, adapter_of(delivery.channel), runs, last=last)
        except Exception as error:
            log.error("delivery failed", message=record["messageId"], **what_failed(error), last=last)
            log.debug("what failed", exc_info=error)
            return {"batchItemFailures": [{"itemIdentifier": one["messageId"]} for one in records[number:]]}
    return {"batchItemFailures": []}
