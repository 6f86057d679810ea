"""The command line. Every command imports what it needs when it runs, so that `regent --help` is instant."""

from __future__ import annotations

from agents.cli.app import app, main

__all__ = ["app", "main"]
