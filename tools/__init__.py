"""Tools: what can be known? Typed read-only queries over an AWS estate; each fact they find names its receipts.

This room imports nothing of ours. A query is declared once (`tools.registry.query`); `tools.catalogue` knows them all.
"""
