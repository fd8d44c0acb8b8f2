"""`stagedoor disconnect`: revoke an account's tokens, here or at the service."""

from __future__ import annotations

import click

from stagedoor.client import TikTok, TikTokBusiness
from stagedoor.client.errors import StagedoorError

from . import console, settings
from .account import local_settings, service
from .kinds import CONNECTED_KINDS, CREATOR, KIND, named
from .remote import Remote, handle


@click.command("disconnect")
@click.argument("account")
@click.option(
    "--local",
    is_flag=True,
    help="Only delete the tokens here: what was granted stays granted at TikTok. Not with "
    "STAGEDOOR_SERVICE_URL.",
)
@KIND
def command(account: str, local: bool, kind: str | None) -> None:
    """Disconnect ACCOUNT: revoke its tokens at TikTok, and delete them here.

    ACCOUNT is a creator's @handle; with --kind ads or businessAccount, a name that 'stagedoor
    accounts --kind KIND' lists.

    With STAGEDOOR_SERVICE_URL and STAGEDOOR_TOKEN set, the service disconnects it: the whole
    account, or with --kind only its credential of that kind.
    """
    remote = service()
    if remote is not None:
        if local:
            raise click.UsageError(
                "--local deletes tokens of this machine, and STAGEDOOR_SERVICE_URL is set: unset "
                "it for this command."
            )
        with remote:
            if kind is not None:
                end_credential(remote, account, kind)
                return
            record = remote.integration(account)
            remote.send("DELETE", f"/api/integrations/{record['id']}")
        console.say(f"Disconnected {handle(record)} from the service at {remote.url}.")
        return
    config = local_settings()
    if kind is None:
        _refuse_other_kinds(config, account)
    of_kind = kind or CREATOR
    kept = config.of_kind(of_kind)
    found = settings.chosen(kept, account)
    name = named(of_kind, found.name)
    if found.store.load() is not None and not local:
        try:
            _revoke(config, of_kind, found)
        except StagedoorError as error:
            raise click.ClickException(
                f"TikTok didn't take the tokens of {name} back: {error} Nothing was "
                "deleted. --local deletes them here all the same."
            ) from error
    settings.forget(kept, found)
    where = "here" if local else f"at {config.where} and here"
    console.say(f"Disconnected {name} {where}.")
    left = settings.accounts(kept)
    if left:
        console.note(f"Commands use {named(of_kind, left[0].name)} now.")


def _refuse_other_kinds(config: settings.CommandSettings, account: str) -> None:
    """Refuse a name that isn't a creator's, and is that of a connection of another kind."""
    name = account.removeprefix("@")
    connected = {kind: settings.accounts(config.of_kind(kind)) for kind in CONNECTED_KINDS}
    having = [kind for kind, found in connected.items() if name in [one.name for one in found]]
    if having and CREATOR not in having:
        raise click.UsageError(
            f"{account} is connected as {' and '.join(having)}: name it with --kind {having[0]}."
        )


def _revoke(config: settings.CommandSettings, kind: str, account: settings.LocalAccount) -> None:
    if kind == CREATOR:
        key, secret = config.app()
        tokens = account.store.load()
        with TikTok(key, secret, hosts=config.hosts) as tiktok:
            if tokens is not None:
                tiktok.oauth.revoke(client_key=key, client_secret=secret, token=tokens.access_token)
        return
    app_id, secret = config.business_app()
    with TikTokBusiness(app_id, secret, tokens=account.store, hosts=config.hosts) as business:
        business.oauth.disconnect()


def end_credential(remote: Remote, account: str, kind: str) -> None:
    """End the account's credential of this kind, and say what goes on."""
    record = remote.integration(account)
    kinds = [one["kind"] for one in record["credentials"]]
    if kind not in kinds:
        raise click.UsageError(
            f"{handle(record)} has no credential {kind!r}: it has {', '.join(kinds)}."
        )
    remote.send("DELETE", f"/api/integrations/{record['id']}/credentials/{kind}")
    left = [one for one in kinds if one != kind]
    goes_on = f"{', '.join(left)} goes on." if left else "It was the last one: the account is gone."
    console.say(f"The credential {kind} of {handle(record)} has ended. {goes_on}")
