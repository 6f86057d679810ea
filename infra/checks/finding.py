"""What a finding is: one rule that one resource breaks."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Source = Literal["control", "app", "schema", "cdk-nag"]
"""Who found it: a check of a control, a rule about the whole app, CloudFormation's schemas and best practice, or
cdk-nag at the time of the synthesis."""


class Finding(BaseModel):
    """One rule that one resource breaks."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: str
    """`template-keys/never-rotated`, `app/no-switch`, `E3012`, `AwsSolutions-S1`, …"""
    stack: str
    """The stack's name without the environment's prefix; empty for the app as a whole."""
    resource: str
    """Where it stands in its stack: the construct's path, or the logical id of what no construct made."""
    why: str
    controls: tuple[str, ...] = ()
    """Controls that it touches: clauses and Annex A controls of ISO/IEC 42001, or of NIST SP 800-53 for its pack."""
    source: Source

    @property
    def at(self) -> str:
        """The stack and the resource in it, as acceptances name them."""
        return f"{self.stack}/{self.resource}" if self.resource else self.stack
