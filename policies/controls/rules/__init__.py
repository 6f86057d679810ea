"""Rules over the resources of one CloudFormation template: pure functions, for control checks and for `cdk synth`.

A rule knows the resource types it judges and finds faults; it reads literals, and a value that only CloudFormation
could resolve where a literal decides is a fault, not a pass.
"""

from policies.controls.rules.base import Fault, Resources, Rule, apply

__all__ = ["Fault", "Resources", "Rule", "apply"]
