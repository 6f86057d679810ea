"""Rounds: what a schedule starts. Verify the ledger in the bucket, and evaluate the controls; each says how it went."""
