"""Unique: YAML in which no key stands twice, for files where the last one silently winning would be a hole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The same loader in C where it was built: sixty documents are read for every status."""


class _UniqueKeys(_Loader):  # type: ignore[misc]  # one of two equal classes
    """YAML keeps the last of two equal keys and says nothing; here it is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = {key for key in keys if keys.count(key) > 1}
        if twice:
            raise yaml.YAMLError(f"{min(map(str, twice))!r} stands there twice")
        made: dict[object, object] = super().construct_mapping(node, deep)
        return made


def load_unique(text: str) -> object:
    """YAML without anchors' surprises: plain data, and no key twice.

    Raises:
        yaml.YAMLError: it does not parse, a key stands there twice, or a value is none (a 13th month).
    """
    try:
        return yaml.load(text, Loader=_UniqueKeys)  # noqa: S506 - a SafeLoader subclass
    except (ValueError, OverflowError, RecursionError) as error:
        # PyYAML lets what a date or number trips over through as it is
        raise yaml.YAMLError(f"a value in it is none: {error}") from error


def read_unique(file: Path) -> object:
    """The same of a file, which must be UTF-8.

    Raises:
        OSError: it cannot be read.
        yaml.YAMLError: as `load_unique`, or it is no UTF-8.
    """
    try:
        return load_unique(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise yaml.YAMLError(f"it is no UTF-8 text: {error}") from error
