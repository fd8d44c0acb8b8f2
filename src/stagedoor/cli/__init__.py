"""The command line: everything of Stagedoor for people at a terminal."""

from __future__ import annotations

import sys


def main() -> None:
    """The `stagedoor` command."""
    try:
        import click  # noqa: F401
    except ImportError:
        sys.exit("stagedoor: the command line needs its extra: pip install 'stagedoor[cli]'")
    from .main import run

    run()
