"""`regent release`: propose a release, have another person approve it, say what became of it."""

from __future__ import annotations

from typing import Annotated

import typer

from agents.cli.cases_common import Case, System, Text, Texts, list_cases, one_of, recording, say
from agents.cli.commands import Commands
from agents.cli.options import As, Json

app = Commands(
    help="Releases: proposed, approved by another person, closed.",
    no_args_is_help=True,
    epilog="Example: `regent release list`",
)


@app.command("open")
def release_open(
    version: Annotated[str, typer.Option("--version", help="The version that is proposed.")],
    change: Annotated[str, typer.Option("--change", help="Id of the change or ticket.")],
    artefacts: Annotated[Texts, typer.Option("--artefact", help="SHA-256 of what was built.", metavar="SHA256")],
    rollback: Annotated[str | None, typer.Option("--rollback", help="Version to go back to.")] = None,
    impact: Annotated[str | None, typer.Option("--impact-assessment", help="Id of the impact assessment.")] = None,
    evaluations: Annotated[
        Texts | None, typer.Option("--evaluation", help="SHA-256 of an evaluation's result.", metavar="SHA256")
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", help="The model it runs with, as the ledger names it.")
    ] = None,
    guardrail: Annotated[str | None, typer.Option("--guardrail", help="Guardrail as ID:VERSION.")] = None,
    system: System = "regent",
    text: Text = "",
    as_id: As = "local",
    json_out: Json = False,
) -> None:
    """Propose a release. Prompts and policies of this installation are named by their hashes; you are its author.

    Example:

        regent release open --version 0.4.0 --change CHG-12 --rollback 0.3.2 \\
            --artefact 9f2c… --as bram
    """
    from agents.controlling import released_hashes
    from policies.audit.bodies import ReleaseOpened
    from policies.controls.cases import new_case, put

    _hashes(artefacts, "--artefact")
    _hashes(evaluations, "--evaluation")
    case = new_case("release")
    prompts, policies = released_hashes()
    with recording(as_id) as (ledger, who):
        body = ReleaseOpened(
            case=case,
            text=text,
            version=version,
            system=system,
            change=change,
            rollback=rollback,
            artefacts=artefacts,
            prompts=prompts,
            policies=policies,
            model=model,
            guardrail=guardrail,
            impact_assessment=impact,
            evaluations=list(evaluations or ()),
        )
        index = put(ledger, body, case, who.id)
    say({"case": case, "record": index}, json_out, f"{case} is proposed by {who.id}: record {index}")


@app.command("update")
def release_update(
    case: Case,
    approve: Annotated[bool, typer.Option("--approve", help="Approve it; never your own.")] = False,
    rollback: Annotated[str | None, typer.Option("--rollback", help="Version to go back to.")] = None,
    impact: Annotated[str | None, typer.Option("--impact-assessment", help="Id of the impact assessment.")] = None,
    evaluations: Annotated[
        Texts | None, typer.Option("--evaluation", help="SHA-256 of an evaluation's result.", metavar="SHA256")
    ] = None,
    text: Text = "",
    as_id: As = "local",
    json_out: Json = False,
) -> None:
    """Add what was still missing, or approve a release that somebody else proposed.

    Examples:

        regent release update release-1f… --evaluation 77ab…

        regent release update release-1f… --approve --as carla
    """
    from policies.audit.bodies import ReleaseUpdated
    from policies.controls.cases import open_case, put
    from policies.controls.errors import ControlsError

    _hashes(evaluations, "--evaluation")
    with recording(as_id) as (ledger, who):
        before = open_case(ledger, "release", case)
        if approve and before.by in (None, who.id):
            raise ControlsError(
                f"{case} was proposed by {before.by or 'somebody forgotten'}; another person approves it."
            )
        if approve and before.fields.get("approved"):
            raise ControlsError(f"{case} is approved already; see `regent audit show --question {case}`.")
        body = ReleaseUpdated(
            case=case,
            text=text,
            impact_assessment=impact,
            rollback=rollback,
            evaluations=list(evaluations or ()),
            approved=approve,
        )
        index = put(ledger, body, case, who.id)
    said = f"{case} is approved by {who.id}: record {index}" if approve else f"{case}: record {index}"
    say({"case": case, "record": index, "approved": approve}, json_out, said)


@app.command("close")
def release_close(
    case: Case,
    outcome: Annotated[str, typer.Option("--outcome", help="deployed, rejected or rolled-back.")],
    text: Text = "",
    as_id: As = "local",
    json_out: Json = False,
) -> None:
    """Close a release with what became of it; only an approved one was deployed.

    Example:

        regent release close release-1f… --outcome deployed
    """
    from policies.audit.bodies import ReleaseClosed
    from policies.controls.cases import open_case, put
    from policies.controls.errors import ControlsError

    chosen = one_of(outcome, ("deployed", "rejected", "rolled-back"), "--outcome")
    with recording(as_id) as (ledger, who):
        before = open_case(ledger, "release", case)
        if chosen == "deployed" and not before.fields.get("approved"):
            raise ControlsError(
                f"{case} is not approved; another person runs `regent release update {case} --approve`."
            )
        body = ReleaseClosed.model_validate({"case": case, "text": text, "outcome": chosen})
        index = put(ledger, body, case, who.id)
    say({"case": case, "record": index}, json_out, f"{case} is closed as {chosen}: record {index}")


@app.command("list")
def release_list(json_out: Json = False) -> None:
    """List releases.

    Example:

        regent release list
    """
    list_cases("release", json_out)


def _hashes(given: Texts | None, option: str) -> None:
    for one in given or ():
        if len(one) != 64 or set(one) - set("0123456789abcdef"):
            raise typer.BadParameter(f"{option} {one[:20]!r} is no SHA-256 in lower-case hex.")
