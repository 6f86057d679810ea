"""moto, for the few operations of IAM and S3 that it answers with the truth and no handler in ``services`` does.

moto starts in this process on the first such request, and each account is seeded from the inventory then. Whatever is
not named here is refused, since moto answers it with an empty list or with stock data of its own: it would say that a
bucket has no lifecycle rules because nobody told it of any.
"""

from __future__ import annotations

from tools.estate.moto_seed.application import OPERATIONS, wsgi

__all__ = ["OPERATIONS", "wsgi"]
