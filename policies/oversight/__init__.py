"""Oversight: what keeps a person in charge of the system: approvals, budgets, the kill switch, and limits."""

from policies.oversight.approval_history import History
from policies.oversight.approval_store import ApprovalError, StillWaitsError, UnknownApprovalError
from policies.oversight.approvals import Approvals, ApprovalSettings, Consumed, new_approval_id
from policies.oversight.budgets import Allowance, Budgets, BudgetSettings, Exhausted, Lease
from policies.oversight.house import Oversight
from policies.oversight.limits import LimitReachedError, Limits, Meter
from policies.oversight.stopping import NotInChargeError, resume, stop
from policies.oversight.switch import Scope, ScopeError, Stop, Switch, SwitchError, halted
from policies.oversight.usage import UsageError

__all__ = [
    "Allowance",
    "ApprovalError",
    "ApprovalSettings",
    "Approvals",
    "BudgetSettings",
    "Budgets",
    "Consumed",
    "Exhausted",
    "History",
    "Lease",
    "LimitReachedError",
    "Limits",
    "Meter",
    "NotInChargeError",
    "Oversight",
    "Scope",
    "ScopeError",
    "StillWaitsError",
    "Stop",
    "Switch",
    "SwitchError",
    "UnknownApprovalError",
    "UsageError",
    "halted",
    "new_approval_id",
    "resume",
    "stop",
]
