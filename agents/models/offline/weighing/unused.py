"""Unused: machines and databases that nobody uses are asked about: a list of them does not say which those are."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.models.offline.proposing.candidates import Candidate
from agents.models.offline.reading import Reading
from agents.models.offline.topics.choices import chosen_all

_USABLE = frozenset({"instances", "databases"})
"""Kinds of things of which a list does not say whether they are used."""
_NOT_USED = re.compile(r"\b(?:idl\w+|unused|not (?:being )?used|nobody|no one|noone|doing nothing|dormant|abandoned)\b")


def with_idle_ones(plans: Sequence[Candidate], reading: Reading) -> Candidate | None:
    """The list of things together with those that stand idle, where the likeliest plan is the list alone.

    Args:
        plans: what the question may mean, the likeliest first.
        reading: the question.
    """
    first = plans[0].calls if plans else ()
    if [call.query for call in first] != ["inventory"] or first[0].inputs.get("kind") not in _USABLE:
        return None
    if not _NOT_USED.search(reading.text) or "idle" not in chosen_all("savings", "kind", reading.text, None):
        return None
    pairs = (one for one in plans if len(one.calls) == len(first) + 1 and one.calls[0] == first[0])
    return next((one for one in pairs if one.calls[1].query == "savings"), None)
