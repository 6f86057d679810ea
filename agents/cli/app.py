"""The `regent` command and its subcommands."""

from __future__ import annotations

import os
import sys

from agents.cli import (
    access,
    access_keys,
    approvals,
    ask,
    audit,
    chat,
    concerns,
    controls,
    controls_exporting,
    controls_packing,
    controls_watching,
    demo,
    digest,
    doctor,
    estate,
    incidents,
    mcp,
    queries,
    recompute,
    releases,
    serve,
    slack,
    switch,
    teams,
    webhook,
    witness,
)
from agents.cli.commands import Commands
from agents.cli.saying import DENIED, say

_INTERRUPTED = 130
"""The exit code after Ctrl-C, as shells know it."""

app = Commands(
    name="regent",
    help="Ask your AWS estate about cost, security and operations. Every figure in an answer has a receipt.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    add_completion=False,
    epilog='Start with `regent ask "What did we spend last month?"`, or `regent estate` to see the sample estate.',
)
app.command("ask")(ask.ask)
app.command("chat")(chat.chat)
app.command("queries")(queries.queries)
app.add_typer(estate.app, name="estate")
app.command("doctor")(doctor.doctor)
app.add_typer(access.app, name="access")
access.app.command("worker-key")(access_keys.worker_key_command)
app.add_typer(approvals.app, name="approvals")
app.command("stop")(switch.stop)
app.command("resume")(switch.resume)
app.add_typer(audit.app, name="audit")
audit.app.command("recompute")(recompute.recompute)
app.add_typer(controls.app, name="controls")
controls.app.command("export")(controls_exporting.export_command)
controls.app.command("pack")(controls_packing.pack_command)
controls.app.command("watch")(controls_watching.watch_command)
controls.app.command("alerts")(controls_watching.alerts_command)
app.add_typer(incidents.app, name="incident")
app.add_typer(concerns.app, name="concern")
app.add_typer(releases.app, name="release")
app.command("demo")(demo.demo)
app.command("digest")(digest.digest)
app.command("serve")(serve.serve)
app.add_typer(slack.app, name="slack")
app.command("mcp")(mcp.mcp)
app.add_typer(teams.app, name="teams")
app.command("webhook")(webhook.webhook)
app.command("witness")(witness.witness)


def main() -> None:
    """Run the command; one of our errors is one sentence on stderr, never a trace."""
    from agents.starting import search_seldom, start_lean
    from tools.errors import RegentError

    start_lean()
    search_seldom()
    try:
        app()
    except RegentError as error:
        say(str(error))
        sys.exit(_code(error))
    except BrokenPipeError:
        _drop_output()  # whoever read our output has gone: nothing is left to say
        sys.exit(1)
    except OSError as error:
        what = f"{error.filename} cannot be used" if error.filename else "the output could not be written"
        say(f"{what}: {error.strerror}.")
        _drop_output()
        sys.exit(1)
    except (KeyboardInterrupt, SystemExit) as stop:
        if isinstance(stop, KeyboardInterrupt) or stop.code == _INTERRUPTED:
            if sys.stderr.isatty():
                print(file=sys.stderr)  # the terminal wrote ^C into the line
            say("stopped; what was recorded until then stays in the ledger.")
            sys.exit(_INTERRUPTED)
        raise


def _drop_output() -> None:
    """What is left in the buffer goes nowhere: Python would try once more at exit, and end with a code of its own."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _code(error: Exception) -> int:
    """The exit code of an error that no command dealt with: 2 for what was asked wrongly, 3 for who may not, else 1."""
    from policies.access.errors import NotVerifiedError, UnknownPrincipalError
    from policies.oversight.switch import ScopeError
    from tools.errors import InputError, SettingsError

    if isinstance(error, (UnknownPrincipalError, NotVerifiedError)):
        return DENIED
    return 2 if isinstance(error, (InputError, ScopeError, SettingsError)) else 1
