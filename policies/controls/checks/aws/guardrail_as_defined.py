"""The deployed guardrail holds what the definition says: no topic, filter or entity fewer, none switched off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put
from policies.controls.needs import aws, repository
from policies.controls.predicates import dig

_STRENGTHS = ("NONE", "LOW", "MEDIUM", "HIGH")
_GUARDRAIL: dict[str, Any] = {
    "guardrailId": "gr1",
    "version": "3",
    "topicPolicy": {"topics": [{"name": "Gambling advice", "inputEnabled": True, "inputAction": "BLOCK"}]},
    "contentPolicy": {
        "filters": [{"type": "HATE", "inputStrength": "MEDIUM", "outputStrength": "HIGH", "inputEnabled": True}]
    },
    "sensitiveInformationPolicy": {
        "piiEntities": [{"type": "EMAIL", "outputAction": "ANONYMIZE", "outputEnabled": True}],
        "regexes": [{"name": "dutch-bsn", "outputAction": "ANONYMIZE", "outputEnabled": True}],
    },
}
_DEFINITION = {
    "topics": ["Gambling advice"],
    "filters": {"HATE": {"input": "MEDIUM", "output": "MEDIUM"}},
    "personal": {"EMAIL": {"input": "mask", "output": "mask"}},
    "regexes": ["dutch-bsn"],
}


@check(
    "guardrail-as-defined",
    says="The deployed guardrail holds every topic, filter, entity and pattern of the definition, switched on",
    serves=("A.9.4", "8.1"),
    needs={"guardrails": aws.GUARDRAILS, "definition": repository.GUARDRAIL_DEFINITION},
    reasons={
        "topic-missing": "a denied topic of the definition is not denied",
        "filter-weaker": "a content filter is weaker than defined, or off",
        "entity-missing": "personal data that the definition masks or blocks passes",
        "pattern-missing": "a pattern of the definition is not looked for",
    },
    good={
        "guardrails": [Item(name="gr1:3", data=_GUARDRAIL)],
        "definition": [Item(name="guardrails.yaml", data=_DEFINITION)],
    },
    mutants=[
        Mutant("topic removed", "topic-missing", put("guardrails", "topicPolicy.topics", [])),
        Mutant("topic off", "topic-missing", put("guardrails", "topicPolicy.topics.0.inputEnabled", False)),
        Mutant("topic only noted", "topic-missing", put("guardrails", "topicPolicy.topics.0.inputAction", "NONE")),
        Mutant("filter lower", "filter-weaker", put("guardrails", "contentPolicy.filters.0.inputStrength", "LOW")),
        Mutant("filter only noted", "filter-weaker", put("guardrails", "contentPolicy.filters.0.outputAction", "NONE")),
        Mutant("filter gone", "filter-weaker", put("guardrails", "contentPolicy", None)),
        Mutant(
            "entity let through",
            "entity-missing",
            put("guardrails", "sensitiveInformationPolicy.piiEntities.0.outputAction", "NONE"),
        ),
        Mutant(
            "entity defined later",
            "entity-missing",
            put("definition", "personal.PHONE", {"input": "none", "output": "mask"}),
        ),
        Mutant(
            "entity only noted",
            "entity-missing",
            put("guardrails", "sensitiveInformationPolicy.piiEntities.0", {"type": "EMAIL", "action": "NONE"}),
        ),
        Mutant("pattern gone", "pattern-missing", put("guardrails", "sensitiveInformationPolicy.regexes", [])),
    ],
    benign=[
        Mutant(
            "a topic more",
            None,
            put("guardrails", "topicPolicy.topics", [*_GUARDRAIL["topicPolicy"]["topics"], {"name": "More"}]),
        ),
        Mutant(
            "an entity that may pass out",
            None,
            put("definition", "personal.ADDRESS", {"input": "mask", "output": "none"}),
        ),
    ],
)
def guardrail_as_defined(look: Look, guardrails: Sequence[Item], definition: Sequence[Item]) -> None:
    """At least what is defined; more is no fault."""
    for guardrail in guardrails:
        data = look.at(guardrail).data
        topics = {t["name"] for t in dig(data, "topicPolicy.topics") or [] if _on(t, "input")}
        filters = {f["type"]: f for f in dig(data, "contentPolicy.filters") or []}
        entities = {e["type"] for e in dig(data, "sensitiveInformationPolicy.piiEntities") or [] if _on(e, "output")}
        patterns = {r["name"] for r in dig(data, "sensitiveInformationPolicy.regexes") or [] if _on(r, "output")}
        for defined in definition:
            wanted = defined.data
            for topic in set(wanted["topics"]) - topics:
                look.fail("topic-missing", guardrail, topic)
            for kind, strengths in wanted["filters"].items():
                if any(_weaker(filters.get(kind, {}), side, strengths[side]) for side in ("input", "output")):
                    look.fail("filter-weaker", guardrail, kind)
            for kind in {k for k, v in wanted["personal"].items() if v["output"] != "none"} - entities:
                look.fail("entity-missing", guardrail, kind)
            for pattern in set(wanted["regexes"]) - patterns:
                look.fail("pattern-missing", guardrail, pattern)
    look.rest(definition)


def _on(part: dict[str, object], side: str) -> bool:
    """Whether a part of the guardrail acts on that side; what is not said is on, as Bedrock's defaults are."""
    action = part.get(f"{side}Action", part.get("action"))
    return part.get(f"{side}Enabled") is not False and action != "NONE"


def _weaker(found: dict[str, object], side: str, wanted: str) -> bool:
    if wanted == "NONE":
        return False
    strength = str(found.get(f"{side}Strength", "NONE")) if _on(found, side) else "NONE"
    return _STRENGTHS.index(strength) < _STRENGTHS.index(wanted)
