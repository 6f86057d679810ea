"""The desk's fixtures, on a sample over which orders and secrets are laid."""

from tests.agents.conftest import ask, estate, home, open_desk_with

__all__ = ["ask", "estate", "home", "open_desk_with"]
