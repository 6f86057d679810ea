"""Rules about the app as a whole: what must exist, where it goes, and that its parts name each other rightly."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from infra.checks.assembly import Assembly, Stack, imported
from infra.checks.finding import Finding
from policies.controls.declared import Declared
from policies.controls.predicates import as_list, dig
from policies.controls.rules.base import mentions, strings

FUNCTION, RUNTIME = "AWS::Lambda::Function", "AWS::BedrockAgentCore::Runtime"
ALARM, PARAMETER, ROUND = "AWS::CloudWatch::Alarm", "AWS::SSM::Parameter", "AWS::Events::Rule"
VERIFIES, WATCHES = "agents.rounds.verifying.handler", "agents.rounds.watching.handler"
_REGION = re.compile(r"\b(?:us|eu|ap|ca|sa|me|af|il|mx)-(?:gov-)?(?:north|south|east|west|central)+\w*-\d\b")
_HOURS = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_PER_HOUR = {"minute": 1 / 60, "hour": 1, "day": 24}


def by_app(assembly: Assembly, declared: Declared) -> Iterator[Finding]:
    """All that is wrong with the app as a whole."""
    yield from _places(assembly, declared)
    yield from _alarms(assembly, declared)
    yield from _switch(assembly)
    yield from _settings(assembly, declared)
    yield from _rounds(assembly, declared)
    yield from _imports(assembly)
    for key in assembly.lookups:
        said = f"The CDK would look up {key}: what is deployed is not what was checked."
        yield found("looked-up", said, ("8.1",))


def _places(assembly: Assembly, declared: Declared) -> Iterator[Finding]:
    for stack in assembly.stacks:
        if stack.region not in declared.regions:
            said = (
                f"The stack would be deployed to {stack.region or 'any region'}, declared are {list(declared.regions)}."
            )
            yield found("wrong-region", said, ("A.4.5",), stack)
        if not stack.account.isdigit():
            yield found("any-account", "The stack would go to whatever account is signed in.", ("8.1",), stack)
        if not stack.protected:
            yield found("may-be-deleted", "The stack has no termination protection.", ("8.1",), stack)
        for path, rule in stack.acknowledged:
            said = f"{path} acknowledges {rule} by itself; accept it in infra/checks/accepted.yaml, with a control."
            yield found("acknowledged", said, ("8.1",), stack)


def _alarms(assembly: Assembly, declared: Declared) -> Iterator[Finding]:
    there = {one.get("AlarmName") for _, _, one in assembly.resources(ALARM)}
    for name in declared.alarms:
        if f"regent-{name}" not in there:
            yield found("no-alarm", f"There is no alarm regent-{name}, which is declared.", ("A.6.2.6",))
    for stack, logical, one in assembly.resources(ALARM):
        silence = one.get("AlarmName") == "regent-ledger-not-advancing" and one.get("TreatMissingData") != "breaching"
        if silence:
            yield found("silence-is-well", "A ledger that is silent raises no alarm.", ("A.6.2.8",), stack, logical)


def _switch(assembly: Assembly) -> Iterator[Finding]:
    there = {str(one.get("Name")) for _, _, one in assembly.resources(PARAMETER)}
    if f"/regent/{assembly.environment}/stop" not in there:
        yield found("no-switch", "There is no kill switch: no parameter that stops Regent.", ("A.9.2",))
    for stack, logical, variables in settings_of(assembly):
        named = variables.get("REGENT_SWITCH_PARAMETER")
        if "REGENT_ESTATE" in variables and not (isinstance(named, str) and named in there):
            said = f"It reads the kill switch {named!r}, which no stack makes."
            yield found("other-switch", said, ("A.9.2",), stack, logical)


def _settings(assembly: Assembly, declared: Declared) -> Iterator[Finding]:
    """What answers must not invent, and names no region but declared ones."""
    for stack, logical, variables in settings_of(assembly):
        estate, model = variables.get("REGENT_ESTATE", "aws"), variables.get("REGENT_MODEL", "")
        if estate != "aws" or model == "offline":
            said = f"It would answer from the estate {estate!r} with the model {model!r}: invented figures."
            yield found("invents", said, ("A.7.4",), stack, logical)
        if "REGENT_ESTATE" in variables and not variables.get("REGENT_LEDGER_BUCKET"):
            yield found("no-ledger", "It answers, and its ledger goes nowhere.", ("A.6.2.8",), stack, logical)
        for region in sorted({r for text in strings(variables) for r in _REGION.findall(text)}):
            if region not in declared.regions:
                said = f"It is set to use {region}, declared are {list(declared.regions)}."
                yield found("leaves", said, ("A.4.5",), stack, logical)


def _rounds(assembly: Assembly, declared: Declared) -> Iterator[Finding]:
    """The ledger is verified and the controls are watched on schedule, as often as declared."""
    if _every(assembly, VERIFIES) > declared.verified_every_hours:
        said = f"Nothing verifies the ledger every {declared.verified_every_hours} hours."
        yield found("not-verified", said, ("A.6.2.8",))
    if _every(assembly, WATCHES) > declared.evidence_hours:
        said = f"Nothing evaluates the controls every {declared.evidence_hours} hours, after which evidence is too old."
        yield found("not-watched", said, ("9.1",))


def _every(assembly: Assembly, handler: str) -> float:
    """The hours after which the function with this handler is called again; infinite where no schedule calls it."""
    run = {(stack.name, name) for stack, name, one in assembly.resources(FUNCTION) if one.get("Handler") == handler}
    often = [
        _hours(str(one.get("ScheduleExpression")))
        for stack, _, one in assembly.resources(ROUND)
        if one.get("State", "ENABLED") == "ENABLED"
        and any((stack.name, name) in run for target in as_list(one.get("Targets")) for name in mentions(target))
    ]
    return min(often, default=float("inf"))


def _imports(assembly: Assembly) -> Iterator[Finding]:
    """What a stack imports, another one exports."""
    exported = {
        dig(output, "Export.Name")
        for stack in assembly.stacks
        for output in (stack.template.get("Outputs") or {}).values()
    }
    for stack in assembly.stacks:
        for logical, resource in stack.resources.items():
            for name in sorted(set(imported(resource)) - exported):
                said = f"It imports {name}, which no stack of the app exports."
                yield found("no-export", said, ("8.1",), stack, logical)


def settings_of(assembly: Assembly) -> Iterator[tuple[Stack, str, Mapping[str, Any]]]:
    """The environment of each of our functions and runtimes."""
    for stack, logical, one in assembly.resources(FUNCTION, RUNTIME):
        found = one.get("EnvironmentVariables") or dig(one, "Environment.Variables") or {}
        if any(key.startswith("REGENT_") for key in found):
            yield stack, logical, found


def _hours(expression: str) -> float:
    """Hours between rounds; a cron expression is not read, and counts as never."""
    match = _HOURS.fullmatch(expression)
    return int(match[1]) * _PER_HOUR[match[2]] if match else float("inf")


def found(
    reason: str, why: str, controls: tuple[str, ...], stack: Stack | None = None, logical: str | None = None
) -> Finding:
    """A finding about the app as a whole, or about one resource of a stack."""
    return Finding(
        rule=f"app/{reason}",
        stack=stack.name if stack else "",
        resource=stack.path(logical) if stack and logical else "",
        why=why,
        controls=controls,
        source="app",
    )
