"""The gate: a Cedar decision in front of every query call. Default deny, and no decision without a reason."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from policies.access.circumstances import Circumstances
from policies.access.decision import Decision, Outcome, call_sha256
from policies.access.entities import call_of, person_of
from policies.access.policyset import PolicyFile, check, digest, joined, read_files, rules_of, shipped_files
from policies.access.principal import Principal
from policies.access.schema import cedar_input, cedar_schema
from tools.accounts import Directory
from tools.errors import RegentError
from tools.registry import Query

if TYPE_CHECKING:
    from cedarpy import Entities

REGIONS = ("eu-west-1", "eu-central-1", "us-east-1")
"""Where Regent may look unless a company says otherwise."""


class DeniedError(RegentError):
    """The gate denied a query call. Nothing was sent to AWS."""


class ApprovalNeededError(DeniedError):
    """A query call waits for a second person's approval. Nothing was sent to AWS."""


class Gate:
    """Decides with one parsed policy set. Safe to share between threads.

    `regions` are those the house allows at all.

    Raises:
        PolicyError: a policy cannot be used; the sentence names file, line and reason.
    """

    def __init__(
        self, files: Sequence[PolicyFile], queries: Iterable[Query], *, regions: tuple[str, ...] = REGIONS
    ) -> None:
        import cedarpy

        schema = cedar_schema(queries)
        self.rules = rules_of(files)
        """Every policy, in the order of the files."""
        self._schema = cedarpy.Schema.from_str(schema)
        self._actions = cedarpy.Entities.from_json_str("[]", self._schema)
        """The actions and their groups, from the schema."""
        check(self.rules, self._schema)
        text = joined(self.rules)
        self._policies = cedarpy.PolicySet.from_str(text)
        self._says = {rule.id: rule.says for rule in self.rules}
        self.regions = regions
        self.reads_units = ".units" in text
        """Whether a policy looks at organisational units, which are read only then or for somebody limited to some."""
        self.sha256 = digest(files)
        """Over the policy files."""
        self.schema_sha256 = hashlib.sha256(schema.encode()).hexdigest()

    def decide(
        self,
        principal: Principal,
        query: Query,
        given: dict[str, Any],
        everyone: Directory,
        context: Circumstances,
        regions: Iterable[str] = (),
    ) -> Decision:
        """Decide whether the principal may run this call now.

        `given` are the parsed inputs, `everyone` is the whole directory (scope is checked here, not assumed), and
        `regions` are those in which the call would look. An account that does not exist and one outside the scope get
        the same answer, so a denial teaches nothing.
        """
        resource = call_of(principal, query, given, everyone, regions)
        facts = {**asdict(context), "regions": list(self.regions), "input": cedar_input(query, given)}
        return self._decided("ask", principal, query, given, resource, facts, person_of(principal, everyone))

    def may_approve(
        self,
        approver: Principal,
        asker: Principal,
        query: Query,
        given: dict[str, Any],
        everyone: Directory,
        context: Circumstances,
        regions: Iterable[str] = (),
    ) -> Decision:
        """Decide whether `approver` may approve that `asker` runs this call; never `needs_approval`.

        `context` are the approver's circumstances; the resource is what the call would touch for the asker.
        """
        resource = call_of(asker, query, given, everyone, regions)
        facts = {
            **asdict(context),
            "regions": list(self.regions),
            "asker": {"id": asker.id, **person_of(asker, everyone)},
            "asker_assurance": asker.assurance,
        }
        return self._decided("approve", approver, query, given, resource, facts, person_of(approver, everyone))

    def again(
        self,
        action: str,
        principal_id: str,
        principal: dict[str, Any],
        query: str,
        resource: dict[str, Any],
        context: dict[str, Any],
    ) -> tuple[Outcome, tuple[str, ...], str]:
        """Outcome, policies and reason from the attributes of a recorded decision: the same policies say the same.

        Outcome and policies are what Cedar says of just these attributes. The reason of a denial leaves out an approval
        that would not help, so it is what is still in the way once a second person has approved.
        """
        person, estate = {"type": "Regent::Person", "id": principal_id}, {"type": "Regent::Estate", "id": "call"}
        entities = [
            {"uid": person, "attrs": principal, "parents": []},
            {"uid": estate, "attrs": resource, "parents": []},
        ]
        if action == "approve":
            asker = {"type": "Regent::Person", "id": context["asker"]["id"]}
            if asker != person:
                attributes = {key: value for key, value in context["asker"].items() if key != "id"}
                entities.append({"uid": asker, "attrs": attributes, "parents": []})
            context = {key: value for key, value in context.items() if key != "approved"}
            context["asker"] = {"__entity": asker}
        # Parsed once, because a denial is asked about twice. An attribute that is missing or of another type makes a
        # policy fail, which counts as no.
        known = self._actions.with_added_json_str(orjson.dumps(entities).decode())
        name = query if action == "ask" else action
        request = {"principal": person, "action": {"type": "Regent::Action", "id": name}, "resource": estate}
        nobody = f"No policy lets a {principal['role']} {f'run {query}' if action == 'ask' else f'approve {query}'}."
        said = self._ask(request, context, known, nobody)
        # Only a denial is asked about once more, as if a second person had approved: what then passes needs just that,
        # and what does not is denied for what is said then.
        if said[0] == "allow" or action != "ask" or context["approved"]:
            return said
        hypothetical = self._ask(request, {**context, "approved": True}, known, nobody)
        return ("needs_approval", *said[1:]) if hypothetical[0] == "allow" else (*said[:2], hypothetical[2])

    def _decided(
        self,
        action: str,
        principal: Principal,
        query: Query,
        given: dict[str, Any],
        resource: dict[str, Any],
        context: dict[str, Any],
        person: dict[str, Any],
    ) -> Decision:
        outcome, policies, reason = self.again(action, principal.id, person, query.name, resource, context)
        return Decision(
            action=action,
            query=query.name,
            input=given,
            input_sha256=call_sha256(query.name, given),
            accounts=tuple(resource["accounts"]),
            outcome=outcome,
            policies=policies,
            reason=reason,
            principal=person,
            resource=resource,
            context=context,
            policies_sha256=self.sha256,
            schema_sha256=self.schema_sha256,
        )

    def _ask(
        self, request: dict[str, Any], context: dict[str, Any], known: Entities, nobody: str
    ) -> tuple[Outcome, tuple[str, ...], str]:
        import cedarpy

        asked = {**request, "context": orjson.dumps(context).decode()}
        result = cedarpy.is_authorized(asked, self._policies, known, self._schema)
        errors = list(result.diagnostics.errors)
        allowed = result.allowed and not errors
        names = result.diagnostics.id_annotations_by_reason
        deciding = tuple(sorted(names[policy] for policy in result.diagnostics.reasons))
        reason = _reason(allowed, [self._says[name] for name in deciding], errors, nobody)
        return "allow" if allowed else "deny", deciding, reason


@cache
def shipped_gate() -> Gate:
    """The gate with the policies that ship, validated against all known queries."""
    from tools.catalogue import queries

    return Gate(shipped_files(), queries().values())


def company_gate(added: Iterable[Path], regions: tuple[str, ...]) -> Gate:
    """The gate with the shipped policies and a company's own files or folders added to them.

    Raises:
        PolicyError: a policy cannot be used; the sentence names file, line and reason.
    """
    from tools.catalogue import queries

    return Gate((*shipped_files(), *read_files(added)), queries().values(), regions=regions)


def _reason(allowed: bool, said: list[str], errors: list[str], nobody: str) -> str:
    if errors:
        return "A policy could not be evaluated, which counts as no."
    if allowed:
        return "; ".join(said)
    if said:
        return f"{'; '.join(said)}."[:1].upper() + f"{'; '.join(said)}."[1:]
    return nobody
