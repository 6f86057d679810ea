"""The cost side of the sample estate: FOCUS-style daily line items in Parquet, and Cost Explorer over them.

``catalog`` says what runs where at which price, ``generate`` makes the line items, ``store`` keeps and reads them,
the other modules answer Cost Explorer's operations with plain SQL.
"""
