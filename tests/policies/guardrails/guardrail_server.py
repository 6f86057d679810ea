"""A local server that speaks ApplyGuardrail, as botocore's model of it says; tests script what it finds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.agents.models.servers.base import Handler, ModelServer
from tests.agents.models.servers.steps import Refuse

Found = dict[str, Any] | Refuse | str
Find = Callable[[str, dict[str, Any]], Found]
_USAGE = dict.fromkeys(
    (
        "topicPolicyUnits",
        "contentPolicyUnits",
        "wordPolicyUnits",
        "sensitiveInformationPolicyUnits",
        "sensitiveInformationPolicyFreeUnits",
        "contextualGroundingPolicyUnits",
    ),
    1,
)


def passed(text: str = "", **more: Any) -> dict[str, Any]:
    """What Bedrock answers when nothing is wrong; `more` goes into the assessment."""
    return {
        "usage": _USAGE,
        "action": "NONE",
        "outputs": [],
        "assessments": [{**more, "appliedGuardrailDetails": {"guardrailVersion": "7"}}],
        "guardrailCoverage": {"textCharacters": {"guarded": len(text), "total": len(text)}},
    }


def blocked(**policies: Any) -> dict[str, Any]:
    """What Bedrock answers when it blocks."""
    return {**passed(**policies), "action": "GUARDRAIL_INTERVENED", "outputs": [{"text": "Blocked by policy."}]}


def masked(text: str, kind: str, match: str) -> dict[str, Any]:
    """What Bedrock answers when it masks one entity."""
    entity = {"type": kind, "match": match, "action": "ANONYMIZED", "detected": True}
    found = passed(text, sensitiveInformationPolicy={"piiEntities": [entity], "regexes": []})
    return {**found, "action": "GUARDRAIL_INTERVENED", "outputs": [{"text": text.replace(match, f"{{{kind}}}")}]}


class GuardrailServer(ModelServer):
    """Answers every request with what `find(text, body)` returns: an answer, a refusal, or `hang`."""

    def __init__(self, find: Find = lambda text, body: passed(text)) -> None:
        super().__init__()
        self._find = find

    def reply(self, handler: Handler, body: Any) -> None:
        blocks = [block["text"] for block in body["content"]]
        guarded = [b["text"] for b in blocks if "guard_content" in b.get("qualifiers", ["guard_content"])]
        found = self._find("".join(guarded), body)
        if found == "hang":
            self.stopping.wait(30)
            handler.close_connection = True
            return
        if isinstance(found, Refuse):
            handler.whole(found)
            return
        import json

        handler.whole(Refuse(200, json.dumps(found), content_type="application/json"))

    @property
    def sent(self) -> str:
        """Every text that was sent, in one."""
        return "\n".join(block["text"]["text"] for r in self.requests for block in r["body"]["content"])
