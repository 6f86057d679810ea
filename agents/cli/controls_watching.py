"""`regent controls watch` and `regent controls alerts`: what left `evidenced`, and what waits to be told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from agents.cli.options import As, EstateChoice, Json, WhichEstate
from agents.cli.saying import tell

if TYPE_CHECKING:
    from policies.controls.outbox import Alert
    from policies.controls.watch import Watched

LEAST = 10
"""Seconds between two rounds, at least."""


def watch_command(
    every: Annotated[int, typer.Option("--every", help="Seconds from one round to the next.", min=LEAST)] = 3600,
    once: Annotated[bool, typer.Option("--once", help="One round, then end (for a scheduler).")] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Collect all evidence anew, also what is still fresh.")
    ] = False,
    as_id: As = "local",
    estate: WhichEstate = EstateChoice.sample,
    json_out: Json = False,
) -> None:
    """Evaluate every control again and again; an alert waits in the outbox for each that leaves `evidenced`.

    Changes are recorded in the ledger, and each is an alert once, whoever evaluated. A round that fails is said on
    stderr; the next one makes up for it. With --once it ends with exit code 1.

    Examples:

        regent controls watch --once

        regent controls watch --every 900 --estate aws --as carla
    """
    import time

    from tools.errors import RegentError

    while True:
        try:
            told = _round(as_id, estate, fresh)
            _show(told, json_out)
        except RegentError as error:
            if once:
                raise
            typer.echo(f"This round failed: {error}", err=True)
        if once:
            return
        try:
            time.sleep(every)
        except KeyboardInterrupt:
            return


def alerts_command(
    waiting: Annotated[bool, typer.Option("--waiting", help="Only those of which no place has heard yet.")] = False,
    json_out: Json = False,
) -> None:
    """Alerts about controls that left `evidenced`, oldest first, and when the first place heard of them.

    Examples:

        regent controls alerts

        regent controls alerts --waiting --json
    """
    from agents.home import Home
    from policies.controls.outbox import SqliteOutbox

    found = [one for one in SqliteOutbox(Home.find().outbox).alerts(waiting=waiting) if one.left]
    if json_out:
        _json([one.model_dump(mode="json") for one in found])
    elif not found:
        typer.echo("No alerts. `regent controls watch` makes them when a control leaves evidenced.")
    for one in () if json_out else found:
        state = f"delivered {one.delivered:%Y-%m-%d %H:%M} UTC" if one.delivered else "waiting"
        tell(f"{_line(one)}  {state}")


def _round(as_id: str, estate: EstateChoice, fresh: bool) -> Watched:
    from agents.cli.controls import principal
    from agents.controlling import open_controlling
    from agents.home import Home
    from policies.controls.outbox import SqliteOutbox
    from policies.controls.watch import watch

    outbox = SqliteOutbox(Home.find().outbox)
    with open_controlling(principal(as_id), estate=estate.value) as opened:
        return watch(opened.scene, opened.store, outbox, mode="fresh" if fresh else "reuse")


def _show(told: Watched, json_out: bool) -> None:
    from agents.cli.controls_showing import count_line
    from policies.controls.status import counts

    done = told.evaluation
    if json_out:
        _json(
            {
                "at": done.at.isoformat(),
                "record": done.index,
                "counts": dict(counts(done.statuses)),
                "changes": [{"control": one, "before": was, "after": now} for one, was, now in done.changes],
                "alerts": [one.model_dump(mode="json") for one in told.alerts],
            }
        )
        return
    tell(f"{done.at:%Y-%m-%d %H:%M} UTC  {count_line(done.statuses)} (record {done.index})")
    for control, was, now in done.changes:
        typer.echo(f"  changed: {control} from {was} to {now}")
    for one in told.alerts:
        tell(f"  ALERT {_line(one)}")


def _line(one: Alert) -> str:
    found = f"{one.at:%Y-%m-%d %H:%M} UTC  {one.control} left {one.before}: now {one.after}"
    return f"{found} ({one.source}, record {one.record})"


def _json(value: Any) -> None:
    import json

    typer.echo(json.dumps(value, ensure_ascii=False))
