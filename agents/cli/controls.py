"""`regent controls`: how every control stands and why, what proves the checks, and what people have approved."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agents.cli.commands import Commands
from agents.cli.options import As, EstateChoice, Json, WhichEstate

if TYPE_CHECKING:
    from policies.access import Principal
    from policies.controls.run import Evaluation, Mode

app = Commands(
    help="ISO/IEC 42001 as code: statuses computed from evidence.",
    no_args_is_help=True,
    epilog="Example: `regent controls status`, then `regent controls show A.6.2.8`",
)

Fresh = Annotated[bool, typer.Option("--fresh", help="Collect all evidence anew, also what is still fresh.")]
Stored = Annotated[bool, typer.Option("--stored", help="Collect nothing: only what lies in the evidence store.")]
Since = Annotated[
    datetime | None,
    typer.Option(
        "--from",
        help="Look at questions from this day on, never less than declared.",
        formats=["%Y-%m-%d"],
    ),
]
Framework = Annotated[
    str,
    typer.Option(
        "--framework", help="iso42001; of another (eu-ai-act, gdpr, …): where evidence is of use.", metavar="NAME"
    ),
]


@app.command("status")
def status_command(
    framework: Framework = "iso42001",
    as_id: As = "local",
    estate: WhichEstate = EstateChoice.sample,
    fresh: Fresh = False,
    stored: Stored = False,
    since: Since = None,
    json_out: Json = False,
) -> None:
    """Evaluate every control: status, the reason, how old the evidence is, and what to do next.

    Collecting asks AWS through the same gate, allow-list and receipts as questions; admins and auditors may. Nobody can
    type a status, and what nobody examined counts as unassessed.

    Examples:

        regent controls status

        regent controls status --fresh --json

        regent controls status --estate aws --as carla

        regent controls status --framework eu-ai-act

    Another framework's requirements have no status here: the crosswalk says which controls' evidence is of use there.
    """
    from agents.cli.controls_frameworks import framework_json, show_framework
    from agents.cli.controls_showing import show_status, status_json
    from agents.controlling import declarations
    from agents.settings import load_settings
    from policies.controls.catalogue import FRAMEWORK
    from policies.controls.crosswalk import known_framework

    if framework != FRAMEWORK:
        known_framework(framework)
    done = evaluation(as_id, estate, _mode(fresh, stored), since)
    declared = declarations(load_settings())
    if framework != FRAMEWORK:
        if json_out:
            _json(framework_json(done, framework, declared))
        else:
            show_framework(done, framework, declared)
    elif json_out:
        _json(status_json(done))
    else:
        show_status(done)


@app.command("show")
def show_command(
    control: Annotated[str, typer.Argument(help="A clause (4.1) or control (A.6.2.8).", metavar="CONTROL")],
    as_id: As = "local",
    estate: WhichEstate = EstateChoice.sample,
    fresh: Fresh = False,
    stored: Stored = False,
    json_out: Json = False,
) -> None:
    """One control: what it is about, what implements it, its checks with their last results, and its documents.

    Of a heading (9.2) every clause under it.

    Examples:

        regent controls show A.6.2.8

        regent controls show 7.5.3 --json
    """
    from agents.cli.controls_showing import control_json, show_control
    from agents.controlling import declarations
    from agents.settings import load_settings
    from policies.controls.catalogue import catalogue
    from tools.errors import UnknownNameError

    held = [one for one in catalogue() if one == control or one.startswith(f"{control}.")]
    if not held:
        raise UnknownNameError("control", control, catalogue())
    done = evaluation(as_id, estate, _mode(fresh, stored), None)
    declared = declarations(load_settings())
    if json_out:
        told = [control_json(done, one, declared) for one in held]
        _json(told[0] if held == [control] else {"id": control, "controls": told})
        return
    for place, one in enumerate(held):
        if place:
            typer.echo()
        show_control(done, one, declared)


@app.command("prove")
def prove_command(
    out: Annotated[Path | None, typer.Option("--out", help="Write the report (JSON) to this file.")] = None,
    json_out: Json = False,
) -> None:
    """Run every check's mutants: it must fail where it must, and stay green where it must. Exit 1 if one does not.

    Examples:

        regent controls prove

        regent controls prove --out falsification.json
    """
    from agents.cli.controls_showing import show_proofs
    from agents.controlling import declarations
    from agents.settings import load_settings
    from policies.controls.falsification import falsify, report_bytes
    from tools.errors import RegentError

    report = falsify(declarations(load_settings()))
    if out is not None:
        try:
            out.write_bytes(report_bytes(report))
        except OSError as error:
            raise RegentError(f"The report cannot be written to {out}: {error.strerror}.") from error
    if json_out:
        _json(report.model_dump(mode="json"))
    else:
        show_proofs(report, out)
    raise typer.Exit(0 if report.valid == report.total else 1)


@app.command("attest")
def attest_command(
    document: Annotated[str, typer.Argument(help="Id or type of the document.", metavar="DOC")],
    as_id: Annotated[str, typer.Option("--as", help="The approver, as the principals file has them.", metavar="ID")],
    json_out: Json = False,
) -> None:
    """Approve a document of your own folder as it lies: recorded in the ledger, bound to the file's SHA-256.

    The approver is whom its front matter names, and never its owner. A later edit makes the document `changed`.

    Examples:

        regent controls attest ai-policy --as carla
    """
    from datetime import UTC

    from agents.home import Home
    from agents.ledgers import open_ledger
    from agents.sample_papers import documents_folder
    from agents.settings import load_settings
    from policies.access.principal import SHIPPED, people
    from policies.controls.attesting import attest, pick
    from policies.controls.documents import load_documents

    found = pick(load_documents(documents_folder(load_settings(), Home.find(), "sample")), document)
    who = principal(as_id)
    known = {one.id: names for one, names in people(load_settings().principals or SHIPPED)}
    with open_ledger() as ledger:
        index = attest(ledger, found, who, datetime.now(UTC), known.get(who.id, ()))
    if json_out:
        _json({"document": found.matter.id, "sha256": found.sha256, "approver": who.id, "record": index})
        return
    typer.echo(f"{found.matter.id} {found.matter.version} is attested by {who.id}: record {index}")
    typer.echo(f"  sha256 {found.sha256}")


@app.command("soa")
def soa_command(
    out: Annotated[Path | None, typer.Option("--out", help="Write to this file: .xlsx or .html.")] = None,
    as_id: As = "local",
    estate: WhichEstate = EstateChoice.sample,
    stored: Stored = False,
    json_out: Json = False,
) -> None:
    """The Statement of Applicability: decisions from `soa.yaml`, statuses computed.

    Examples:

        regent controls soa --out soa.xlsx

        regent controls soa --out soa.html

        regent controls soa --json
    """
    from agents.cli.controls_showing import show_soa
    from agents.controlling import statement
    from agents.settings import load_settings
    from policies.controls.statement import COLUMNS, rows, write
    from tools.errors import RegentError

    if out is not None and out.suffix not in (".xlsx", ".html"):
        raise typer.BadParameter(f"{out.name} ends in {out.suffix or 'nothing'}; write .xlsx or .html.")
    decided = statement(load_settings())
    done = evaluation(as_id, estate, _mode(False, stored), None)
    table = rows(decided, done.statuses)
    if out is not None:
        try:
            write(out, decided, table)
        except OSError as error:
            raise RegentError(f"The statement cannot be written to {out}: {error.strerror}.") from error
    if json_out:
        _json(
            {
                "statement": decided.matter.model_dump(mode="json"),
                "rows": [dict(zip(COLUMNS, r, strict=True)) for r in table],
            }
        )
    elif out is not None:
        typer.echo(f"{out}: {len(table)} controls")
    else:
        show_soa(table)


def evaluation(as_id: str, estate: EstateChoice, mode: Mode, since: datetime | None) -> Evaluation:
    """Evaluate for a local principal."""
    from datetime import UTC

    from agents.controlling import open_controlling
    from policies.controls.run import run

    start = since.replace(tzinfo=UTC) if since is not None else None
    with open_controlling(principal(as_id), estate=estate.value, since=start) as opened:
        return run(opened.scene, opened.store, mode=mode)


def principal(as_id: str) -> Principal:
    """The local principal of this id. UnknownPrincipalError when there is none."""
    from agents.settings import load_settings
    from policies.access import local_principal
    from policies.access.principal import SHIPPED

    return local_principal(as_id, load_settings().principals or SHIPPED)


def _mode(fresh: bool, stored: bool) -> Mode:
    if fresh and stored:
        raise typer.BadParameter("--fresh collects all, --stored nothing; choose one.")
    return "fresh" if fresh else "stored" if stored else "reuse"


def _json(value: Any) -> None:
    import json

    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
