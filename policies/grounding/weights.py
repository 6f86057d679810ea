"""What each piece of evidence is worth: for the fact that stands at a place, and for a rival of it.

Fitted by `tests/grounding/weigh.py` (logistic regression) on the tuned labelled answers: true facts must not lose
against a rival, facts put in their place must. Each weight's sign was fixed beforehand by what the evidence means.
"""

from __future__ import annotations

from policies.grounding.fit import NAMES, PAIR

_WORTH: dict[str, tuple[float, float]] = {
    "before": (2.22, 2.12),
    "before_shared": (1.31, 1.67),
    "after": (2.16, 1.74),
    "after_shared": (1.10, 1.31),
    "sentence": (0.53, 0.79),
    "sentence_shared": (0.19, 0.35),
    "wide": (0.21, 0.25),
    "unheard": (-0.60, -0.51),
    "denied": (0.47, 1.25),
    "undenied": (-0.97, -0.83),
    "name_near": (1.70, 1.64),
    "name_more": (0.72, 1.00),
    "name_sentence": (0.74, 0.86),
    "name_sentence_shared": (1.06, 0.81),
    "name_wide": (0.79, 0.72),
    "name_none": (-3.03, -2.06),
    "name_partly": (-2.21, -1.10),
    "name_other": (-1.26, -0.98),
    "name_other_sentence": (-1.84, -1.55),
    "foreign": (-1.88, -1.94),
    "time_near": (2.57, 2.33),
    "time_sentence": (0.46, 0.38),
    "time_wide": (0.98, 1.09),
    "time_inside": (0.00, 0.00),
    "time_near_other": (-0.19, -0.31),
    "time_wrong_near": (-0.94, -0.62),
    "time_wrong_sentence": (-1.09, -1.00),
    "now": (0.09, 0.00),
    "now_wrong": (0.00, 0.00),
    "change_by": (1.11, 0.76),
    "change_to": (-0.41, -0.62),
    "change_flat": (-0.69, -1.06),
    "level_by": (-1.12, -0.76),
    "unmoved": (-1.61, -1.56),
    "basis": (1.00, 0.68),
    "basis_wrong": (-1.04, -0.58),
    "total_wrong": (-1.27, -1.07),
    "twice": (-3.80, 0.00),
    "not_part": (-1.55, -1.09),
    "adjacent": (1.43, 1.57),
    "adjacent_before": (0.24, 0.02),
    "elsewhere": (-3.64, -2.27),
    "number_wrong": (-1.29, -1.30),
    "counts_members": (0.65, 0.77),
    "counts_others": (-0.97, -0.45),
    "name_shared": (1.31, 0.79),
    "name_surplus": (-2.25, -1.67),
    "fellow": (1.20, 1.39),
    "fellow_not": (-0.00, -0.61),
    "fellow_time": (1.10, 1.35),
    "kin": (2.14, 1.79),
    "kin_unlike": (3.35, 2.90),
    "kin_time": (0.65, 0.92),
    "kin_basis_wrong": (-1.81, -1.60),
    "kin_name": (1.48, 1.32),
    "kin_name_other": (-0.00, 0.00),
    "prior": (0.82, 0.54),
}
"""By evidence: its worth for the fact, its worth for a rival."""

_TOGETHER = {
    "sibling": 1.16,
    "narrower": 0.66,
    "wider": 2.57,
    "later": 0.74,
}
"""What the two together show is worth to the rival."""

FACT = tuple(_WORTH[name][0] for name in NAMES)
RIVAL = tuple(_WORTH[name][1] for name in NAMES)
TOGETHER = tuple(_TOGETHER[name] for name in PAIR)
MARGIN = 3.13
"""By how much a rival must fit better before the words are taken to speak of it."""
