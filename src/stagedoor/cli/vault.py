"""`stagedoor vault`: the keys that encrypt tokens, and their rotation."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import click

from stagedoor import connector

from . import terminal
from .group import CommandGroup
from .service import data_option, load, load_existing, on_database, service_extra

_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


@click.group("vault", cls=CommandGroup)
def command() -> None:
    """Show and change the keys that tokens are encrypted with.

    To change them: `new-key`, start every process of the service again, `rotate`, and, once
    backups with the old key aren't needed any more, `forget` the old one.
    """


@command.command("keys")
@data_option
def keys(data: Path | None) -> None:
    """List the keys, the writing one first, with how many data keys each one wraps and opens.

    Exits 1 where something doesn't open.
    """
    with service_extra():
        from stagedoor.connector import keys as key_files
        from stagedoor.connector.database import Database
        from stagedoor.connector.vault import opening

        settings = load_existing(data)
        known = key_files.found(settings)
        with closing(Database(settings.database_url)) as database:
            uses = opening.examine(database, known)
        if not uses:
            terminal.say(
                f"{opening.source(settings)} doesn't exist yet, and the vault is empty: the first "
                "'stagedoor serve' makes a key."
            )
    for number, use in enumerate(uses):
        role = "MISSING" if not use.known else "writes" if number == 0 else "reads"
        line = f"{use.key_id}  {role}  wraps {use.wraps}"
        if not use.known:
            line += ": put it back, nothing else opens them"
        elif use.closed:
            line += f", OPENS {use.opens}: another key had this id, put it back"
        terminal.say(line)
    if any(use.closed for use in uses):
        terminal.note(opening.RESET)
        sys.exit(1)


@command.command("new-key")
@click.argument("key_id", metavar="ID")
@data_option
def new_key(key_id: str, data: Path | None) -> None:
    """Make a key that writes from each process's next start on; the others go on reading."""
    if not _ID.fullmatch(key_id):
        raise click.BadParameter("letters, digits, dots and dashes, at most 64", param_hint="ID")
    with service_extra():
        from stagedoor.connector import keys

        settings = load(data)
        path = settings.keys_file
        _needs_file(settings)
        known = keys.load(path, {})
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
        _needs_file(services.settings)
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


@command.command("reset")
@click.option("--yes", is_flag=True, help="Don't ask.")
@data_option
def reset(yes: bool, data: Path | None) -> None:
    """Give up the tokens that no key opens any more, and keep everything else.

    For when the vault's keys are lost for good. Stop every process of the service first. Each
    account has to be connected again; posts, schedules, agents and the audit stay.
    """
    with service_extra():
        from stagedoor.agents.container import Agents
        from stagedoor.connector import keys as key_files
        from stagedoor.connector import vault_reset
        from stagedoor.connector.clock import clock
        from stagedoor.connector.database import Database
        from stagedoor.connector.database.migrate import current
        from stagedoor.connector.errors import ApiError
        from stagedoor.connector.vault import opening

        settings = load_existing(data)
        with closing(Database(settings.database_url)) as database:
            if not current(database):
                raise click.ClickException(
                    "the database isn't this version's: start this version's 'stagedoor serve' "
                    "once, with the right keys"
                )
            found = key_files.found(settings)
            closed = sum(use.closed for use in opening.examine(database, found))
        if not closed and found is not None:
            terminal.say(
                "Everything opens. An earlier reset is completed, and nothing is given up."
            )
        elif not yes:
            terminal.confirm(
                f"Nothing opens {closed} of the vault's data keys: the accounts' tokens and the "
                "apps' secrets under them are given up for good. Every process of the service must "
                "be stopped. Go on?"
            )
        services = connector.Container(
            settings=settings,
            keys=found or key_files.make(settings),
            database=Database(settings.database_url),
            clock=clock(settings.clock_url),
        )
        try:
            given = vault_reset.reset(
                services.database, services.keys, services.clock, services.notices
            )
            renewed = Agents(services).audit.renew_keys()
        except ApiError as error:
            raise click.ClickException(error.message) from error
        finally:
            services.close()
    accounts = sum(map(len, given.accounts.values()))
    gone = terminal.agreeing(given.data_keys, "data key", "is gone", "are gone")
    reconnect = terminal.agreeing(accounts, "account", "has", "have")
    audits = terminal.agreeing(len(renewed), "audit", "says", "say")
    terminal.say(
        f"{gone}; {reconnect} to be connected again; {audits} that the proof of the end was "
        "renewed."
    )
    terminal.say(f"The keys in force are in {opening.source(settings)}: back them up.")


def _needs_file(settings: connector.Settings) -> None:
    if settings.vault_keys:
        raise click.ClickException(
            f"the keys come from STAGEDOOR_VAULT_KEYS, not from {settings.keys_file}: change them "
            "there"
        )


@contextmanager
def _opened(data: Path | None) -> Iterator[connector.Container]:
    with on_database(data) as services:
        from stagedoor.connector.vault import opening

        opening.check(services.settings, services.database, services.keys)
        yield services
