"""Rules about trust: who may take on which role, what it may do to roles, and whom a process that answers believes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from infra.checks.app import FUNCTION, RUNTIME, WATCHES, found, settings_of
from infra.checks.assembly import Assembly
from infra.checks.finding import Finding
from policies.controls.declared import Declared
from policies.controls.predicates import as_list, dig
from policies.controls.rules.base import strings, tag

ROLE, POLICIES = "AWS::IAM::Role", ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")
ROOT = Path(__file__).parents[2]
_ACCOUNT = re.compile(r"(?<!\d)\d{12}(?!\d)")
_OURS = ("agents.", "policies.", "tools.", "infra.")
_FOR_OTHERS = {"bedrock-agentcore.amazonaws.com", "bedrock.amazonaws.com"}
"""Services that act for whoever asks them: a role says for which account."""
_MAKES_RIGHTS = re.compile(r"iam:(\*|Add|Attach|Create|Delete|Detach|Put|Remove|Set|Tag|Untag|Update)", re.IGNORECASE)


def by_trust(assembly: Assembly, declared: Declared) -> Iterator[Finding]:
    """All that is wrong with whom our roles and processes trust."""
    ids = set()
    for stack, logical, one in assembly.resources(ROLE):
        at = (stack, logical)
        if as_list(one.get("ManagedPolicyArns")) and _of_aws(one):
            yield found("rights-of-aws", "It has a policy that AWS writes, and may change.", ("A.9.2",), *at)
        yield from _makes_rights([dig(p, "PolicyDocument") for p in as_list(one.get("Policies"))], *at)
        for statement in as_list(dig(one, "AssumeRolePolicyDocument.Statement")):
            yield from _trusted(statement, {s.account for s in assembly.stacks}, *at)
        if tag(one, "regent:purpose") == "reader":
            said = json.dumps(one.get("AssumeRolePolicyDocument"))
            ids |= set(re.findall(r'"sts:ExternalId": "([^"]+)"', said))
            if '"aws:PrincipalOrgID"' not in said:
                yield found("any-organisation", "Whoever takes it on may be of another organisation.", ("A.9.2",), *at)
    for stack, logical, one in assembly.resources(*POLICIES):
        yield from _makes_rights([one.get("PolicyDocument")], stack, logical)
    yield from _believed(assembly, declared, ids)
    yield from _code(assembly)


def _of_aws(role: Mapping[str, Any]) -> bool:
    return any("iam::aws:policy/" in text for text in strings(role.get("ManagedPolicyArns")))


def _makes_rights(documents: list[Any], *at: Any) -> Iterator[Finding]:
    """A process that may write policies has every right there is."""
    for document in documents:
        for statement in as_list(dig(document or {}, "Statement")):
            actions = [str(action) for action in as_list(statement.get("Action"))]
            if statement.get("Effect") == "Allow" and any(_MAKES_RIGHTS.match(action) for action in actions):
                yield found(
                    "makes-rights", "It may write policies or roles, and so give itself any right.", ("A.9.2",), *at
                )


def _trusted(statement: Mapping[str, Any], ours: set[str], *at: Any) -> Iterator[Finding]:
    principal, conditions = statement.get("Principal"), json.dumps(statement.get("Condition") or {})
    named = principal if isinstance(principal, dict) else {"AWS": principal}
    text = " ".join(strings(named.get("AWS")))
    for account in sorted(set(_ACCOUNT.findall(text)) - ours):
        yield found(
            "trusts-another", f"The account {account}, which has no stack of ours, may take it on.", ("A.9.2",), *at
        )
    services = set(strings(named.get("Service")))
    if services & _FOR_OTHERS and "aws:SourceAccount" not in conditions:
        said = "The service may take it on for somebody else's resources: there is no aws:SourceAccount."
        yield found("confused-deputy", said, ("A.9.2",), *at)


def _believed(assembly: Assembly, declared: Declared, ids: set[str]) -> Iterator[Finding]:
    """Whom and what a process that answers is set to believe."""
    for stack, logical, given in settings_of(assembly):
        at = (stack, logical)
        if "REGENT_ESTATE" not in given:
            continue
        if ids and given.get("REGENT_EXTERNAL_ID") not in ids:
            yield found("other-external-id", "It sends an external id that no reader role expects.", ("A.9.2",), *at)
        watches = dig(stack.resources[logical], "Properties.Handler") == WATCHES
        if given.get("REGENT_LEDGER_ACKNOWLEDGE") != "bucket" and not watches:
            said = "Its records are durable on its own disk only, which goes with the session."
            yield found("ledger-on-disk", said, ("A.6.2.8",), *at)
        if int(given.get("REGENT_LEDGER_RETAIN_DAYS") or 0) < declared.object_lock_days:
            said = f"Its records are locked for less than the declared {declared.object_lock_days} days."
            yield found("ledger-unlocked", said, ("A.6.2.8",), *at)
    for stack, logical, one in assembly.resources(RUNTIME):
        address = dig(one, "AuthorizerConfiguration.CustomJWTAuthorizer.DiscoveryUrl")
        believed = dig(one, "EnvironmentVariables.REGENT_IDENTITY__OIDC")
        if isinstance(address, str) and isinstance(believed, str):
            issuer = json.loads(believed).get("issuer", "")
            if address != f"{issuer}/.well-known/openid-configuration":
                said = f"Its authorizer takes tokens of {address}, and our code believes {issuer}."
                yield found("other-issuer", said, ("A.9.2",), stack, logical)


def _code(assembly: Assembly) -> Iterator[Finding]:
    """What a function starts is there, for the processor that its package was built for."""
    for stack, logical, one in assembly.resources(FUNCTION):
        module, _, name = str(one.get("Handler")).rpartition(".")
        if not module.startswith(_OURS):
            continue
        file = ROOT / f"{module.replace('.', '/')}.py"
        if not file.is_file() or not re.search(rf"^(def {name}\(|{name}\b.*=)", file.read_text("utf-8"), re.MULTILINE):
            yield found("no-handler", f"It starts {module}.{name}, which does not exist.", ("8.1",), stack, logical)
        if one.get("Architectures") != ["arm64"]:
            yield found(
                "other-processor", "The package is built for arm64, and it runs on another.", ("8.1",), stack, logical
            )
