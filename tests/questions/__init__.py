"""The question bank: what managers ask, what the answers must contain, and a runner that judges what they see.

Expected values come from the exported ground truth (`truth.py`), never from our queries.
"""
