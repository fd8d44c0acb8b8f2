"""The command group. A command's module is imported only when the command runs."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from . import closed_pipe, interruption, parent, terminal
from .overview import COMMANDS, text


class Lazy(click.Group):
    """Lists the commands in `overview.COMMANDS`, so that --help imports none of their modules."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(f".{name.replace('-', '_')}", __package__).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            from stagedoor.platform.near_match import did_you_mean

            ctx.fail(f"There is no command '{name}'.{did_you_mean(name, COMMANDS)}")
        return super().resolve_command(ctx, args)

    def get_help(self, ctx: click.Context) -> str:
        return text()


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="stagedoor", message="stagedoor %(version)s")
def cli() -> None:
    """The `stagedoor` command; `overview` holds its help."""


def _check_arguments(arguments: Sequence[str]) -> None:
    """Refuse arguments that aren't valid text; names of existing files may be any bytes."""
    for number, one in enumerate(arguments, 1):
        if not one.isascii() and not os.path.lexists(one):
            try:
                one.encode()
            except UnicodeEncodeError:
                raise click.UsageError(
                    f"Argument {number} isn't UTF-8: write it in the terminal's own encoding."
                ) from None


def run() -> int:
    """Run the command; returns its exit code. Expected failures print one line, not a traceback."""
    parent.watch()
    terminal.prepare()
    output = terminal.output()
    try:
        _check_arguments(sys.argv[1:])
        code = cli.main(standalone_mode=False)
        return code if isinstance(code, int) else 0
    except SystemExit as stop:
        # click keeps a closed pipe to itself: it replaces the stream, and ends with 1
        closed = terminal.output() is not output
        return closed_pipe.end() if closed else _code_of(stop)
    except Exception as error:
        if interruption.is_interrupt(error):
            raise
        code = closed_pipe.end() if closed_pipe.is_cause(error) else _told(error)
        if code is None:
            raise
        return code


def _code_of(stop: SystemExit) -> int:
    if isinstance(stop.code, str):
        terminal.note_lines(stop.code)
        return 1
    return stop.code or 0


def _told(error: Exception) -> int | None:
    """Print an expected error; returns the exit code, or None if the error wasn't expected."""
    if isinstance(error, click.exceptions.Abort):
        terminal.note("Stopped.")
        return interruption.EXIT_CODE
    if isinstance(error, click.ClickException):
        text = io.StringIO()
        error.show(text)
        terminal.note_lines(text.getvalue())
        return error.exit_code
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        terminal.note(f"Error: {where}{error.strerror or error}")
        return 1
    if "stagedoor.platform.refusal" not in sys.modules:
        return None
    from stagedoor.client.errors import ScopeMissing, StagedoorError, TokenInvalid

    if not isinstance(error, StagedoorError):
        return None
    terminal.note_lines(f"Error: {error}")
    if isinstance(error, ScopeMissing):
        terminal.note(_scopes_advice(error.operation))
    elif isinstance(error, TokenInvalid):
        terminal.note("'stagedoor connect' connects the account again.")
    return 1


def _scopes_advice(operation: str) -> str:
    """Advice on how to get a scope that the operation needs."""
    from stagedoor.platform import catalogue

    declared = catalogue.operations().get(operation)
    names = () if declared is None or declared.scopes is None else declared.scopes.names
    if not names:
        return "'stagedoor connect' connects the account again."
    others = f" (or another of {', '.join(names)})" if len(names) > 1 else ""
    return (
        f"'stagedoor connect --scope {names[0]}' asks the creator for the scope{others}; name "
        "every scope that you need, each with --scope."
    )
