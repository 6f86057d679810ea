"""Files that people write in YAML: whatever is in them, it is data or one error of a kind, never another exception."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.unique import load_unique, read_unique


@pytest.mark.parametrize(
    "text",
    ["a: 2026-13-45", "a: 2026-01-01T99:00:00Z", "a: 1\na: 2", "? {a: 1}\n: 2", "a: [", "a: !!python/name:os.system"],
)
def test_what_is_no_plain_data_is_a_yaml_error(text: str) -> None:
    with pytest.raises(yaml.YAMLError):
        load_unique(text)


def test_what_is_no_utf8_is_a_yaml_error_too(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_bytes(b"\xff\xfe")
    with pytest.raises(yaml.YAMLError, match="no UTF-8"):
        read_unique(tmp_path / "x.yaml")


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from("aZ0129-:.TZ _[]{}&*!?|>'\"#%\n\t"), max_size=40))
def test_no_text_raises_anything_else(text: str) -> None:
    with contextlib.suppress(yaml.YAMLError):
        load_unique(text)
