"""`stagedoor accounts`: the accounts connected on this machine or to the service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import click

from stagedoor.client import Tokens

from . import console, settings
from .account import local_settings, service
from .disconnect import end_credential
from .kinds import ADS, CONNECTED_KINDS, CREATOR, KIND, named
from .remote import Remote, handle, snaked


@click.command("accounts")
@click.option("--use", metavar="NAME", help="Make this account the default of its kind.")
@KIND
@click.option(
    "--drop",
    nargs=2,
    metavar="HANDLE KIND",
    help="At the service: end one credential of an account, as 'stagedoor disconnect --kind'.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(use: str | None, kind: str | None, drop: tuple[str, str] | None, as_json: bool) -> None:
    """List the connected accounts. Commands use the default one, unless --account names another.

    These are the accounts that this machine calls TikTok with, of all kinds: creators, ad accounts
    and business accounts ('stagedoor connect --kind'). 'stagedoor disconnect' ends one. With
    STAGEDOOR_SERVICE_URL and STAGEDOOR_TOKEN set, they are the organisation's accounts at the
    service, which has no default.
    """
    remote = service()
    if remote is not None:
        if use is not None:
            raise click.UsageError(
                "The service has no default account, so --use can't be used with "
                "STAGEDOOR_SERVICE_URL: name the account with --account in each command."
            )
        if kind is not None:
            raise click.UsageError(
                "The service keeps all kinds on one record, so --kind can't be used with "
                "STAGEDOOR_SERVICE_URL: leave it out."
            )
        with remote:
            if drop is not None:
                end_credential(remote, *drop)
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
        chosen = settings.use(config.of_kind(kind or CREATOR), use)
        console.note(f"Commands use {named(kind or CREATOR, chosen.name)} from now on.")
    _list_local(config, (kind,) if kind else CONNECTED_KINDS, as_json)


@dataclass(frozen=True, slots=True)
class _Listed:
    """A connected account of this machine; `default`: commands use it."""

    kind: str
    name: str
    default: bool
    tokens: Tokens | None

    def json(self) -> dict[str, object]:
        held = self.tokens
        return {
            "account": self.name,
            "kind": self.kind,
            "default": self.default,
            "open_id": held.open_id if held else None,
            "scopes": list(held.scopes) if held else [],
            "expires_at": held.expires_at if held else None,
            "refresh_expires_at": held.refresh_expires_at if held else None,
        }

    def until(self) -> str:
        if self.tokens is None:
            return "its tokens are gone"
        if self.kind == ADS:
            return "ad accounts, until it is revoked"
        return f"consent until {console.when(self.tokens.refresh_expires_at)}"


def _list_local(config: settings.CommandSettings, kinds: Sequence[str], as_json: bool) -> None:
    listed = [
        _Listed(kind, account.name, number == 0, account.store.load())
        for kind in kinds
        for number, account in enumerate(settings.accounts(config.of_kind(kind)))
    ]
    if as_json:
        console.print_json([one.json() for one in listed])
        return
    if not listed:
        option = f" --kind {kinds[0]}" if kinds[0] != CREATOR else ""
        console.note(f"No account is connected to {config.where}: run 'stagedoor connect{option}'.")
    for one in listed:
        mark = "default" if one.default else ""
        kind = "" if one.kind == CREATOR else f"  {one.kind}"
        console.say_styled(
            f"{mark:>7}  ", ("bold", named(one.kind, one.name)), f"{kind}  {one.until()}"
        )


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
