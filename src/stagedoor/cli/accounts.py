"""`stagedoor accounts`: the accounts connected on this machine or to the service."""

from __future__ import annotations

import click

from . import console, settings
from .account import local_settings, service
from .remote import Remote, handle, snaked


@click.command("accounts")
@click.option("--use", metavar="HANDLE", help="Make this account the default.")
@click.option(
    "--drop",
    nargs=2,
    metavar="HANDLE KIND",
    help="At the service: end one credential of an account (creator, businessAccount or ads).",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(use: str | None, drop: tuple[str, str] | None, as_json: bool) -> None:
    """List the connected accounts. Commands use the default one, unless --account names another.

    These are the accounts that this machine calls TikTok with. With STAGEDOOR_SERVICE_URL and
    STAGEDOOR_TOKEN set, they are the organisation's accounts at the service, which has no default.
    """
    remote = service()
    if remote is not None:
        if use is not None:
            raise click.UsageError(
                "The service has no default account, so --use can't be used with "
                "STAGEDOOR_SERVICE_URL: name the account with --account in each command."
            )
        with remote:
            if drop is not None:
                _drop(remote, *drop)
            else:
                _list_remote(remote, as_json)
        return
    if drop is not None:
        raise click.UsageError(
            "--drop ends a credential at the service: set STAGEDOOR_SERVICE_URL. 'stagedoor "
            "disconnect' ends an account of this machine."
        )
    config = local_settings()
    if use is not None:
        chosen = settings.use(config, use)
        console.note(f"Commands use @{chosen.name} from now on.")
    _list_local(config, as_json)


def _list_local(config: settings.Settings, as_json: bool) -> None:
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


def _list_remote(remote: Remote, as_json: bool) -> None:
    listed = list(remote.integrations())
    if as_json:
        console.print_json([snaked(record) for record in listed])
        return
    if not listed:
        console.note(
            f"No account is connected to the service at {remote.url}: run 'stagedoor connect'."
        )
    for record in listed:
        console.say_styled(("bold", handle(record)), f"  {record['status']} ({record['id']})")
        for one in record["credentials"]:
            missing = f", lacks {', '.join(one['missing'])}" if one["missing"] else ""
            error = one["lastError"]
            why = f": {error['message']}" if error is not None else ""
            console.say(f"    {one['kind']}  {one['status']}{missing}{why}")


def _drop(remote: Remote, name: str, kind: str) -> None:
    record = remote.integration(name)
    kinds = [one["kind"] for one in record["credentials"]]
    if kind not in kinds:
        raise click.BadParameter(
            f"{handle(record)} has no credential {kind!r}: it has {', '.join(kinds)}",
            param_hint="--drop",
        )
    remote.send("DELETE", f"/api/integrations/{record['id']}/credentials/{kind}")
    left = [one for one in kinds if one != kind]
    goes_on = f"{', '.join(left)} goes on." if left else "It was the last one: the account is gone."
    console.say(f"The credential {kind} of {handle(record)} has ended. {goes_on}")
