"""What a handler of the sample estate is given: one parsed and validated AWS request.

The contract for ``tools/estate/services/<botocore service, "-" as "_">.py``: the module has a dictionary
``OPERATIONS`` from operation name to handler. A handler takes an :class:`EstateRequest` and returns a dictionary in
the shape of botocore's output (timestamps as aware ``datetime``, blobs as ``bytes``; a member that the model does
not know is an error, so a misspelt key cannot pass as a missing value), or raises
:class:`tools.estate.errors.AwsError`. Modules are imported on the first request for their service.

A module may also have ``GROUND_TRUTH: dict[str, list[dict]]`` or a function ``ground_truth()`` returning the same,
which ``regent estate export`` writes out, one JSON file for each key.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from tools.estate.credentials import Caller


@dataclass(frozen=True, slots=True)
class EstateRequest:
    """One request to the sample estate.

    ``account`` is the 12-digit id that the access key belongs to, ``region`` and ``service`` (botocore's name, with
    dashes) come from the SigV4 credential scope, ``params`` is parsed by botocore's model and already validated
    (required members, types, enums, lengths), ``now`` is the sample clock (UTC). ``home`` is where the cost data
    is cached (REGENT_HOME) and ``caller`` is who signed; both are ``None`` outside a running estate.
    """

    account: str
    region: str
    service: str
    operation: str
    params: dict[str, Any] = field(default_factory=dict)
    now: datetime = field(kw_only=True)
    home: Path | None = field(default=None, kw_only=True)
    caller: Caller | None = field(default=None, kw_only=True)


Handler = Callable[[EstateRequest], dict[str, Any]]
