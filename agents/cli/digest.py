"""`regent digest`: what a scheduled summary would say now, without sending it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from agents.cli.options import EstateChoice, Json, WhichModel

if TYPE_CHECKING:
    from agents.channels.digests.composed import Composed
    from agents.settings import Settings
    from policies.oversight.digest import Digest


def digest(
    name: Annotated[str | None, typer.Argument(help="Which digest; without it, all.", metavar="[NAME]")] = None,
    estate: Annotated[
        EstateChoice | None, typer.Option("--estate", help="The sample estate, or your own AWS accounts.")
    ] = None,
    model: WhichModel = None,
    json_out: Json = False,
) -> None:
    """Show what a scheduled digest would say at this moment. Nothing is sent.

    Its questions are asked as whoever the principals file knows as `digest:NAME`: same gate, same ledger, same
    receipts as anybody's. Digests are declared in `regent.yaml` (`digests`) and sent by `regent slack`, `regent teams`
    and `regent webhook` while they run. The whole setup: docs/digests.md.

    Examples:

        regent digest

        regent digest weekly-costs --json

        regent digest weekly-costs --estate aws --model bedrock:
    """
    from datetime import UTC, datetime

    from agents.channels.digests.composing import Composer
    from agents.channels.opening import open_inside
    from agents.home import Home
    from agents.overseeing import open_digests, open_outbox
    from agents.settings import load_settings

    settings, home = load_settings(), Home.find()
    wanted = _wanted(settings, name)
    with open_inside(estate=estate.value if estate else None, model=model, settings=settings) as port:
        kept, outbox = open_digests(home, settings), open_outbox(home, settings)
        composer = Composer(wanted, port, kept, outbox, settings.disclosure)
        found = [(one, composer.now(one)) for one in wanted]
    if json_out:
        typer.echo(json.dumps([one.model_dump(mode="json") for _, one in found], indent=2, ensure_ascii=False))
        return
    for declared, composed in found:
        upcoming = declared.upcoming(datetime.now(UTC))
        typer.echo(_text(composed))
        typer.echo(f"Goes to {', '.join(declared.to)}; next at {upcoming:%Y-%m-%d %H:%M} UTC.\n")


def _wanted(settings: Settings, name: str | None) -> list[Digest]:
    from tools.errors import InputError, SettingsError

    if not settings.digests:
        raise SettingsError(
            "There is no digest. Declare one in regent.yaml under `digests`; docs/digests.md shows how."
        )
    found = [one for one in settings.digests if name in (None, one.name)]
    if not found:
        there = ", ".join(one.name for one in settings.digests)
        raise InputError(f"There is no digest {name!r}; there are {there}.")
    return found


def _text(composed: Composed) -> str:
    lines = [composed.opening.replace("**", "")]
    for part in composed.parts:
        lines.append(f"\n# {part.question}")
        if part.view is None:
            lines.append(part.said)
            continue
        if part.view.status != "answered":
            lines.append(f"{part.view.title}.")
        count = len(part.view.receipts)
        counted = f"{count} receipt{'' if count == 1 else 's'}"
        lines += [part.view.text, f"{part.view.disclosure} {part.view.usage}; {counted}."]
    return "\n".join(lines)
