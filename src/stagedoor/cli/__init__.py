"""The command line: everything of Stagedoor for people at a terminal."""

from __future__ import annotations

import sys

from . import interruption


def main() -> None:
    """The `stagedoor` command."""
    sys.exit(interruption.guarded(_command))


def _command() -> int:
    """Run the command that the arguments name; its exit code."""
    if sys.argv[1:] in (["-h"], ["--help"]):
        # asked for most, and nothing but text: not worth the time of loading a library
        from .overview import text

        sys.stdout.write(text() + "\n")
        return 0
    try:
        import click  # noqa: F401
    except ImportError as error:
        if interruption.is_interrupt(error):
            raise
        sys.stderr.write(
            "stagedoor: the command line needs its extra: pip install '/path/to/the/clone[cli]'\n"
        )
        return 1
    from .main import run

    return run()
