"""Oversight: what keeps a person in charge of the system: the kill switch, budgets, and limits for one question."""

from policies.oversight.budgets import Allowance, Budgets, BudgetSettings, Exhausted, Lease
from policies.oversight.house import Oversight
from policies.oversight.limits import LimitReachedError, Limits, Meter
from policies.oversight.stopping import NotInChargeError, resume, stop
from policies.oversight.switch import Scope, ScopeError, Stop, Switch, SwitchError, halted
from policies.oversight.usage import UsageError

__all__ = [
    "Allowance",
    "BudgetSettings",
    "Budgets",
    "Exhausted",
    "Lease",
    "LimitReachedError",
    "Limits",
    "Meter",
    "NotInChargeError",
    "Oversight",
    "Scope",
    "ScopeError",
    "Stop",
    "Switch",
    "SwitchError",
    "UsageError",
    "halted",
    "resume",
    "stop",
]
