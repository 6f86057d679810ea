"""Access: who is asking, and may this call happen. Principals come from verified sources; Cedar decides each call."""

from policies.access.gate import Decision, DeniedError, Gate, PolicyError, shipped_gate
from policies.access.principal import Principal, PrincipalsError, UnknownPrincipalError, local_principal

__all__ = [
    "Decision",
    "DeniedError",
    "Gate",
    "PolicyError",
    "Principal",
    "PrincipalsError",
    "UnknownPrincipalError",
    "local_principal",
    "shipped_gate",
]
