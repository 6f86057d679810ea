"""Inputs: from what was read to the typed inputs of one query. Only what was said is filled."""
