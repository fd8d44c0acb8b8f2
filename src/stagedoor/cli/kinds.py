"""The kinds of connections of this machine: creators, ad accounts, business accounts."""

from __future__ import annotations

import click

CREATOR, ADS, ACCOUNT = "creator", "ads", "businessAccount"
CONNECTED_KINDS = (CREATOR, ADS, ACCOUNT)

KIND = click.option(
    "--kind",
    type=click.Choice(CONNECTED_KINDS),
    help="The kind of the connection: creator, ads (ad accounts) or businessAccount.",
)


def named(kind: str, name: str) -> str:
    """A connection's name for people: creators have handles."""
    return f"@{name}" if kind == CREATOR else name
