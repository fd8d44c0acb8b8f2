"""`stagedoor token`: create a JWT for the service's API."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from . import terminal
from .params import ORGANISATION, Id, Positive
from .service import data_option, load, service_extra


@click.command("token")
@click.option("--org", required=True, type=ORGANISATION, help="The organisation.")
@click.option(
    "--user", type=Id("user"), default="cli", show_default=True, help="Who it speaks for."
)
@click.option(
    "--role",
    type=click.Choice(["viewer", "member", "admin"]),
    default="admin",
    show_default=True,
    help="What it may do.",
)
@click.option(
    "--hours", default=24.0, show_default=True, type=Positive(87_600), help="How long it is valid."
)
@data_option
def command(org: str, user: str, role: str, hours: float, data: Path | None) -> None:
    """Print a JWT for the service's API, and nothing else."""
    with service_extra():
        from stagedoor.connector.clock import clock
        from stagedoor.connector.tenants.roles import Role
        from stagedoor.connector.tenants.tokens import mint
        from stagedoor.connector.vault import opening

        settings = load(data)
        if settings.jwt.jwks_url is not None:
            raise click.ClickException(
                "STAGEDOOR_JWT_JWKS_URL is set, so the service takes only tokens that the keys "
                "served there have signed: get one where those are issued"
            )
        with closing(clock(settings.clock_url)) as told:
            now = told.now()
        terminal.say(
            mint(
                settings.jwt,
                opening.keys_of(settings).jwt,
                org=org,
                user=user,
                role=Role(role),
                now=now,
                seconds=hours * 3600,
            )
        )
