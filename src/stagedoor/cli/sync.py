"""`stagedoor sync`: what the service reads from TikTok, and when."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import click

from . import console
from .account import required_service
from .group import CommandGroup
from .params import Day
from .remote import Remote, handle, snaked

_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group("sync", cls=CommandGroup)
def command() -> None:
    """Read videos, metrics and ads of the service's accounts; see what was read and when.

    It works through the service that STAGEDOOR_SERVICE_URL names, with STAGEDOOR_TOKEN.
    """


@command.command("trigger")
@click.argument("types", nargs=-1, metavar="[TYPE]...")
@click.option("--account", metavar="HANDLE", help="Only this account; without it, all of them.")
@click.option("--since", type=Day(), help="Videos posted since this day; days of ads from it on.")
@click.option("--force", is_flag=True, help="Also what was read just now, and the whole list.")
@_json_option
def trigger(
    types: tuple[str, ...], account: str | None, since: date | None, force: bool, as_json: bool
) -> None:
    """Read TYPE now: profile, videos, metrics, comments, ads-metrics, ads-status; default: all."""
    with _remote() as remote:
        options: dict[str, object] = {"force": force}
        if since is not None:
            options["startDate"] = datetime.combine(since, time(), UTC).isoformat()
        body: dict[str, object] = {"syncType": list(types) or "all", "options": options}
        if account is not None:
            body["integrationId"] = remote.integration(account)["id"]
        answer = remote.send("POST", "/api/sync/trigger", body)
    if as_json:
        console.print_json(snaked(answer))
        return
    begun = answer["triggered"]
    for one in [each for each in begun if types or each["accounts"]] or begun:
        accounts = console.counted(one["accounts"], "account")
        waits = ", once it is resumed" if one["paused"] else ""
        console.say(f"{one['syncType']}: {accounts}{waits}")


@command.command("status")
@_json_option
def status(as_json: bool) -> None:
    """Show for each type what waits, what runs, when it last succeeded, and what fails."""
    with _remote() as remote:
        answer = remote.send("GET", "/api/sync/status")
        if as_json:
            console.print_json(snaked(answer))
            return
        names = {one["id"]: handle(one) for one in remote.integrations()}
    for one in answer["types"]:
        console.say_styled(("bold", one["syncType"]), f"  {_words(one)}")
    for problem in answer["problems"]:
        name = names.get(problem["integrationId"], problem["integrationId"])
        console.say(f"{name}, {problem['syncType']}: {problem['message']}")


@command.command("pause")
@click.argument("sync_type", metavar="TYPE")
def pause(sync_type: str) -> None:
    """Read nothing of TYPE for the organisation before it is resumed."""
    with _remote() as remote:
        remote.send("POST", f"/api/sync/pause/{_name(sync_type)}", {})
    console.say(f"{sync_type} is paused: 'stagedoor sync resume {sync_type}' ends it.")


@command.command("resume")
@click.argument("sync_type", metavar="TYPE")
def resume(sync_type: str) -> None:
    """Read TYPE again; what became due meanwhile is read now."""
    with _remote() as remote:
        remote.send("POST", f"/api/sync/resume/{_name(sync_type)}", {})
    console.say(f"{sync_type} is resumed.")


def _remote() -> Remote:
    return required_service("only the service reads accounts again and again")


def _name(sync_type: str) -> str:
    """The type as a part of a path: other characters than a name's reach no other route."""
    if not sync_type.replace("-", "").isalnum():
        raise click.UsageError(
            "A type is a name such as videos: 'stagedoor sync status' lists them."
        )
    return sync_type


def _words(one: dict[str, Any]) -> str:
    parts = [console.counted(one["accounts"], "account")]
    if one["paused"]:
        parts.append("paused")
    parts += [
        f"{one[name]} {words}"
        for name, words in (("depth", "waiting"), ("inFlight", "running"), ("failing", "failing"))
        if one[name]
    ]
    last = one["lastSuccessAt"]
    parts.append("never read" if last is None else f"last read {_when(last)}")
    return ", ".join(parts)


def _when(moment: str) -> str:
    return f"{datetime.fromisoformat(moment):%Y-%m-%d %H:%M}Z"
