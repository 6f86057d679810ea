"""Bedrock: models behind an inference profile, through Strands' own provider."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from agents.models.routing import likely_domains

if TYPE_CHECKING:
    from strands.models import Model

    from agents.conversations import Exchange
    from policies.turn import Turn


class BedrockMaker:
    """Makes Bedrock models. The profile decides where prompts may be processed: the default stays in the EU."""

    is_llm = True

    def __init__(self, profile: str, region: str) -> None:
        self.name = f"bedrock:{profile}"
        self._profile, self._region = profile, region

    def make(self, turn: Turn) -> Model:
        from botocore.config import Config
        from strands.models import BedrockModel

        return BedrockModel(
            model_id=self._profile,
            region_name=self._region,
            temperature=0.0,
            max_tokens=1500,
            # Strands retries throttling itself, visibly; botocore only repeats broken connections
            boto_client_config=Config(connect_timeout=5, read_timeout=90, retries={"total_max_attempts": 2}),
        )

    def domains(self, question: str, history: Sequence[Exchange], turn: Turn) -> tuple[str, ...]:
        return likely_domains(question, history, turn)
