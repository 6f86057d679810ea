"""The principals file from a bucket: read at the start, validated, and never mixed with another."""

import pytest

from agents.home import Home
from agents.knowing import with_principals
from agents.settings import Settings
from policies.access.errors import PrincipalsError
from policies.access.principal import known_principal
from tools.errors import SettingsError

ADDRESS = "s3://assets/people.yaml"


class Bucket:
    """One object, as boto3 gives it."""

    def __init__(self, text):
        self.text, self.asked = text, []

    def get_object(self, **given):
        from io import BytesIO

        from botocore.exceptions import ClientError

        self.asked.append(given)
        if self.text is None:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "GetObject")
        return {"Body": BytesIO(self.text.encode())}


def test_people_of_the_object_are_known_and_nobody_else(tmp_path):
    bucket = Bucket('principals:\n  eva: {role: manager, known_as: ["webhook:portal/eva"]}\n')
    settings = with_principals(Settings(principals_object=ADDRESS), Home(tmp_path / "home"), bucket)
    assert bucket.asked == [{"Bucket": "assets", "Key": "people.yaml"}]
    assert known_principal("webhook:portal/eva", "envelope", settings.principals).id == "eva"
    assert known_principal("webhook:portal/local", "envelope", settings.principals) is None
    assert settings.principals.is_relative_to(tmp_path)


def test_without_an_object_nothing_is_asked(tmp_path):
    bucket = Bucket(None)
    assert with_principals(Settings(), Home(tmp_path), bucket) == Settings() and bucket.asked == []


@pytest.mark.parametrize(
    ("text", "more", "error"),
    [
        (None, {}, SettingsError),
        ("principals: {eva: {role: king}}", {}, PrincipalsError),
        ("- nothing", {}, PrincipalsError),
        ("principals: {}", {"principals": "/etc/people.yaml"}, SettingsError),
    ],
)
def test_an_object_that_cannot_be_used_opens_nothing(tmp_path, text, more, error):
    with pytest.raises(error):
        with_principals(Settings(principals_object=ADDRESS, **more), Home(tmp_path), Bucket(text))
