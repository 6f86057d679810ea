"""Where Bedrock may run a prompt: an inference profile sends it to any of several regions, as their load asks.

What a profile is now, Bedrock alone says (`GetInferenceProfile`; `destinations` reads its answer). `known` is what was
documented of a few of them, for where nobody can be asked: at least these regions, when it is called from one of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

GROUPS = frozenset({"us", "us-gov", "eu", "apac", "jp", "au", "ca", "global"})
"""What profiles of several regions begin with; `global.` has no bound."""

_EUROPE = frozenset({"eu-central-1", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-3"})
_KNOWN = {
    "eu.anthropic.claude-sonnet-4-20250514-v1:0": _EUROPE,
    "eu.anthropic.claude-sonnet-4-5-20250929-v1:0": _EUROPE,
    "eu.guardrail.v1:0": _EUROPE,
}


def group(model: str) -> str | None:
    """The group of regions that a model's id or ARN names (`eu.anthropic.…`: `eu`); None for a model of one region."""
    first = model.rpartition("/")[2].partition(".")[0]
    return first if first in GROUPS else None


def known(profile: str) -> frozenset[str]:
    """Regions in which this profile is known to run prompts, or to assess them, at least; empty if nothing is known."""
    return _KNOWN.get(profile.rpartition("/")[2], frozenset())


def destinations(profile: Mapping[str, Any]) -> frozenset[str]:
    """The regions of `GetInferenceProfile`'s answer; an empty one among them is any region."""
    return frozenset(model["modelArn"].split(":")[3] for model in profile.get("models") or ())
