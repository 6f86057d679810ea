"""Telling: the answer in prose, from the facts of the results; values stand only as references."""
