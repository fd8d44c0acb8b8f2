"""Which contract test shows a write by its effect: `@pytest.mark.shows(write)`. The example of the
write says through which other operation the effect is seen."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stagedoor.platform.operation import Operation
from tests.examples import EXAMPLES

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
            write = ast.literal_eval(one.args[0])
            yield Shown(write, effect_of(write).id, file, node.name)


def effect_of(write: str) -> Operation[..., Any]:
    """The operation through which the effect of a write is seen."""
    effect = EXAMPLES[write].effect if write in EXAMPLES else None
    if effect is None:
        raise AssertionError(f"give the example of {write} in tests/examples/ an effect")
    return effect
