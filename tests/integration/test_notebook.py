"""The example notebook runs from its first cell to its last, against the local TikTok."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.local import Local

NOTEBOOK = Path(__file__).parents[2] / "examples" / "research.ipynb"


def test_its_cells_run_one_after_the_other(
    local: Local,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("STAGEDOOR_TIKTOK_URL", local.url)
    monkeypatch.setenv("MPLBACKEND", "agg")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    order = {"creator": "maracooks", "count": 240, "days": 50, "titles": ["Rye #rye", "Oats #oats"]}
    local.control("POST", "videos/batch", order)
    book = json.loads(NOTEBOOK.read_text())
    assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
    names: dict[str, Any] = {}
    for cell in book["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "code":
            assert not cell["outputs"], "outputs are of one's own run"
            exec(compile(source, f"{NOTEBOOK.name} {cell['id']}", "exec"), names)  # noqa: S102
    assert len(names["frame"]) > 200
    assert len(names["popular"]) > 3
    assert names["rest"]
    assert set(names["first"]).isdisjoint(names["rest"])
    assert len(names["both"]) == len(names["videos"]) == names["made"].counts["videos"]
    assert (names["folder"] / "weeks.png").read_bytes().startswith(b"\x89PNG")
    assert "finished" in capsys.readouterr().out
