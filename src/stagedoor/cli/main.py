"""The command group. A command's module is imported only when the command runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from .overview import COMMANDS, text


class Lazy(click.Group):
    """Lists commands from the table above, so that --help imports none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(f".{name}", __package__).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(name, COMMANDS, 1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            ctx.fail(f"There is no command '{name}'.{hint}")
        return super().resolve_command(ctx, args)

    def get_help(self, ctx: click.Context) -> str:
        return text()


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="stagedoor", message="stagedoor %(version)s")
def cli() -> None:
    """The `stagedoor` command; `overview` holds its help."""


def _check_arguments(arguments: Sequence[str]) -> None:
    """Refuse what is no text, unless it names a file: names of files are bytes."""
    for number, one in enumerate(arguments, 1):
        if not one.isascii() and not os.path.lexists(one):
            try:
                one.encode()
            except UnicodeEncodeError:
                raise click.UsageError(
                    f"Argument {number} isn't UTF-8: write it in the terminal's own encoding."
                ) from None


def run() -> None:
    """Run the command; expected failures are one line, not a traceback."""
    try:
        _check_arguments(sys.argv[1:])
        cli.main(standalone_mode=False)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.exceptions.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        click.echo(f"Error: {where}{error.strerror or error}", err=True)
        sys.exit(1)
    except Exception as error:
        if "stagedoor.client.errors" not in sys.modules:
            raise
        from stagedoor.client.errors import ScopeMissing, StagedoorError, TokenInvalid

        if not isinstance(error, StagedoorError):
            raise
        click.echo(f"Error: {error}", err=True)
        if isinstance(error, TokenInvalid | ScopeMissing):
            click.echo("'stagedoor connect' connects the account again.", err=True)
        sys.exit(1)
