"""Policies: what must hold. Who may ask, what may go in and out, what is on record, and which controls are met."""
