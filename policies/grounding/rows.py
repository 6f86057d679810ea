"""Names and figures in two rows: `RDS, S3 and EC2 at X, Y and Z` belong together by position."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from policies.grounding.model import Claim
from policies.grounding.names import Mention, values_of
from tools import units

if TYPE_CHECKING:
    from policies.grounding.view import Item, View

_JOINED = re.compile(r"[\s,*`\"]*(?:\b(?:and|en|e)\b)?[\s*`\"]*")


def row_claim(item: Item, view: View) -> Claim | None:
    """The name at the figure's place in the row must be one of its fact's."""
    row = aligned(item, view)
    if row is None:
        return None
    spot, held = row[0], view.vocabulary.held[item.fact.id]
    kinds = {d for d, _ in spot.means} & held.keys()
    if not kinds or any(v in held.get(d, ()) for d, v in spot.means):
        return None
    return "label", f"By its place this belongs to {view.text[spot.start : spot.end]!r}, but {_about(item)}."


def aligned(item: Item, view: View) -> tuple[Mention, list[Mention]] | None:
    """The name that a figure in a row belongs to by its place, and all names of the row."""
    sentence = view.layout.sentence(item.start)
    row = [i for i in view.items if sentence[0] <= i.start < sentence[1] and units.is_number(i.fact.unit)]
    runs: list[list[Item]] = []
    for each in row:
        if runs and re.fullmatch(r"[\s,]*(?:\b(?:and|en|e)\b)?\s*", view.text[runs[-1][-1].end : each.start]):
            runs[-1].append(each)
        else:
            runs.append([each])
    run = next((r for r in runs if item in r), [item])
    if len(run) < 2 or len({i.fact.unit for i in run}) > 1:
        return None
    mentions = view.named((sentence[0], run[0].start))
    tail = mentions[-1:]
    for mention in reversed(mentions[:-1]):
        if not _JOINED.fullmatch(view.text[mention.end : tail[0].start]):
            break
        tail.insert(0, mention)
    if len(tail) != len(run):
        return None
    return tail[run.index(item)], tail


def both_claim(item: Item, view: View) -> Claim | None:
    """`A and B both fired for 48 minutes`: it must be so of each."""
    sentence = view.layout.sentence(item.start)
    if not re.search(r"\b(?:both|each|beide|ambos)\b[^,;:]*$", view.text[sentence[0] : item.start]):
        return None
    for mention in view.named((sentence[0], item.start)):
        told = [f for f in view.facts if any(v in values_of(f).get(d, ()) for d, v in mention.means)]
        alike = [f.value for f in told if f.label == item.fact.label and f.unit == item.fact.unit]
        if alike and item.fact.value not in alike:
            return (
                "label",
                f"The words say it of {view.text[mention.start : mention.end]!r} too, but {_about(item)}.",
            )
    return None


def _about(item: Item) -> str:
    return f"the figure {item.fact.id} is {item.fact.label!r} ({item.fact.scope.text()})"
