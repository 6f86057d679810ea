"""The errors that the sample estate answers with, in AWS's own codes."""

from __future__ import annotations


class AwsError(Exception):
    """An error that the caller of an AWS API sees: code, message and HTTP status.

    A handler raises it; the endpoint writes it in the protocol of the service, so that botocore makes a
    ``ClientError`` of it. ``code`` is AWS's code for the situation (``ValidationException``,
    ``ResourceNotFoundException``). botocore retries 500, 502, 503, 504 and the throttling codes.
    """

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


class PassOnError(Exception):
    """A handler leaves this request to moto: it is about something that AWS itself made."""


NOT_IN_SAMPLE = "NotInSampleEstate"
"""The code for what the sample cannot answer. HTTP 501, which botocore does not retry."""

DEFECT = "SampleEstateDefect"
"""The code for a fault of ours: a handler crashed or returned what botocore's model does not know. HTTP 501."""


def not_in_sample(service: str, operation: str, why: str = "") -> AwsError:
    """The explicit refusal for an operation without sample data; never an empty 200."""
    detail = f" {why}" if why else ""
    return AwsError(
        NOT_IN_SAMPLE,
        f"{service}:{operation} has no data in the sample estate.{detail} Ask something else, or ask your own "
        "accounts with --estate aws.",
        501,
    )
