"""`stagedoor completion`: shell completion for commands and options."""

from __future__ import annotations

import os
from pathlib import PurePath

import click
from click.shell_completion import get_completion_class

from . import terminal

_SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", required=False, type=click.Choice(_SHELLS), metavar="[SHELL]")
def command(shell: str | None) -> None:
    """Print the completion for SHELL; without it, for the shell that $SHELL names.

    SHELL is bash, zsh or fish.

    bash: add  eval "$(stagedoor completion bash)"  to ~/.bashrc, zsh likewise to ~/.zshrc.
    fish: stagedoor completion fish > ~/.config/fish/completions/stagedoor.fish
    """
    name = shell or PurePath(os.environ.get("SHELL", "")).name
    made = get_completion_class(name) if name in _SHELLS else None
    if made is None:
        raise click.UsageError(f"Name the shell: {', '.join(_SHELLS)}.")
    from .main import cli

    for line in made(cli, {}, "stagedoor", "_STAGEDOOR_COMPLETE").source().splitlines():
        terminal.say(line.replace("\t", "    "))
