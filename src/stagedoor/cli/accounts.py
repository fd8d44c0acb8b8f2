"""`stagedoor accounts`: the accounts that are connected on this machine."""

from __future__ import annotations

import click

from . import console, settings


@click.command("accounts")
@click.option("--use", metavar="HANDLE", help="Make this account the default.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(use: str | None, as_json: bool) -> None:
    """List the connected accounts. Commands use the default one, unless --account names another.

    These are the accounts that this machine calls TikTok with; those of the service are its own.
    """
    config = settings.load()
    if use is not None:
        chosen = settings.use(config, use)
        console.note(f"Commands use @{chosen.name} from now on.")
    known = settings.accounts(config)
    tokens = [(account, account.store.load()) for account in known]
    if as_json:
        console.print_json(
            [
                {
                    "account": account.name,
                    "default": number == 0,
                    "open_id": None if held is None else held.open_id,
                    "scopes": [] if held is None else list(held.scopes),
                    "expires_at": None if held is None else held.expires_at,
                    "refresh_expires_at": None if held is None else held.refresh_expires_at,
                }
                for number, (account, held) in enumerate(tokens)
            ]
        )
        return
    if not known:
        console.note(f"No account is connected to {config.where}: run 'stagedoor connect'.")
    for number, (account, held) in enumerate(tokens):
        mark = "default" if number == 0 else ""
        until = "its tokens are gone" if held is None else ""
        if held is not None:
            until = f"consent until {console.when(held.refresh_expires_at)}"
        console.say_styled(f"{mark:>7}  ", ("bold", f"@{account.name}"), f"  {until}")
