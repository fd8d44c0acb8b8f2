"""Published facts that the code is judged by, as plain data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

_HERE = Path(__file__).parent


def vectors(name: str) -> dict[str, Any]:
    """The file `vectors/<name>.yaml`."""
    found: dict[str, Any] = yaml.safe_load((_HERE / "vectors" / f"{name}.yaml").read_text())
    return found


def chunk_plans() -> list[dict[str, Any]]:
    """Published chunk plans; those with a `rule` are refused."""
    found: list[dict[str, Any]] = yaml.safe_load((_HERE / "vectors.yaml").read_text())[
        "chunk_plans"
    ]
    return found
