"""Needs: everything that a shipped check must see, described once for those who check and those who collect.

`NEEDS` holds them all, by need. A check names one of them; a collector offers one of them; the lint holds the two
together.
"""

from policies.controls.needs import aws, ledger, repository, template
from policies.controls.needs.base import DESCRIBED, Described

NEEDS = DESCRIBED

__all__ = ["NEEDS", "Described", "aws", "ledger", "repository", "template"]
