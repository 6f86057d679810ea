"""What each piece of evidence is worth: for the fact that stands at a place, and for a rival of it.

Fitted by `tests/grounding/weigh.py` (logistic regression) on the tuned labelled answers: true facts must not lose
against a rival, facts put in their place must. Each weight's sign was fixed beforehand by what the evidence means.
"""

from __future__ import annotations

from policies.grounding.fit import NAMES, PAIR

_WORTH: dict[str, tuple[float, float]] = {
    "before": (1.90, 1.74),
    "before_shared": (2.12, 2.33),
    "after": (2.68, 2.32),
    "after_shared": (1.75, 1.91),
    "sentence": (0.51, 0.74),
    "wide": (0.45, 0.50),
    "unheard": (-0.81, -0.65),
    "denied": (0.31, 0.95),
    "undenied": (-1.01, 0.00),
    "name_near": (3.33, 2.93),
    "name_more": (0.67, 0.91),
    "name_sentence": (1.91, 1.66),
    "name_wide": (1.02, 1.02),
    "name_none": (-3.15, -1.72),
    "name_partly": (-2.00, -1.05),
    "name_other": (-2.21, -1.23),
    "name_other_sentence": (-2.76, -1.15),
    "foreign": (-1.66, -1.19),
    "time_near": (2.56, 2.23),
    "time_sentence": (0.54, 0.47),
    "time_wide": (0.89, 1.14),
    "time_near_other": (-0.17, -0.26),
    "time_wrong_near": (-1.17, -0.74),
    "time_wrong_sentence": (-0.94, -0.84),
    "now": (0.10, 0.04),
    "now_wrong": (0.00, -0.01),
    "change_by": (1.20, 1.00),
    "change_to": (-0.21, -0.26),
    "change_flat": (-0.82, -1.06),
    "level_by": (-1.48, -0.72),
    "unmoved": (-2.56, -1.86),
    "basis": (1.30, 1.04),
    "basis_wrong": (-1.47, -0.76),
    "total_wrong": (-1.40, -1.54),
    "twice": (-4.87, 0.00),
    "not_part": (-0.90, -0.84),
    "adjacent": (0.27, 0.55),
    "adjacent_before": (0.91, 0.45),
    "elsewhere": (-2.86, -2.12),
    "number_wrong": (-1.80, -1.40),
}
"""By evidence: its worth for the fact, its worth for a rival."""

_TOGETHER = {
    "sibling": 1.26,
    "narrower": 0.49,
    "wider": 2.48,
    "later": 1.21,
}
"""What the two together show is worth to the rival."""

FACT = tuple(_WORTH[name][0] for name in NAMES)
RIVAL = tuple(_WORTH[name][1] for name in NAMES)
TOGETHER = tuple(_TOGETHER[name] for name in PAIR)
MARGIN = 3.60
"""By how much a rival must fit better before the words are taken to speak of it."""
