"""The messages of `make` before it installs."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_setup_says_what_it_installs_and_that_it_takes_a_while(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "environment", tmp_path / "scripts")
    shutil.copy(ROOT / "requirements.lock", tmp_path)
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "uv").write_text('#!/bin/sh\necho uv "$@"\n')
    (tools / "uv").chmod(0o755)
    done = subprocess.run(
        [tmp_path / "scripts" / "environment", sys.executable],
        env={"PATH": f"{tools}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    lines = done.stdout.splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("uv pip"))
    before = " ".join(lines[:first])
    assert "packages into .venv" in before
    assert "a minute" in before
    assert lines[-1] == "setup: .venv is ready"
