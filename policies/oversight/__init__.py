"""Oversight: what keeps a person in charge of the system. Here: how much one question may use."""

from policies.oversight.limits import LimitReachedError, Limits, Meter

__all__ = ["LimitReachedError", "Limits", "Meter"]
