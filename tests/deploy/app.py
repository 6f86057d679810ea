"""The app as `infra.app` writes it, with one difference: functions carry code that this machine can run.

What is deployed is built for arm64. An emulator runs functions as processes on this machine, so the same locked list
is built for this machine instead. The report says so.
"""

from __future__ import annotations

import os
from pathlib import Path

from infra.app import main
from infra.constructs import functions

if __name__ == "__main__":
    functions.PACKAGE = Path(os.environ["REGENT_DEPLOY_PACKAGE"])  # type: ignore[misc]
    main()
