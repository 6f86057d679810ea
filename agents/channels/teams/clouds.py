"""Microsoft's clouds: where each publishes the keys of its Bot Framework, and what it calls itself in tokens.

The Teams SDK knows the same (`CloudEnvironment`); a front cannot wait for its import. A test holds the two together.
"""

from __future__ import annotations

from typing import NamedTuple


class Cloud(NamedTuple):
    """One cloud's Bot Framework."""

    issuer: str
    openid: str
    """Address of its OpenID metadata."""


_AZURE = "https://login.botframework.azure"
CLOUDS = {
    "public": Cloud(
        "https://api.botframework.com", "https://login.botframework.com/v1/.well-known/openidconfiguration"
    ),
    "usgov": Cloud("https://api.botframework.us", f"{_AZURE}.us/v1/.well-known/openidconfiguration"),
    "usgovdod": Cloud("https://api.botframework.us", f"{_AZURE}.us/v1/.well-known/openidconfiguration"),
    "china": Cloud("https://api.botframework.azure.cn", f"{_AZURE}.cn/v1/.well-known/openidconfiguration"),
}
