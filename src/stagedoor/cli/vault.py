"""`stagedoor vault`: the keys that tokens are encrypted with, and changing them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from . import terminal
from .service import data_option, load, service_extra

if TYPE_CHECKING:
    from stagedoor.connector.services import Services

_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


@click.group("vault")
def command() -> None:
    """Show and change the keys that tokens are encrypted with.

    To change them: `new-key`, start every process of the service again, `rotate`, and, once
    backups with the old key aren't needed any more, `forget` the old one.
    """


@command.command("keys")
@data_option
def keys(data: Path | None) -> None:
    """List the keys, the writing one first, and how many data keys each one wraps."""
    with _opened(data) as services:
        used = services.vault.used()
        for number, key_id in enumerate(services.keys.vault):
            role = "writes" if number == 0 else "reads"
            terminal.say(f"{key_id}  {role}  wraps {used.pop(key_id, 0)}")
        for key_id, count in used.items():
            terminal.say(f"{key_id}  MISSING  wraps {count}: put it back, nothing else opens them")


@command.command("new-key")
@click.argument("key_id", metavar="ID")
@data_option
def new_key(key_id: str, data: Path | None) -> None:
    """Make a key that writes from each process's next start on; the others go on reading."""
    if not _ID.fullmatch(key_id):
        raise click.BadParameter("letters, digits, dots and dashes, at most 64", param_hint="ID")
    with service_extra():
        from stagedoor.connector import keys

        path = load(data).keys_file
        known = keys.load(path)
        _needs_file(path)
        if key_id in known.vault:
            raise click.ClickException(f"there is a key {key_id} already: choose another name")
        keys.add(path, key_id)
    terminal.say(f"{key_id} is in {path}. Back the file up and start every process again.")


@command.command("rotate")
@data_option
def rotate(data: Path | None) -> None:
    """Wrap every data key by the writing key. May be run at any time, and again."""
    with _opened(data) as services:
        changed = services.vault.rotate()
        verb = "is" if changed == 1 else "are"
        keys = terminal.counted(changed, "data key")
        terminal.say(f"{keys} {verb} wrapped by {services.keys.writing} now.")


@command.command("forget")
@click.argument("key_id", metavar="ID")
@data_option
def forget(key_id: str, data: Path | None) -> None:
    """Take a key away that nothing is wrapped by any more."""
    with _opened(data) as services:
        from stagedoor.connector import keys

        path = services.settings.keys_file
        _needs_file(path)
        if key_id not in services.keys.vault:
            raise click.ClickException(f"there is no key {key_id}: see 'stagedoor vault keys'")
        if key_id == services.keys.writing:
            raise click.ClickException(f"{key_id} is the writing key: make a new one first")
        wraps = services.vault.used().get(key_id, 0)
        if wraps:
            raise click.ClickException(
                f"{key_id} still wraps {terminal.counted(wraps, 'data key')}: "
                "run 'stagedoor vault rotate' first"
            )
        keys.remove(path, key_id)
        terminal.say(
            f"{key_id} is gone from {path}. Older backups of the data can't do without it."
        )


def _needs_file(path: Path) -> None:
    import os

    if os.environ.get("STAGEDOOR_VAULT_KEYS"):
        raise click.ClickException(
            f"the keys come from STAGEDOOR_VAULT_KEYS, not from {path}: change them there"
        )


@contextmanager
def _opened(data: Path | None) -> Iterator[Services]:
    with service_extra():
        from stagedoor.connector.database.migrate import current
        from stagedoor.connector.errors import ApiError
        from stagedoor.connector.services import Services

        services = Services.build(load(data))
        try:
            if not current(services.database):
                raise click.ClickException(
                    "the database isn't this version's: start 'stagedoor serve' once first"
                )
            yield services
        except ApiError as error:
            raise click.ClickException(error.message) from error
        finally:
            services.close()
