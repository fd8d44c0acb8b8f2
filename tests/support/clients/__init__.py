"""Clients of others: MCP's official TypeScript SDK, LangChain's adapters, and TikTok's SDK for
TikTok API for Business.

Each is installed apart from the project's own environment (scripts/mcp-clients) and asked as a
process; what can't be installed fails the test with the reason.
"""

from __future__ import annotations

import fcntl
import json
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parents[3]
_HERE = Path(__file__).parent
_INSTALL_SECONDS = 600
_SECONDS = 50


def installed(client: str) -> Path:
    """Where a client is installed, now if need be."""
    lock = Path(tempfile.gettempdir()) / "stagedoor-mcp-clients.lock"
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = subprocess.run(
            [_ROOT / "scripts" / "mcp-clients", client],
            capture_output=True,
            text=True,
            timeout=_INSTALL_SECONDS,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip()) / client


def typescript(folder: Path, asked: dict[str, Any]) -> Any:
    """What the official TypeScript client was told."""
    return _asked(["node", str(_HERE / "typescript" / "client.mjs"), str(folder)], asked)


def langchain(folder: Path, asked: dict[str, Any]) -> Any:
    """What LangChain's tools gave."""
    return _asked([str(folder / "bin" / "python"), str(_HERE / "langchain" / "ask")], asked)


def business(folder: Path, asked: dict[str, Any]) -> Any:
    """What TikTok's SDK gave."""
    return _asked([str(folder / "bin" / "python"), str(_HERE / "business" / "ask")], asked)


def _asked(command: Sequence[str], asked: dict[str, Any]) -> Any:
    done = subprocess.run(
        command,
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
