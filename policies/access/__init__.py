"""Access: who is asking, and may this call happen. Principals come from verified sources; Cedar decides each call."""

from policies.access.circumstances import Circumstances, hour_of
from policies.access.decision import Decision, call_sha256
from policies.access.errors import NotVerifiedError, PrincipalsError, UnknownPrincipalError
from policies.access.gate import ApprovalNeededError, DeniedError, Gate, company_gate, shipped_gate
from policies.access.policyset import PolicyError
from policies.access.principal import Principal, local_principal, names_of, people

__all__ = [
    "ApprovalNeededError",
    "Circumstances",
    "Decision",
    "DeniedError",
    "Gate",
    "NotVerifiedError",
    "PolicyError",
    "Principal",
    "PrincipalsError",
    "UnknownPrincipalError",
    "call_sha256",
    "company_gate",
    "hour_of",
    "local_principal",
    "names_of",
    "people",
    "shipped_gate",
]
