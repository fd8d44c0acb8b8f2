"""The command line interface of Stagedoor."""

from __future__ import annotations

import sys

from . import interruption


def main() -> None:
    """Entry point of the `stagedoor` command."""
    sys.exit(interruption.guarded(_command))


def _command() -> int:
    """Run the command that the arguments name; returns its exit code."""
    if sys.argv[1:] in (["-h"], ["--help"]):
        # the most common calls print fixed text, so they import no library
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
