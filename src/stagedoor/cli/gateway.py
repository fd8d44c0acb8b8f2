"""Shared parts of the commands about agents: the gateway on the data directory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

import stagedoor.agents

from .params import ORGANISATION
from .service import data_option, on_database

_org_option = click.option("--org", required=True, type=ORGANISATION, help="The organisation.")


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options --org and --data to a command."""
    return _org_option(data_option(command))


@contextmanager
def open_gateway(data: Path | None) -> Iterator[stagedoor.agents.Agents]:
    """Open the gateway; its errors become one-line messages."""
    with on_database(data) as services:
        from stagedoor.connector.vault import opening

        opening.check(services.settings, services.database, services.keys)
        yield stagedoor.agents.Agents(services)
