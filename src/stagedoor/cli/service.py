"""Shared parts of the commands that run or open the service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click

from stagedoor import connector

from .route_names import as_commands
from .setting_names import tell_misspelt

data_option = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    help="The data directory. Default: STAGEDOOR_DATA, or ./stagedoor-data.",
)


@contextmanager
def service_extra() -> Iterator[None]:
    """Turn a missing extra or a configuration error into a one-line message."""
    try:
        from stagedoor.connector.errors import ApiError
        from stagedoor.connector.settings import SettingsError
    except ImportError:
        raise _missing() from None
    try:
        yield
    except ImportError as error:
        if error.name and error.name.startswith("stagedoor"):
            raise
        raise _missing() from None
    except (SettingsError, ApiError, OSError) as error:
        words = as_commands(error.message) if isinstance(error, ApiError) else str(error)
        raise click.ClickException(words) from error


@contextmanager
def on_database(data: Path | None) -> Iterator[connector.Container]:
    """The service's container, on a database whose schema is this version's."""
    with service_extra():
        from stagedoor.connector.database.migrate import current
        from stagedoor.connector.errors import ApiError
        from stagedoor.connector.installation import public_address

        services = connector.Container.build(load_existing(data))
        try:
            if not current(services.database):
                raise click.ClickException(
                    "the database isn't this version's: start 'stagedoor serve' once first"
                )
            settings = public_address.recall(services.database, services.settings)
            services = replace(services, settings=settings)
            yield services
        except ApiError as error:
            raise click.ClickException(as_commands(error.message)) from error
        finally:
            services.close()


def _missing() -> click.ClickException:
    return click.ClickException(
        "the service needs its extra: pip install '/path/to/the/clone[server]'"
    )


def load_existing(data: Path | None) -> connector.Settings:
    """Settings for a command that only uses an existing installation: nothing is created."""
    found = load(data)
    path = Path(found.database_url.removeprefix("sqlite:///").partition("?")[0])
    if found.embedded and not path.is_file():
        raise click.ClickException(
            f"there is no Stagedoor data in {path.parent}: name its folder with --data or "
            "STAGEDOOR_DATA, or start 'stagedoor serve' once first"
        )
    return found


def load(data: Path | None) -> connector.Settings:
    from stagedoor.connector import settings

    values = settings.environment()
    tell_misspelt(values)
    return settings.load(data, values)
