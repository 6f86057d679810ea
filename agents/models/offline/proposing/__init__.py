"""Proposing: every plan that a question may mean, alone or after others. Too many rather than too few."""
