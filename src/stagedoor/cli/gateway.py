"""What the commands about agents share: the gateway on the data directory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .params import ORGANISATION
from .service import data_option, load, service_extra

if TYPE_CHECKING:
    from stagedoor.agents.services import Agents

_org_option = click.option("--org", required=True, type=ORGANISATION, help="The organisation.")


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """--org and --data."""
    return _org_option(data_option(command))


@contextmanager
def opened(data: Path | None) -> Iterator[Agents]:
    """The gateway; what it refuses becomes one line."""
    with service_extra():
        from stagedoor.agents.services import Agents
        from stagedoor.connector.database.migrate import current
        from stagedoor.connector.errors import ApiError
        from stagedoor.connector.services import Services

        services = Services.build(load(data))
        try:
            if not current(services.database):
                raise click.ClickException(
                    "the database isn't this version's: start 'stagedoor serve' once first"
                )
            yield Agents(services)
        except ApiError as error:
            raise click.ClickException(error.message) from error
        finally:
            services.close()
