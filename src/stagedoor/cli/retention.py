"""`stagedoor retention`: how long the service keeps an organisation's data."""

from __future__ import annotations

from typing import Any

import click

from . import console, terminal
from .account import required_service
from .group import CommandGroup
from .remote import Remote, snaked

_PATH = "/api/settings/retention"
FOREVER, DEFAULT = "forever", "default"
AFTER_REMOVAL = "afterRemoval"


@click.group("retention", cls=CommandGroup)
def command() -> None:
    """Show and set how long the service keeps data, by kind.

    It works through the service that STAGEDOOR_SERVICE_URL names, with STAGEDOOR_TOKEN of an admin.
    """


@command.command("show")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show(as_json: bool) -> None:
    """Show every kind of data, how long it is kept, and what may be set."""
    with _remote() as remote:
        answer = remote.send("GET", _PATH)
    if as_json:
        console.print_json(snaked(answer))
        return
    rows = [(one["kind"], (_kept(one), one["words"])) for one in answer["kinds"]]
    console.print_listing("Kept data", rows)
    days = console.counted(answer["daysAfterRemoval"], "day")
    console.say(f"TikTok's data of an account whose authorization was removed goes after {days}.")


@command.command("set")
@click.argument("kind")
@click.argument("days")
@click.option("--yes", is_flag=True, help="Don't ask.")
def set_days(kind: str, days: str, yes: bool) -> None:
    """Keep KIND for DAYS: a whole number, 'forever' or 'default'.

    The kind 'afterRemoval' stands for TikTok's data of an account whose authorization was removed.
    Older data is deleted for good.
    """
    wanted = _wanted(days)
    with _remote() as remote:
        now = remote.send("GET", _PATH)
        body = _changed(now, kind, wanted)
        if not yes and wanted not in (None, DEFAULT):
            told = console.counted(int(wanted), "day")
            terminal.confirm(f"What is older than {told} is deleted for good. Go on?")
        answer = remote.send("PUT", _PATH, body)
    if kind == AFTER_REMOVAL:
        console.say(f"{kind}: {_days(answer['daysAfterRemoval'])}")
        return
    [kept] = [one["days"] for one in answer["kinds"] if one["kind"] == kind]
    console.say(f"{kind}: {_days(kept)}")


def _remote() -> Remote:
    return required_service("the service keeps the data")


def _wanted(days: str) -> int | str | None:
    """The number of days, None for ever, or `DEFAULT`."""
    if days == FOREVER:
        return None
    if days == DEFAULT:
        return DEFAULT
    if not (days.isascii() and days.isdecimal() and len(days) < 6):
        raise click.BadParameter(
            f"{days!r} is no whole number, and neither 'forever' nor 'default'", param_hint="DAYS"
        )
    return int(days)


def _changed(now: dict[str, Any], kind: str, wanted: int | str | None) -> dict[str, Any]:
    """The whole setting with one change."""
    after = now["daysAfterRemoval"]
    settable = {one["kind"]: one for one in now["kinds"] if one["leastDays"] is not None}
    days = {
        name: one["days"] for name, one in settable.items() if one["days"] != one["defaultDays"]
    }
    if kind == AFTER_REMOVAL:
        if wanted is None:
            raise click.BadParameter("it can't be kept forever: 0 to 30 days", param_hint="DAYS")
        return {"days": days} | ({} if wanted == DEFAULT else {"daysAfterRemoval": wanted})
    if kind not in settable:
        names = ", ".join((*settable, AFTER_REMOVAL))
        raise click.BadParameter(f"{kind!r} can't be set: {names} can", param_hint="KIND")
    _check(settable[kind], wanted)
    days.pop(kind, None)
    return {
        "days": days if wanted == DEFAULT else days | {kind: wanted},
        "daysAfterRemoval": after,
    }


def _days(days: float | None) -> str:
    if days is None:
        return "as long as it is there"
    return f"{days:g} day{'' if days == 1 else 's'}"


def _kept(one: dict[str, Any]) -> str:
    may = f"; may be set to {_range(one)}" if one["leastDays"] is not None else ""
    return f"{_days(one['days'])}{may}"


def _range(one: dict[str, Any]) -> str:
    forever = ", or forever" if one["mayBeUnlimited"] else ""
    return f"{one['leastDays']} to {one['mostDays']} days{forever}"


def _check(one: dict[str, Any], wanted: int | str | None) -> None:
    if wanted == DEFAULT or (wanted is None and one["mayBeUnlimited"]):
        return
    if not isinstance(wanted, int) or not one["leastDays"] <= wanted <= one["mostDays"]:
        raise click.BadParameter(f"{one['kind']} may be kept {_range(one)}", param_hint="DAYS")
