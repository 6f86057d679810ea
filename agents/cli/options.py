"""Options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class EstateChoice(StrEnum):
    """What is asked about."""

    sample = "sample"
    aws = "aws"


As = Annotated[str, typer.Option("--as", help="As this person of the principals file.", metavar="ID")]
WhichEstate = Annotated[EstateChoice, typer.Option("--estate", help="The sample estate, or your own AWS accounts.")]
WhichModel = Annotated[
    str | None,
    typer.Option("--model", help="offline, bedrock:ID or openai:URL#MODEL.", metavar="MODEL"),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]
Fresh = Annotated[bool, typer.Option("--fresh", help="Ask AWS anew instead of using remembered billed calls.")]
