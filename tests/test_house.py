"""The house keeps its own rules: small modules, no machine paths, no index addresses, no unfinished code."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("agents", "tools", "policies", "infra")


def modules() -> list[Path]:
    return [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.splitlines() if (ROOT / name).is_file()]


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_is_small_and_says_what_it_is_for(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 400
    assert text.lstrip().startswith(('"""', 'r"""')), "no docstring says what the module is for"


def test_modules_are_short_in_the_middle() -> None:
    lengths = sorted(path.read_text(encoding="utf-8").count("\n") for path in modules())
    assert lengths[len(lengths) // 2] < 150


def test_no_tracked_file_names_a_machine_path_or_a_package_index() -> None:
    index = re.compile(r"https?://[^\s\"']+/(?:simple|packages)/|index-url[ =]+http|\"resolved\": *\"http")
    machine = re.compile(r"(?:^|[^a-z.\w/])/(?:work|farm|root)/[a-z]")
    for path in tracked():
        if path.suffix in (".parquet", ".png", ".zip") or path == Path(__file__):
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        assert not index.search(text), path
        assert not machine.search(text), path


def test_nothing_is_unfinished_or_silenced() -> None:
    wrong = re.compile(
        r"NotImplementedError|\b(?:TODO|FIXME|XXX)\b|pragma: no cover|mark\.(?:skip|xfail)\b"
        r"|except(?: Exception)?: *(?:pass|\.\.\.)|type: ignore(?!\[)|load_tools_from_directory=True"
    )
    for path in [*modules(), *sorted((ROOT / "tests").rglob("*.py"))]:
        if path == Path(__file__):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            assert not wrong.search(line), f"{path.relative_to(ROOT)}:{number}: {line.strip()}"


def test_what_marks_a_test_as_slow_stands_in_its_own_file() -> None:
    """`make slow` loads no other files (`tests/conftest.py`)."""
    marking = re.compile(r"\bmark\.slow\b")
    helpers = [path for path in (ROOT / "tests").rglob("*.py") if not path.name.startswith("test_")]
    assert not [path for path in helpers if marking.search(path.read_text(encoding="utf-8"))]


def test_no_two_files_of_tests_have_one_name() -> None:
    """pytest would stop at the second of them, and none of its tests would run."""
    names = Counter(path.name for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name, times in names.items() if times > 1] == []


def test_what_the_pages_name_is_there() -> None:
    """A file that was moved or renamed takes the sentences along that lead a reader to it."""
    examples = {"tests/tools/ops/test_idle_addresses.py", "infra/config/NAME.yaml"}
    pages = [path for path in tracked() if path.suffix == ".md" and path.relative_to(ROOT).parts[0] not in ROOMS]
    named = re.compile(rf"`((?:{'|'.join((*ROOMS, 'tests', 'docs'))})/[\w./-]+)`|\]\((?!https?:)([^)#\s]+)")
    for page in pages:
        for file, link in named.findall(page.read_text(encoding="utf-8")):
            there = ROOT / file if file else page.parent / link
            assert file in examples or there.exists(), f"{page.relative_to(ROOT)} names {file or link}"
