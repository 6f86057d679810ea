"""The guardrail for AWS, from the definition: the properties of `AWS::Bedrock::Guardrail` in CloudFormation.

A pure function, for `infra` to deploy. A guardrail is used by version, so `AWS::Bedrock::GuardrailVersion` belongs
beside it; its description carries the definition's version, so that a changed definition publishes a new one.
"""

from __future__ import annotations

from typing import Any

from policies.guardrails.definition import Action, Definition, load

_ACTIONS: dict[Action, str] = {"block": "BLOCK", "mask": "ANONYMIZE", "none": "NONE"}


def guardrail_properties(definition: Definition | None = None) -> dict[str, Any]:
    """The properties of `AWS::Bedrock::Guardrail` for a definition, as JSON values."""
    held = definition or load()
    properties: dict[str, Any] = {
        "Name": held.name,
        "Description": held.description,
        "BlockedInputMessaging": held.blocked_question,
        "BlockedOutputsMessaging": held.blocked_answer,
        "TopicPolicyConfig": {"TopicsConfig": _topics(held), "TopicsTierConfig": {"TierName": held.tier}},
        "ContentPolicyConfig": {"FiltersConfig": _filters(held), "ContentFiltersTierConfig": {"TierName": held.tier}},
        "WordPolicyConfig": _words(held),
        "SensitiveInformationPolicyConfig": {
            "PiiEntitiesConfig": [{"Type": entry.type, **_sensitive(entry)} for entry in held.personal],
            "RegexesConfig": [
                {
                    "Name": entry.name,
                    "Description": entry.description,
                    "Pattern": entry.pattern,
                    **_sensitive(entry),
                }
                for entry in held.regexes
            ],
        },
        "ContextualGroundingPolicyConfig": {
            "FiltersConfig": [
                {"Type": "GROUNDING", "Threshold": held.grounding.grounding, "Action": "BLOCK", "Enabled": True},
                {"Type": "RELEVANCE", "Threshold": held.grounding.relevance, "Action": "BLOCK", "Enabled": True},
            ]
        },
        "Tags": [{"Key": "regent:definition", "Value": held.version}],
    }
    if held.cross_region_profile:
        properties["CrossRegionConfig"] = {"GuardrailProfileArn": _profile(held.cross_region_profile)}
    return properties


def guardrail_template(definition: Definition | None = None) -> dict[str, Any]:
    """A whole CloudFormation template: the guardrail, a published version of it, and both as outputs."""
    held = definition or load()
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"Guardrail of Regent, definition {held.version}",
        "Resources": {
            "Guardrail": {"Type": "AWS::Bedrock::Guardrail", "Properties": guardrail_properties(held)},
            # a version cannot change, so a changed definition needs a resource of another name
            f"Version{held.version}": {
                "Type": "AWS::Bedrock::GuardrailVersion",
                "DeletionPolicy": "Retain",
                "UpdateReplacePolicy": "Retain",
                "Properties": {
                    "GuardrailIdentifier": {"Fn::GetAtt": ["Guardrail", "GuardrailId"]},
                    "Description": f"definition {held.version}",
                },
            },
        },
        "Outputs": {
            "GuardrailId": {"Value": {"Fn::GetAtt": ["Guardrail", "GuardrailId"]}},
            "GuardrailVersion": {"Value": {"Fn::GetAtt": [f"Version{held.version}", "Version"]}},
        },
    }


def _profile(name: str) -> dict[str, str]:
    """The profile's ARN in whichever account and region the template is deployed."""
    return {"Fn::Sub": f"arn:${{AWS::Partition}}:bedrock:${{AWS::Region}}:${{AWS::AccountId}}:guardrail-profile/{name}"}


def _topics(held: Definition) -> list[dict[str, Any]]:
    return [
        {
            "Name": topic.name,
            "Definition": topic.definition,
            "Examples": list(topic.examples),
            "Type": "DENY",
            # an answer about the estate may name what a question may not ask for, so topics are denied on their way in
            "InputAction": "BLOCK",
            "InputEnabled": True,
            "OutputAction": "NONE",
            "OutputEnabled": False,
        }
        for topic in held.topics
    ]


def _filters(held: Definition) -> list[dict[str, Any]]:
    return [
        {
            "Type": entry.type,
            "InputStrength": entry.input,
            "OutputStrength": entry.output,
            "InputAction": "BLOCK",
            "InputEnabled": entry.input != "NONE",
            "OutputAction": "BLOCK",
            "OutputEnabled": entry.output != "NONE",
            "InputModalities": ["TEXT"],
            "OutputModalities": ["TEXT"],
        }
        for entry in held.filters
    ]


def _words(held: Definition) -> dict[str, Any]:
    both = {"InputAction": "BLOCK", "InputEnabled": True, "OutputAction": "BLOCK", "OutputEnabled": True}
    found: dict[str, Any] = {}
    if held.words.blocked:
        found["WordsConfig"] = [{"Text": word, **both} for word in held.words.blocked]
    if held.words.profanity:
        found["ManagedWordListsConfig"] = [{"Type": "PROFANITY", **both}]
    return found


def _sensitive(entry: Any) -> dict[str, Any]:
    stronger: Action = "block" if "block" in (entry.input, entry.output) else "mask"
    return {
        "Action": _ACTIONS[stronger],
        "InputAction": _ACTIONS[entry.input],
        "InputEnabled": entry.input != "none",
        "OutputAction": _ACTIONS[entry.output],
        "OutputEnabled": entry.output != "none",
    }
