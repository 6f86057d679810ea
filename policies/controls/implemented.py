"""What implements a control: declared as file and name, resolved to a line when somebody asks."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import yaml
from pydantic import TypeAdapter, ValidationError

from policies.controls.catalogue import catalogue
from policies.controls.check import Check
from policies.controls.errors import ControlsError
from tools.unique import read_unique

SHIPPED = Path(__file__).with_name("implemented.yaml")
_SHAPE = TypeAdapter(dict[str, tuple[str, ...]])


@cache
def implementers(file: Path = SHIPPED) -> dict[str, tuple[str, ...]]:
    """`path` or `path::name` by control.

    Raises:
        ControlsError: the file cannot be read or names a control that does not exist.
    """
    try:
        found = _SHAPE.validate_python(read_unique(file))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise ControlsError(f"{file.name} cannot be used: {error}.") from error
    unknown = sorted(set(found) - set(catalogue()))
    if unknown:
        raise ControlsError(f"{file.name} names {unknown[0]!r}, which is no control.")
    return found


def located(root: Path, reference: str) -> str:
    """`path:line` of a reference below `root`, or `path` where no name is given.

    Raises:
        ControlsError: the file or the name is not there.
    """
    path, _, name = reference.partition("::")
    file = root / path
    if not file.is_file():
        raise ControlsError(f"{path} does not exist, yet a control is said to be implemented there.")
    if not name:
        return path
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and node.name == name:
            return f"{path}:{node.lineno}"
    raise ControlsError(f"{path} has no {name}, yet a control is said to be implemented there.")


def check_at(root: Path, check: Check) -> str:
    """Where a check stands: path and line of its function."""
    code = check.function.__code__
    path = Path(code.co_filename)
    shown = path.relative_to(root) if path.is_relative_to(root) else path.name
    return f"{shown}:{code.co_firstlineno}"
