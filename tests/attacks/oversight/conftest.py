"""The desk of `tests/agents`, for attacks on what oversees it."""

from tests.agents.conftest import ask, estate, home, open_desk_with

__all__ = ["ask", "estate", "home", "open_desk_with"]
