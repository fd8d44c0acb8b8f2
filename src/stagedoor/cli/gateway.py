"""What the commands about agents share: the gateway on the data directory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .params import ORGANISATION
from .service import data_option, on_database

if TYPE_CHECKING:
    from stagedoor.agents.container import Agents

_org_option = click.option("--org", required=True, type=ORGANISATION, help="The organisation.")


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """--org and --data."""
    return _org_option(data_option(command))


@contextmanager
def opened(data: Path | None) -> Iterator[Agents]:
    """The gateway; what it refuses becomes one line."""
    with on_database(data) as services:
        from stagedoor.agents.container import Agents
        from stagedoor.connector.vault import opening

        opening.check(services.settings, services.database, services.keys)
        yield Agents(services)
