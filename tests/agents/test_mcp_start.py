"""Only the process that serves MCP loads the SDK."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "module", ["stagedoor.agents.extension", "stagedoor.agents.mcp.bridge", "stagedoor.cli.agents"]
)
def test_a_worker_and_the_command_line_do_without_the_sdk(module: str) -> None:
    told = f"import sys, {module}; print([one for one in sys.modules if one.startswith('mcp')])"
    done = subprocess.run(
        [sys.executable, "-c", told], capture_output=True, text=True, timeout=50, check=True
    )
    assert done.stdout.strip() == "[]"
