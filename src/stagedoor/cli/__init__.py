"""The command line: everything of Stagedoor for people at a terminal."""

from __future__ import annotations

import sys


def main() -> None:
    """The `stagedoor` command."""
    if sys.argv[1:] in (["-h"], ["--help"]):
        # asked for most, and nothing but text: not worth the time of loading a library
        from .overview import text

        print(text())
        return
    try:
        import click  # noqa: F401
    except ImportError:
        sys.exit(
            "stagedoor: the command line needs its extra: pip install '/path/to/the/clone[cli]'"
        )
    from .main import run

    run()
