"""Proposing: every plan that a question may mean, alone or after others, and what each would leave unused."""
