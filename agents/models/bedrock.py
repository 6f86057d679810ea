"""Bedrock: models behind an inference profile, through Strands' own provider."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

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
        self._session: Any = None
        self._making = threading.Lock()

    def make(self, turn: Turn) -> Model:
        # One session for all models, because the first client reads megabytes of service description; making clients
        # of one session is not safe in threads.
        with self._making:
            return self._make(turn)

    def _make(self, turn: Turn) -> Model:
        import boto3
        from botocore.config import Config
        from strands.models import BedrockModel, CacheConfig

        from tools.sessions import botocore_session

        silence = min(60.0, turn.meter.limits.seconds)
        self._session = self._session or boto3.Session(botocore_session=botocore_session(), region_name=self._region)
        return BedrockModel(
            model_id=self._profile,
            boto_session=self._session,
            temperature=0.0,
            max_tokens=1500,
            # A specialist calls the model two to four times with the same tools and prompt: from the second call on
            # they are read from the cache at a tenth of the price. Only Claude models get cache points.
            cache_config=CacheConfig(strategy="auto", tools_ttl=True),
            # One try: repeating is `patience`'s, which is recorded and counted, for throttling and broken replies.
            boto_client_config=Config(connect_timeout=5, read_timeout=silence, retries={"total_max_attempts": 1}),
        )

    def domains(self, question: str, history: Sequence[Exchange], turn: Turn) -> tuple[str, ...]:
        return likely_domains(question, history, turn)
