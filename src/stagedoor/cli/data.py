"""`stagedoor data`: find and erase what the service keeps of a person."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import click

from . import console, terminal
from .account import required_service
from .group import CommandGroup
from .option_rules import needs_one
from .remote import Remote, ServiceRefused, snaked

_FIND, _ERASE, _ERASURES = "/api/data/find", "/api/data/erase", "/api/data/erasures"
_CONNECTED = "account_connected"
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_OPEN_ID = click.option("--open-id", help="The open id, as TikTok gives it to an app.")
_USER_ID = click.option("--user-id", help="The id of the user, as comments and research have it.")


@click.group("data", cls=CommandGroup)
def command() -> None:
    """Find and erase what the service keeps of a person at TikTok.

    It works through the service that STAGEDOOR_SERVICE_URL names, with STAGEDOOR_TOKEN of an admin.
    """


_WHO = needs_one("USERNAME", "--open-id", "--user-id")


@command.command("find")
@_WHO
@click.argument("username", required=False)
@_OPEN_ID
@_USER_ID
@_JSON
def find(username: str | None, open_id: str | None, user_id: str | None, as_json: bool) -> None:
    """Show what is kept of the person with the TikTok USERNAME, by kind, with some samples."""
    person = _person(username, open_id, user_id)
    with _remote() as remote:
        answer = remote.send("POST", _FIND, person)
    if as_json:
        console.print_json(snaked(answer))
        return
    found = [one for one in answer["kinds"] if one["count"]]
    if found:
        console.print_listing("Kept of the person", [(one["kind"], _lines(one)) for one in found])
    else:
        console.say("Nothing is kept of the person in what can be searched.")
    unsearched = [one["kind"] for one in answer["kinds"] if one["count"] is None]
    terminal.note(f"Not searched: {', '.join(unsearched)}. --json says why of each.")


@command.command("erase")
@_WHO
@click.argument("username", required=False)
@_OPEN_ID
@_USER_ID
@click.option("--disconnect", is_flag=True, help="End the person's credentials first.")
@click.option("--yes", is_flag=True, help="Don't ask.")
@_JSON
def erase(
    username: str | None,
    open_id: str | None,
    user_id: str | None,
    disconnect: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Erase what is kept of the person with the TikTok USERNAME, for good.

    A lot is erased by a job: 'stagedoor data show ID' says how far it is.
    """
    person = _person(username, open_id, user_id)
    with _remote() as remote:
        if not yes:
            terminal.confirm("What is kept of the person is erased for good. Go on?")
        try:
            erasure = remote.send("POST", _ERASE, person | {"disconnect": disconnect})
        except ServiceRefused as error:
            if error.code != _CONNECTED:
                raise
            raise ServiceRefused(
                "The person's account is connected, so what is erased now would be read again. "
                "--disconnect ends its credentials first."
            ) from error
    _print(erasure, as_json)


@command.command("show")
@click.argument("erasure_id")
@_JSON
def show(erasure_id: str, as_json: bool) -> None:
    """Show how far the erasure ERASURE_ID is."""
    with _remote() as remote:
        _print(remote.send("GET", f"{_ERASURES}/{quote(erasure_id, safe='')}"), as_json)


def _remote() -> Remote:
    return required_service("the service keeps the data")


def _person(username: str | None, open_id: str | None, user_id: str | None) -> dict[str, Any]:
    named = {"username": username, "openId": open_id, "userId": user_id}
    return {name: value for name, value in named.items() if value is not None}


def _lines(one: dict[str, Any]) -> list[str]:
    many = f"{'at least ' if one['more'] else ''}{one['count']:,}"
    samples = [f"{sample['id']}: {sample['text']}" for sample in one["samples"]]
    return [many, *samples]


def _print(erasure: dict[str, Any], as_json: bool) -> None:
    if as_json:
        console.print_json(snaked(erasure))
        return
    for kind, count in erasure["erased"].items():
        console.say(f"{kind}: {count:,}")
    if erasure["state"] == "done":
        console.say("It is done." if erasure["erased"] else "There was nothing to erase.")
    else:
        console.say(f"It goes on: 'stagedoor data show {erasure['erasureId']}' says how far it is.")
