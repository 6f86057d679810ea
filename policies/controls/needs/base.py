"""How a need is described: what its items mean and look like, where they come from, and who counts them."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from policies.controls.evidence import Kind, Need


class Described(BaseModel):
    """One need, described for whoever collects it.

    `members` (aws only): the response members that checks read, as paths (`policyEngineConfiguration.mode`); lists are
    passed through without a step of their own. `shape` (other kinds): a sketch of an item's JSON.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    need: Need
    means: str
    """What one item is, and which of them there are."""
    named: str
    """What the item's name is."""
    sources: tuple[str, ...]
    """AWS operations (`service:Operation`, boto3's names), files, record types, or functions of this house."""
    counted: str
    """How the population is counted, by another way than the items."""
    members: tuple[str, ...] = ()
    shape: str = ""


DESCRIBED: dict[Need, Described] = {}
"""Every need that a shipped check may name."""


def need(
    kind: Kind,
    name: str,
    means: str,
    *,
    named: str,
    sources: tuple[str, ...],
    counted: str,
    members: tuple[str, ...] = (),
    shape: str = "",
) -> Need:
    """Describe a need and hand it back for checks to name."""
    it = Need(kind=kind, name=name)
    DESCRIBED[it] = Described(
        need=it, means=means, named=named, sources=sources, counted=counted, members=members, shape=shape
    )
    return it
