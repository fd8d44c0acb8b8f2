"""Which contract test shows a write by its effect: `@pytest.mark.shows(write, through=other)`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MARK = "pytest.mark.shows"
ROOT = Path(__file__).parents[2]
CONTRACT = ROOT / "tests" / "contract"


@dataclass(frozen=True, slots=True)
class Shown:
    """`test` in `file` does `write` and sees what came of it `through` another operation."""

    write: str
    through: str
    file: Path
    """From the root of the tree."""
    test: str


def shown() -> list[Shown]:
    """All that are marked, read from the sources without running anything."""
    return [
        found
        for path in sorted(CONTRACT.rglob("test_*.py"))
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef)
        for found in _marks(node, path.relative_to(ROOT))
    ]


def _marks(node: ast.FunctionDef, file: Path) -> Iterator[Shown]:
    for one in node.decorator_list:
        if isinstance(one, ast.Call) and ast.unparse(one.func) == MARK:
            through = {word.arg: ast.literal_eval(word.value) for word in one.keywords}["through"]
            yield Shown(ast.literal_eval(one.args[0]), through, file, node.name)
