"""Names around a figure: another account, service, team or venue said in the place of the fact's own.

A claim only if the figure's own clause (in a table its row) names another one of the same kind, not as an aside, and
the fact's own name stands nowhere in the sentence; and, if it stands above, nothing else in the sentence is of the
name that was said. The fact's own name is heard generously (`the GPU machines`, `Utrecht`, `NAT`), another's only in
full.
"""

from __future__ import annotations

import re

from policies.grounding.model import Claim, FaultKind
from policies.grounding.names import ACCOUNT, Mention
from policies.grounding.site import Site
from policies.grounding.view import Item, View, about
from policies.grounding.vocabulary import spoken
from policies.grounding.words import stems

_QUOTED = re.compile(r"[\"\u201c\u2018'] ?$")
_EVENT = re.compile(r"\b(?:before|after|since|until|during|na|voor|sinds|depois|antes) [^,;:.]*$", re.IGNORECASE)
_TOTAL = re.compile(r"\b(?:total|in all|altogether|grand total|totaal|no total)\b")
_ALL = re.compile(
    r"\b(?<!than )(?:all (?!other |remaining |these |those )(?:\w+ )?accounts|"
    r"across the (?:estate|organi[sz]ation|company|board)|company-wide|every account|"
    r"(?:whole|entire) (?:estate|organi[sz]ation|company)|alle accounts|todas as contas)\b"
)


def name_claim(item: Item, view: View) -> Claim | None:
    """Another name of the same kind in the place of the fact's own."""
    if item.fact.unit == "text" and _QUOTED.search(view.text[max(0, item.start - 2) : item.start]):
        return None  # a text of the estate, shown as it is
    at, held = view.site(item), view.vocabulary.held[item.fact.id]
    if ACCOUNT in held and len(held[ACCOUNT]) == 1 and _ALL.search(view.said(*view.segment(item, view.clause(item)))):
        return "scope", f"The words speak of all accounts, but {about(item.fact)}."
    if len(held) == 1 and _TOTAL.search(at.near_text) and not _TOTAL.search(item.fact.label.lower()):
        (kind, values) = next(iter(held.items()))
        above = any((kind, v) in at.wide_names or bool(spoken(v) & at.wide_words) for v in values)
        if len(values) == 1 and not above and not _heard(at, kind, values, view, view.vocabulary.label[item.fact.id]):
            return "label", f"The words speak of a total, but {about(item.fact)}."
    for kind, values in held.items():
        if isinstance(item.fact.value, str) and item.fact.value in values:
            continue  # the figure is itself the name
        spelled = _spelled_out(item, kind, values, view, at)
        if spelled is not None:
            return spelled
        if _heard(at, kind, values, view, view.vocabulary.label[item.fact.id]):
            continue
        wrong = [m for m in at.near_mentions if any(d == kind for d, _ in m.means) and not _of_label(m, item, view)]
        if not wrong:
            wrong = _before(item, kind, view, at) or _behind(item, kind, view)
        if not wrong:
            continue
        own = {(kind, v) for v in values}
        above = bool(own & at.wide_names) or any(view.vocabulary.telling[kind, v] & at.wide_words for v in values)
        if above and any(wrong[-1].means & _means_of(f, view) for f in at.others):
            continue
        said = view.text[wrong[-1].start : wrong[-1].end]
        fault: FaultKind = "scope" if kind == ACCOUNT else "label"
        return fault, f"The words name {said!r}, but {about(item.fact)}."
    return None


def _spelled_out(item: Item, kind: str, values: frozenset[str], view: View, at: Site) -> Claim | None:
    """`usage type X`, `account X` near: with its kind said, a name leaves no doubt that it is meant."""
    if any((kind, v) in at.sentence_names | at.near_names for v in values):
        return None
    for m in at.near_mentions or _behind(item, kind, view):
        before = view.text[max(0, m.start - len(kind) - 14) : m.start].lower()
        if any(d == kind for d, _ in m.means) and re.search(rf"\b(?:{_kind_words(kind)}) [\"'`*]*$", before):
            fault: FaultKind = "scope" if kind == ACCOUNT else "label"
            return fault, f"The words name {view.text[m.start : m.end]!r}, but {about(item.fact)}."
    return None


_ALSO_CALLED = {
    "account": "conta|rekening", "team": "equipa|time", "service": "servi\u00e7o|dienst", "region": "regi\u00e3o|regio",
    "venue": "sala|vestiging|filiaal", "usage type": "tipo de uso|gebruikstype", "log group": "grupo de logs|loggroep",
}  # fmt: skip
"""Kinds of names in Portuguese and Dutch."""


def _kind_words(kind: str) -> str:
    return "|".join([re.escape(kind), _ALSO_CALLED[kind]] if kind in _ALSO_CALLED else [re.escape(kind)])


def _heard(at: Site, kind: str, values: frozenset[str], view: View, label: frozenset[str]) -> bool:
    if any((kind, v) in at.sentence_names or (kind, v) in at.near_names for v in values):
        return True
    telling = frozenset().union(*(view.vocabulary.telling[kind, v] for v in values))
    other = any(d == kind for m in at.near_mentions for d, _ in m.means)
    own = label if other else frozenset()  # `the portal outage in records-prod`: the label says `portal`
    said = (telling & at.sentence_words) | frozenset().union(*(spoken(v) & at.near_words for v in values))
    return bool(said - own)


def _before(item: Item, kind: str, view: View, at: Site) -> list[Mention]:
    """The last name of a kind before a figure in its sentence that no other figure of the sentence is of."""
    sentence = view.layout.sentence(item.start)
    theirs = frozenset().union(*(_means_of(f, view) for f in at.others)) if at.others else frozenset()
    return [
        m for m in view.named((sentence[0], item.start))
        if any(d == kind for d, _ in m.means) and not m.means & theirs and not view.is_aside(m, item)
        and not _EVENT.search(view.text[max(sentence[0], m.start - 40) : m.start])
    ]  # fmt: skip


def _behind(item: Item, kind: str, view: View) -> list[Mention]:
    """The first name of a kind after a figure, before the next figure of its sentence."""
    sentence = view.layout.sentence(item.start)
    end = min((i.start for i in view.items if i.start >= item.end and i.start < sentence[1]), default=sentence[1])
    if end != sentence[1] or any(
        m for m in view.named((sentence[0], item.start)) if any(d == kind for d, _ in m.means)
    ):
        return []
    found = [m for m in view.named((item.end, end)) if any(d == kind for d, _ in m.means)]
    return [m for m in found[:1] if not view.is_aside(m, item)]


def _of_label(mention: Mention, item: Item, view: View) -> bool:
    """`Security`, over a column of security patches: a word of the fact's own label names nothing else."""
    said = stems(view.text[mention.start : mention.end])
    return bool(said) and said <= view.vocabulary.label[item.fact.id]


def _means_of(fact: object, view: View) -> frozenset[tuple[str, str]]:
    held = view.vocabulary.held[fact.id]  # type: ignore[attr-defined]
    return frozenset((kind, value) for kind, values in held.items() if len(values) <= 3 for value in values)
