"""Checks over the ledger."""
