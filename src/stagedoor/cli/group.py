"""A group of commands whose help has each command's whole first sentence."""

from __future__ import annotations

import click

_WHOLE = 1_000


class CommandGroup(click.Group):
    """A command with subcommands."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of subcommands; click itself cuts sentences at the end of the line."""
        found = ((name, self.get_command(ctx, name)) for name in self.list_commands(ctx))
        rows = [(name, one.get_short_help_str(_WHOLE)) for name, one in found if one is not None]
        if rows:
            with formatter.section("Commands"):
                formatter.write_dl(rows)
