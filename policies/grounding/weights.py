"""What each piece of evidence is worth: for the fact that stands at a place, and for a rival of it.

Fitted by logistic regression on the tuned labelled answers: true facts must not lose against a rival, facts put in
their place must. `python -m tests.grounding.weigh 2.5` fits them anew; since the answers have changed and chance picks
among the rivals, it prints others, near these. Verdicts change with them, so they are not replaced without measuring.
Each weight's sign was fixed beforehand by what the evidence means.
"""

from __future__ import annotations

from policies.grounding.fit import NAMES, PAIR

_WORTH: dict[str, tuple[float, float]] = {
    "before": (2.27, 2.19),
    "before_shared": (1.28, 1.60),
    "after": (2.21, 1.78),
    "after_shared": (1.17, 1.35),
    "sentence": (0.54, 0.73),
    "sentence_shared": (0.19, 0.34),
    "wide": (0.31, 0.33),
    "unheard": (-0.59, -0.50),
    "denied": (0.45, 1.15),
    "undenied": (-0.95, -0.76),
    "name_near": (1.72, 1.65),
    "name_more": (0.54, 0.73),
    "name_sentence": (0.68, 0.86),
    "name_sentence_shared": (1.08, 0.80),
    "name_wide": (0.88, 0.79),
    "name_none": (-2.97, -2.01),
    "name_partly": (-2.27, -1.12),
    "name_other": (-1.25, -0.99),
    "name_other_sentence": (-1.76, -1.55),
    "foreign": (-1.91, -2.00),
    "time_near": (2.55, 2.33),
    "time_sentence": (0.47, 0.43),
    "time_wide": (0.97, 1.09),
    "time_inside": (0.00, 0.00),
    "time_near_other": (-0.22, -0.33),
    "time_wrong_near": (-0.94, -0.62),
    "time_wrong_sentence": (-1.08, -0.98),
    "now": (0.10, 0.00),
    "now_wrong": (0.00, 0.00),
    "change_by": (1.18, 0.72),
    "change_to": (-0.66, -0.80),
    "change_flat": (-0.65, -1.05),
    "level_by": (-1.13, -0.77),
    "unmoved": (-1.60, -1.52),
    "basis": (1.40, 1.04),
    "basis_wrong": (-1.19, -0.98),
    "total_wrong": (-1.45, -1.18),
    "twice": (-3.78, 0.00),
    "not_part": (-1.52, -1.08),
    "adjacent": (1.40, 1.58),
    "adjacent_before": (0.19, 0.00),
    "elsewhere": (-3.65, -2.25),
    "number_wrong": (-1.35, -1.30),
    "counts_members": (0.64, 0.77),
    "counts_others": (-0.96, -0.45),
    "name_shared": (1.38, 0.85),
    "name_surplus": (-2.26, -1.69),
    "fellow": (1.13, 1.41),
    "fellow_not": (0.00, -0.63),
    "fellow_time": (1.11, 1.36),
    "kin": (2.05, 1.71),
    "kin_unlike": (3.26, 2.84),
    "kin_time": (0.62, 0.91),
    "kin_basis_wrong": (-2.14, -1.81),
    "kin_name": (1.44, 1.27),
    "kin_name_other": (-0.03, 0.00),
    "prior": (0.85, 0.59),
}
"""By evidence: its worth for the fact, its worth for a rival."""

_TOGETHER = {
    "sibling": 1.13,
    "narrower": 0.65,
    "wider": 2.48,
    "later": 0.74,
}
"""What the two together show is worth to the rival."""

FACT = tuple(_WORTH[name][0] for name in NAMES)
RIVAL = tuple(_WORTH[name][1] for name in NAMES)
TOGETHER = tuple(_TOGETHER[name] for name in PAIR)
MARGIN = 3.12
"""By how much a rival must fit better before the words are taken to speak of it."""
