"""Docstrings beneath fields and enum members, read from the source when the document is built.

Python keeps no docstring of an attribute, and pydantic's own option reads the source of each model
when it is imported, which would slow down every start.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator, Mapping
from functools import cache


def described_fields(model: type) -> Mapping[str, str]:
    """The docstrings beneath a class's attributes, its bases' included."""
    found: dict[str, str] = {}
    for part in reversed(model.__mro__):
        found |= _attributes(part.__module__).get(part.__qualname__, {})
    return found


def paragraphs(text: str | None) -> str:
    """A docstring as Markdown: each paragraph on one line."""
    if not text:
        return ""
    parts = inspect.cleandoc(text).split("\n\n")
    return "\n\n".join(_joined(part) for part in parts)


def _joined(part: str) -> str:
    if part.lstrip().startswith("- "):
        return part
    return " ".join(part.split())


@cache
def _attributes(module: str) -> Mapping[str, Mapping[str, str]]:
    """The docstrings beneath attributes of each class of a module, by the class's name."""
    found = sys.modules.get(module)
    if found is None:
        return {}
    try:
        tree = ast.parse(inspect.getsource(found))
    except (OSError, TypeError):
        return {}
    return dict(_classes(tree, ""))


def _classes(tree: ast.Module | ast.ClassDef, prefix: str) -> Iterator[tuple[str, dict[str, str]]]:
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            name = f"{prefix}{node.name}"
            yield name, dict(_described(node))
            yield from _classes(node, f"{name}.")


def _described(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for statement, after in zip(node.body, node.body[1:], strict=False):
        if not (
            isinstance(after, ast.Expr)
            and isinstance(after.value, ast.Constant)
            and isinstance(after.value.value, str)
        ):
            continue
        if isinstance(statement, ast.AnnAssign):
            targets: list[ast.expr] = [statement.target]
        elif isinstance(statement, ast.Assign):
            targets = statement.targets
        else:
            continue
        for target in targets:
            if isinstance(target, ast.Name):
                yield target.id, paragraphs(after.value.value)
