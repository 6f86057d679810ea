"""Controls: ISO/IEC 42001 as code. A status is computed from evidence by checks that have been seen to fail.

`catalogue()` says which controls there are, `checks.load()` which checks serve them, `evaluate` decides one check from
evidence, `prove` shows that it can fail, `status_of` adds it all up. Nobody types a status.
"""

from policies.controls.catalogue import Control, catalogue
from policies.controls.check import Check, Finding, Look, Mutant, check
from policies.controls.declared import Declared, load_declared
from policies.controls.errors import ControlsError, EvidenceError
from policies.controls.evaluate import Result, evaluate
from policies.controls.evidence import Evidence, Item, Need
from policies.controls.proof import Proof, prove
from policies.controls.status import ControlStatus, Status, counts, status_of

__all__ = [
    "Check",
    "Control",
    "ControlStatus",
    "ControlsError",
    "Declared",
    "Evidence",
    "EvidenceError",
    "Finding",
    "Item",
    "Look",
    "Mutant",
    "Need",
    "Proof",
    "Result",
    "Status",
    "catalogue",
    "check",
    "counts",
    "evaluate",
    "load_declared",
    "prove",
    "status_of",
]
