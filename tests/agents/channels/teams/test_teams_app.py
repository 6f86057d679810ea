"""The app around the channel: what settings must hold, the manifest, the cards' bounds, the commands."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from agents.channels.delivery import ChannelError
from agents.channels.rendering import Chart, FigureShown, ReceiptShown, TableShown, View
from agents.channels.teams.cards import MOST_BYTES, answer_card
from agents.channels.teams.clouds import CLOUDS
from agents.channels.teams.gatekeeper import gatekeeper
from agents.channels.teams.manifest import manifest, package
from agents.channels.teams.settings import TeamsSettings
from agents.cli.app import app
from tests.agents.channels.teams.bot_framework import APP, TENANT
from tests.agents.channels.teams.conftest import words
from tools.errors import SettingsError

SET = TeamsSettings(app_id=APP, tenant=TENANT)


def seen(rows: int = 3, columns: int = 3, receipts: int = 2, cell: str = "x") -> View:
    names = tuple(f"column {number}" for number in range(columns))
    table = TableShown(title="spend", columns=names, rows=tuple((cell,) * columns for _ in range(rows)), right=(1,))
    receipt = ReceiptShown(
        id="r1", call="ce:GetCostAndUsage", account="1", region="eu-west-1", request_id="q", at="now", source="sample",
        response_sha256="ab" * 32, age="",
    )  # fmt: skip
    return View(
        answer="q1", status="answered", title="Answered", text="Spend was USD 1.00.",
        figures=(FigureShown(label="spend", value="USD 1.00", context="September 2026"),), tables=(table,),
        receipts=(receipt,) * receipts, disclosure="Written by an AI system (m). Ask us.", usage="", personal=False,
    )  # fmt: skip


@pytest.mark.parametrize("rows, columns, receipts, cell", [(400, 3, 500, "x" * 40), (50, 12, 90, "x" * 900)])
def test_a_large_answer_is_a_card_that_teams_takes_and_says_what_it_leaves_out(
    rows: int, columns: int, receipts: int, cell: str
) -> None:
    card = answer_card(seen(rows, columns, receipts, cell))
    assert len(json.dumps(card)) <= MOST_BYTES
    said = words(card)
    assert "not shown here" in said or "too many" in said
    assert "more calls are in the ledger" in said
    assert "Written by an AI system (m). Ask us." in said, "the line is never what is left out"


def test_wide_tables_are_written_row_by_row() -> None:
    wide = answer_card(seen(columns=6, cell="value"))
    assert not any(one["type"] == "Table" for one in wide["body"])
    assert "column 5: value" in words(wide)
    assert any(one["type"] == "Table" for one in answer_card(seen(columns=3))["body"])


def test_time_runs_from_left_to_right_and_is_spelled_as_an_axis_has_room_for_it() -> None:
    def drawn(*labels: str) -> dict[str, Any]:
        values = tuple(map(float, range(1, len(labels) + 1)))
        chart = Chart(
            title="spend", labels=labels, values=values, written=tuple(map(str, values)), unit="USD", column="Spend",
            alt="Bar chart of Spend.",
        )  # fmt: skip
        table = seen().tables[0].model_copy(update={"chart": chart})
        card = answer_card(seen().model_copy(update={"tables": (table,)}))
        [found] = [one for one in card["body"] if one["type"].startswith("Chart.")]
        assert found["fallback"]["text"] == "Bar chart of Spend.", "who cannot see it reads it"
        assert [point["y"] for point in found["data"]] == list(values), "drawn as computed"
        return found

    months = drawn("August 2026", "September 2026", "October 2026 to date (1 to 15 October 2026)")
    assert months["type"] == "Chart.VerticalBar"
    assert [point["x"] for point in months["data"]] == ["Aug", "Sep", "Oct to date"]
    years = drawn("December 2025", "January 2026")
    assert [point["x"] for point in years["data"]] == ["Dec 2025", "Jan 2026"]
    assert drawn("Amazon EC2", "Amazon S3")["type"] == "Chart.HorizontalBar"


def test_the_clouds_are_those_that_the_sdk_knows() -> None:
    from microsoft_teams.api.auth import cloud_environment as theirs

    for name, cloud in CLOUDS.items():
        known = theirs.from_name(name)
        assert (cloud.issuer, cloud.openid) == (known.token_issuer, known.openid_metadata_url)


def test_the_manifest_fits_what_teams_takes() -> None:
    made = manifest(SET, "0.1.0")
    assert made["id"] == made["bots"][0]["botId"] == APP
    assert made["bots"][0]["scopes"] == ["personal", "team", "groupChat"]
    assert "permissions" not in made and "webApplicationInfo" not in made, "it asks for nobody's data"
    assert len(made["name"]["short"]) <= 30 and len(made["name"]["full"]) <= 100
    assert len(made["description"]["short"]) <= 80 and len(made["description"]["full"]) <= 4000
    commands = made["bots"][0]["commandLists"][0]["commands"]
    assert 0 < len(commands) <= 10 and all(
        len(one["title"]) <= 32 and len(one["description"]) <= 128 for one in commands
    )


def pixels(png: bytes) -> tuple[int, int, bytes]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    at, data, size = 8, b"", (0, 0)
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert struct.unpack(">I", png[at + 8 + length : at + 12 + length])[0] == zlib.crc32(kind + body)
        if kind == b"IHDR":
            size = struct.unpack(">II", body[:8])
        data += body if kind == b"IDAT" else b""
        at += 12 + length
    return size[0], size[1], zlib.decompress(data)


def test_the_package_holds_manifest_and_icons_of_the_sizes_that_teams_wants() -> None:
    made = package(SET, "0.1.0")
    assert made == package(SET, "0.1.0"), "the same settings give the same bytes"
    with zipfile.ZipFile(io.BytesIO(made)) as packed:
        assert sorted(packed.namelist()) == ["color.png", "manifest.json", "outline.png"]
        assert json.loads(packed.read("manifest.json"))["id"] == APP
        assert pixels(packed.read("color.png"))[:2] == (192, 192)
        width, height, outline = pixels(packed.read("outline.png"))
    assert (width, height) == (32, 32)
    rows = [outline[row * 129 + 1 : (row + 1) * 129] for row in range(32)]
    dots = [row[column : column + 4] for row in rows for column in range(0, 128, 4)]
    assert {dot[:3] for dot in dots} == {b"\xff\xff\xff"}, "white alone"
    assert {0, 255} <= {dot[3] for dot in dots}, "on a transparent ground"


def test_what_is_not_set_is_said_and_what_to_do() -> None:
    with pytest.raises(SettingsError, match=r"teams\.app_id.*docs/teams\.md"):
        manifest(TeamsSettings(tenant=TENANT), "1")
    with pytest.raises(SettingsError, match=r"teams\.tenant"):
        TeamsSettings(app_id=APP).registered()
    with pytest.raises(ValidationError):
        TeamsSettings(app_id="regent")


def test_the_secret_comes_from_one_place_and_is_never_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "teams.secret"
    file.write_text("s3cr3t-of-the-app\n")
    file.chmod(0o600)
    by_file = TeamsSettings(app_id=APP, tenant=TENANT, secret_file=file)
    assert by_file.client_secret() == "s3cr3t-of-the-app"
    both: Any = {"secret": "s3cr3t-of-the-app", "secret_file": file}
    for wrong in ({}, both, {"secret_file": tmp_path / "gone"}):
        with pytest.raises(SettingsError) as raised:
            TeamsSettings(**wrong).client_secret()
        assert "s3cr3t" not in str(raised.value)
    file.chmod(0o644)
    with pytest.raises(SettingsError, match="600"):
        by_file.client_secret()
    monkeypatch.setenv("REGENT_TEAMS__SECRET", "s3cr3t-of-the-app")
    shown = CliRunner().invoke(app, ["doctor", "--settings"])
    assert (
        shown.exit_code == 0 and "s3cr3t" not in shown.output and "s3cr3t" not in repr(TeamsSettings(secret="s3cr3t"))
    )


def test_a_front_that_is_not_set_lets_nobody_in(monkeypatch: pytest.MonkeyPatch) -> None:
    named = {"REGENT_TEAMS__APP_ID": APP, "REGENT_TEAMS__TENANT": TENANT, "REGENT_TEAMS__CLOUD": "public"}
    for name in named:
        for key, value in named.items():
            monkeypatch.setenv(key, value if key != name else "")
        with pytest.raises(ChannelError):
            gatekeeper(dict, None)  # type: ignore[arg-type]


def test_regent_teams_manifest_writes_the_package_and_shows_the_manifest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGENT_TEAMS__APP_ID", APP)
    monkeypatch.setenv("REGENT_TEAMS__TENANT", TENANT)
    done = CliRunner().invoke(app, ["teams", "manifest", "--out", str(tmp_path / "app.zip")])
    assert done.exit_code == 0 and zipfile.is_zipfile(tmp_path / "app.zip")
    shown = CliRunner().invoke(app, ["teams", "manifest", "--json"])
    assert json.loads(shown.stdout)["id"] == APP
    helped = CliRunner().invoke(app, ["teams", "--help"])
    assert "Examples" in helped.stdout and "manifest" in helped.stdout


def test_the_worker_on_aws_takes_its_secret_and_its_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    from agents.channels.teams.worker import adapter

    for name, value in {"APP_ID": APP, "TENANT": TENANT}.items():
        monkeypatch.setenv(f"REGENT_TEAMS__{name}", value)
    monkeypatch.setenv("REGENT_STATE_TABLE", "state")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    for wrong in ({}, {"client_secret": ""}, {"client_secret": 7}):
        with pytest.raises(ChannelError, match="client_secret"):
            adapter(None, lambda wrong=wrong: wrong)  # type: ignore[arg-type, misc]
    worker = adapter(None, lambda: {"client_secret": "s3cr3t"})  # type: ignore[arg-type]
    try:
        assert worker.places == (), "nobody is named, so nobody is told, and alerts wait"
    finally:
        worker.close()
