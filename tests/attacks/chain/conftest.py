"""The desk of the agents' tests, for attacks on its chain."""

from tests.agents.conftest import ask, estate, home, open_desk_with

__all__ = ["ask", "estate", "home", "open_desk_with"]
