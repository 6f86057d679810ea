"""Unique: YAML in which no key stands twice, for files where the last one silently winning would be a hole."""

from __future__ import annotations

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
        yaml.YAMLError: it does not parse, or a key stands there twice.
    """
    return yaml.load(text, Loader=_UniqueKeys)  # noqa: S506 - a SafeLoader subclass
