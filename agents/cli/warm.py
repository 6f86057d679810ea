"""Compile what start-up needs, once at installation, so that the first command is as fast as the next."""

from __future__ import annotations

import compileall
import sysconfig
from pathlib import Path

_NEEDED = """
annotated_doc annotated_types anyio botocore boto3 cedarpy certifi cffi click cryptography dateutil docstring_parser
duckdb flask flask_cors httpx httpcore jmespath jsonschema markdown_it mcp moto opentelemetry orjson platformdirs
pydantic pydantic_core pydantic_settings pygments requests responses rich s3transfer starlette strands structlog typer
typing_inspection urllib3 werkzeug xmltodict yaml
"""


def main() -> None:
    """Compile our packages and the libraries that `regent ask` imports."""
    here = Path(__file__).resolve().parents[2]
    site = Path(sysconfig.get_paths()["purelib"])
    folders = [here / name for name in ("agents", "policies", "tools")]
    folders += [site / name for name in _NEEDED.split() if (site / name).is_dir()]
    for folder in folders:
        compileall.compile_dir(str(folder), quiet=2, workers=0)
    for single in site.glob("*.py"):
        compileall.compile_file(str(single), quiet=2)


if __name__ == "__main__":
    main()
