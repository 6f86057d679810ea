"""`regent access`: who may run what, why, and what a change of the policies would change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from agents.cli.commands import Commands
from agents.cli.options import As, EstateChoice, Json, WhichEstate

if TYPE_CHECKING:
    from policies.access import Decision, Gate, Principal
    from policies.access.comparing import Comparison

app = Commands(
    help="Who may run what, and why; what a change of the policies would change.",
    no_args_is_help=True,
    epilog="Example: `regent access matrix`, or `regent access explain --query spend --as bram`",
)
Policies = Annotated[
    Path | None,
    typer.Option("--policies", help="Decide with this file or folder alone, instead of what is set.", metavar="PATH"),
]
_EXITS = {"allow": 0, "deny": 3, "needs_approval": 5}


@app.command("explain")
def explain(
    query: Annotated[str, typer.Option("--query", help="The query, as `regent queries` lists it.", metavar="NAME")],
    given: Annotated[str, typer.Option("--input", help="Its inputs as a JSON object.", metavar="JSON")] = "{}",
    as_id: As = "local",
    reason: Annotated[str, typer.Option("--reason", help="Why they want to know.", metavar="TEXT")] = "a reason",
    approved: Annotated[bool, typer.Option("--approved", help="As if a second person had approved it.")] = False,
    estate: WhichEstate = EstateChoice.sample,
    policies: Policies = None,
    json_out: Json = False,
) -> None:
    """Say whether somebody may run a query, by which policies, and what it would touch. Nothing is asked of AWS.

    Examples:

        regent access explain --as anna --query findings

        regent access explain --as bram --query spend --input '{"top": 5}'

    Exit codes: 0 allowed, 3 denied, 5 needs approval.
    """
    from agents.cli.audit_common import show
    from policies.access.explaining import deciding, sentence

    person, gate, decision = _decide(query, given, as_id, reason, approved, estate.value, policies)
    rules = deciding(gate, decision)
    plain = {
        "principal": {"id": person.id, "role": person.role, "assurance": person.assurance},
        "query": decision.query,
        "input": decision.input,
        "outcome": decision.outcome,
        "reason": decision.reason,
        "policies": [
            {"id": r.id, "effect": r.effect, "says": r.says, "file": r.file, "line": r.line, "shipped": r.shipped}
            for r in rules
        ],
        "resource": decision.resource,
        "context": {key: value for key, value in decision.context.items() if key != "input"},
        "policies_sha256": decision.policies_sha256,
    }
    lines = [sentence(person, decision), ""]
    lines += [f"  {r.effect}  {r.id}  ({Path(r.file).name}, line {r.line}): {r.says}" for r in rules]
    if not rules:
        lines.append("  No policy permits it; what no policy permits does not happen.")
    resource = decision.resource
    touches = {
        "accounts": len(resource["accounts"]) or "none",
        "data": resource["data_class"],
        "domain": resource["domain"],
        "regions": ", ".join(resource["regions"]) or "none",
    }
    lines += ["", "It would touch: " + "; ".join(f"{name} {value}" for name, value in touches.items()) + "."]
    show(plain, json_out, "\n".join(lines))
    raise typer.Exit(_EXITS[decision.outcome])


@app.command("matrix")
def matrix_command(policies: Policies = None, json_out: Json = False) -> None:
    """Show which role may run which query, for people without other limits, with the default inputs and a reason.

    Examples:

        regent access matrix

        regent access matrix --policies my-policies/ --json
    """
    from agents.cli.audit_common import show
    from agents.cli.tables import screen, show_table
    from policies.access.explaining import ROLES, WORDS, matrix
    from tools.catalogue import queries

    found = matrix(_gate(policies), queries())
    if json_out:
        show({"matrix": found}, True, "")
        return
    show_table(
        screen(), ("Query", *ROLES), [(name, *(WORDS[by[role]] for role in ROLES)) for name, by in found.items()]
    )


@app.command("policies")
def policies_command(policies: Policies = None, json_out: Json = False) -> None:
    """List every rule that counts: what it permits or forbids, in plain words, and where it stands.

    Examples:

        regent access policies

        regent access policies --json
    """
    from agents.cli.audit_common import show

    gate = _gate(policies)
    plain = [
        {"id": r.id, "effect": r.effect, "says": r.says, "file": r.file, "line": r.line, "shipped": r.shipped}
        for r in gate.rules
    ]
    lines = [
        f"{r.effect}  {r.id}  ({'shipped' if r.shipped else 'yours'}: {Path(r.file).name}, line {r.line})\n"
        f"        {r.says}"
        for r in gate.rules
    ]
    show({"policies": plain, "sha256": gate.sha256}, json_out, "\n".join(lines))


@app.command("diff")
def diff(
    before: Annotated[str, typer.Argument(help="`current`, `shipped`, or a policy file or folder.", metavar="A")],
    after: Annotated[str, typer.Argument(help="The same, after the change.", metavar="B")],
    added: Annotated[
        bool, typer.Option("--added", help="Files and folders are added to the shipped policies, as yours are.")
    ] = False,
    ledger: Annotated[Path | None, typer.Option("--ledger", help="Ledger directory.")] = None,
    json_out: Json = False,
) -> None:
    """Decide every recorded call under both policies, and show what would be decided differently.

    Examples:

        regent access diff current my-policies/ --added

        regent access diff policies/access ../branch/policies/access --json
    """
    from dataclasses import asdict

    from agents.cli.audit_common import open_reader, show
    from policies.access.comparing import compare
    from policies.access.replay import recorded

    gates = [_named(name, added) for name in (before, after)]
    found = compare(gates[0], gates[1], recorded(open_reader(ledger).read()))
    plain = {**asdict(found), "before_sha256": gates[0].sha256, "after_sha256": gates[1].sha256}
    show(plain, json_out, _told(found))


@app.command("projection")
def projection(
    gateway: Annotated[str, typer.Option("--gateway", help="ARN of the AgentCore gateway.", metavar="ARN")],
    target: Annotated[str, typer.Option("--target", help="Name of the gateway's target.")] = "regent",
    iam: Annotated[bool, typer.Option("--iam", help="For a gateway that authenticates with IAM, not OAuth.")] = False,
    policies: Policies = None,
    json_out: Json = False,
) -> None:
    """Print the policies for AgentCore Gateway's policy engine, and what it cannot be told.

    Examples:

        regent access projection --gateway ARN

        regent access projection --gateway ARN --target regent --json
    """
    from agents.cli.audit_common import show
    from policies.access.projection import project
    from tools.catalogue import queries

    kind: Literal["IamEntity", "OAuthUser"] = "IamEntity" if iam else "OAuthUser"
    found = project(_gate(policies).rules, queries().values(), gateway=gateway, target=target, principal=kind)
    plain = {
        "statements": [{"name": one.name, "text": one.text} for one in found.statements],
        "unsaid": [{"rule": o.rule, "says": o.says, "conditions": list(o.conditions)} for o in found.unsaid],
    }
    lines = [found.text, "", "// Decided by the gate in the target, because the gateway cannot be told:"]
    lines += [f"//   {one.rule}: {'; '.join(one.conditions)}" for one in found.unsaid]
    show(plain, json_out, "\n".join(lines), verbatim=True)


def _told(found: Comparison) -> str:
    import json

    words = {"allow": "newly allowed", "deny": "newly denied", "needs_approval": "would need approval"}
    lines = [f"{found.calls} recorded calls decided again, {len(found.changes)} kinds of call change."]
    if found.gone:
        lines.append(f"{found.gone} more are of queries that exist no more.")
    for outcome, said in words.items():
        for change in (c for c in found.changes if c.after == outcome):
            kept = {key: value for key, value in change.input.items() if value is not None}
            times = len(change.records)
            lines += [
                "",
                f"{said}: {change.principal} ({change.role}) {change.query} {json.dumps(kept, ensure_ascii=False)}",
                f"  {times} time{'s' if times > 1 else ''}, before: {change.before}; by "
                f"{', '.join(change.because) or 'no policy'}: {change.reason}",
                f"  record{'s' if times > 1 else ''} {', '.join(map(str, change.records[:8]))}"
                f"{' and more' if times > 8 else ''}",
            ]
    return "\n".join(lines)


def _decide(
    query: str, given: str, as_id: str, reason: str, approved: bool, estate: str, policies: Path | None
) -> tuple[Principal, Gate, Decision]:
    import json

    from agents.estates import open_estate
    from agents.home import Home
    from agents.local import asker
    from agents.settings import load_settings
    from policies.access import Circumstances, hour_of
    from policies.access.scope import narrowed
    from tools.catalogue import find
    from tools.errors import InputError
    from tools.receipts import UnkeptReceipts

    settings, home, known = load_settings(), Home.find(), find(query)
    person, gate = asker(settings, as_id, aws=estate == "aws"), _gate(policies)
    try:
        inputs = json.loads(given)
    except ValueError as error:
        raise InputError(
            f'--input is not JSON ({error}); write for instance \'{{"accounts": "data-prod"}}\'.'
        ) from None
    if not isinstance(inputs, dict):
        raise InputError('--input is not a JSON object; write for instance \'{"accounts": "data-prod"}\'.')
    parsed = narrowed(person, known, known.parse(inputs))
    with open_estate(estate, home, settings) as opened:
        everyone = opened.directory(UnkeptReceipts(), units=person.units is not None or gate.reads_units)
        hour = hour_of(opened.clock())
        context = Circumstances(assurance=person.assurance, hour=hour, reason=reason, approved=approved)
        return person, gate, gate.decide(person, known, parsed, everyone, context, opened.regions)


def _gate(policies: Path | None) -> Gate:
    return _named("current" if policies is None else str(policies), added=False)


def _named(name: str, added: bool) -> Gate:
    from agents.settings import load_settings
    from policies.access import Gate, company_gate
    from policies.access.policyset import read_files
    from tools.catalogue import queries

    settings = load_settings()
    regions = settings.allowed_regions or settings.regions
    if name == "current":
        return company_gate(settings.policies, regions)
    if name == "shipped" or added:
        return company_gate([] if name == "shipped" else [Path(name)], regions)
    return Gate(read_files([Path(name)]), queries().values(), regions=regions)
