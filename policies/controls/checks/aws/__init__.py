"""Checks over live AWS accounts, asked through the same receipts as queries."""
