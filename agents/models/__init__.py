"""Models: who writes the drafts. `offline` (rules, no language model), `bedrock:` and `openai:` providers.

All of them are used in the same way, and none of them is trusted: what they write is checked, what they ask for is
decided by the gate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.errors import SettingsError

if TYPE_CHECKING:
    from agents.drafting import ModelMaker
    from agents.settings import Settings

__all__ = ["open_model"]


def open_model(name: str, settings: Settings) -> ModelMaker:
    """The model for `offline`, `bedrock:[ID]` or `openai:URL#MODEL`.

    Raises:
        SettingsError: the name is none of these.
    """
    kind, _, rest = name.partition(":")
    if name == "offline":
        from agents.models.offline.maker import OfflineMaker

        return OfflineMaker()
    if kind == "bedrock":
        from agents.models.bedrock import BedrockMaker

        return BedrockMaker(rest or settings.bedrock_profile, settings.bedrock_region)
    if kind == "openai":
        from agents.models.openai import OpenAIMaker

        url, _, model = rest.partition("#")
        if not url.startswith(("http://", "https://")) or not model:
            raise SettingsError(f"The model {name!r} is incomplete: write openai:http://HOST:PORT/v1#MODEL.")
        return OpenAIMaker(url, model, api_key=settings.openai_api_key, tools=settings.openai_tools)
    raise SettingsError(f"There is no model {name!r}: use offline, bedrock:ID or openai:URL#MODEL.")
