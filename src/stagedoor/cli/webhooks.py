"""`stagedoor webhooks`: an organisation's webhooks at the service, and what TikTok sent."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import click

from . import console
from .account import required_service
from .group import CommandGroup
from .option_rules import needs_one
from .params import RecordId, WebAddress, WholeNumber
from .remote import Remote, snaked
from .shortened import tell_more

_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_limit_option = click.option(
    "--limit", default=50, type=WholeNumber(1, 200), show_default=True, help="At most so many."
)


@click.group("webhooks", cls=CommandGroup)
def command() -> None:
    """Have the service post events to a URL; see what was sent, and send it again.

    It works through the service that STAGEDOOR_SERVICE_URL names, with STAGEDOOR_TOKEN of an admin.
    """


@command.command("list")
@_json_option
def list_webhooks(as_json: bool) -> None:
    """List the organisation's webhooks."""
    with _remote() as remote:
        listed = remote.send("GET", "/api/webhooks")["webhooks"]
    if as_json:
        console.print_json([snaked(one) for one in listed])
        return
    if not listed:
        console.note("No URL is told of events: 'stagedoor webhooks add URL' adds one.")
    for one in listed:
        _say(one)


@command.command("add")
@click.argument("url", type=WebAddress())
@click.option(
    "--event",
    "events",
    multiple=True,
    metavar="NAME",
    help="An event such as post.published, or comment.*; may be repeated. Without it, all.",
)
@_json_option
def add(url: str, events: tuple[str, ...], as_json: bool) -> None:
    """Have events posted to URL, and print the secret that signs them, this once."""
    body: dict[str, object] = {"url": url}
    if events:
        body["events"] = list(events)
    with _remote() as remote:
        answer = remote.send("POST", "/api/webhooks", body)
    if as_json:
        console.print_json(snaked(answer))
        return
    console.say(answer["webhook"]["id"])
    console.say(answer["secret"])
    console.note("The second line is the secret that signs the messages: it isn't shown again.")


@command.command("change")
@needs_one("--url", "--event", "--on", "--off")
@click.argument("webhook")
@click.option("--url", type=WebAddress(), help="Post to this URL from now on; the secret stays.")
@click.option(
    "--event",
    "events",
    multiple=True,
    metavar="NAME",
    help="Tell only this from now on, such as post.* or *; may be repeated.",
)
@click.option("--on/--off", "enabled", default=None, help="Switch it on again, or off.")
@_json_option
def change(
    webhook: str, url: str | None, events: tuple[str, ...], enabled: bool | None, as_json: bool
) -> None:
    """Change WEBHOOK (its id or URL), or switch it on or off."""
    given = {"url": url, "events": list(events) or None, "enabled": enabled}
    body = {name: value for name, value in given.items() if value is not None}
    with _remote() as remote:
        changed = remote.send("PATCH", _path(_find(remote, webhook)), body)
    if as_json:
        console.print_json(snaked(changed))
        return
    _say(changed)


@command.command("delete")
@click.argument("webhook")
def delete(webhook: str) -> None:
    """Delete WEBHOOK (its id or URL) with what waits for it."""
    with _remote() as remote:
        found = _find(remote, webhook)
        remote.send("DELETE", _path(found))
    console.say(f"Nothing is sent to {found['url']} any more.")


@command.command("deliveries")
@click.argument("webhook")
@click.option(
    "--state",
    type=click.Choice(("waiting", "delivered", "failed")),
    help="Only messages in this state.",
)
@_limit_option
@_json_option
def deliveries(webhook: str, state: str | None, limit: int, as_json: bool) -> None:
    """List the messages to WEBHOOK (its id or URL) of the last seven days, the newest first."""
    query = {"limit": limit} | ({} if state is None else {"state": state})
    with _remote() as remote:
        answer = remote.send(
            "GET", f"{_path(_find(remote, webhook))}/deliveries?{urlencode(query)}"
        )
    if as_json:
        console.print_json([snaked(one) for one in answer["deliveries"]])
        return
    if not answer["deliveries"]:
        console.note("There is no such message of the last seven days.")
    for one in answer["deliveries"]:
        last = one["error"] or one["status"]
        why = "" if last is None else f": {last}"
        told = f"{one['state']}, {console.counted(one['attempts'], 'attempt')}{why}"
        console.say_styled(("bold", one["type"]), f"  {told} ({one['id']})")
    _more(answer)


@command.command("replay")
@click.argument("webhook")
@click.option(
    "--delivery", type=RecordId(), metavar="ID", help="Only this message, whatever became of it."
)
def replay(webhook: str, delivery: str | None) -> None:
    """Send WEBHOOK (its id or URL) the messages again that failed, under their ids."""
    with _remote() as remote:
        path = _path(_find(remote, webhook))
        if delivery is None:
            answer = remote.send("POST", f"{path}/replay", {})
        else:
            answer = remote.send("POST", f"{path}/deliveries/{delivery}/replay")
    console.say(f"{console.counted(answer['count'], 'message')} will be sent again.")


@command.command("received")
@click.option("--dead", is_flag=True, help="Those whose processing failed every time.")
@_limit_option
@_json_option
def received(dead: bool, limit: int, as_json: bool) -> None:
    """List the events that TikTok sent of the organisation's accounts, the newest first."""
    query = urlencode({"limit": limit, "state": "dead" if dead else "processed"})
    with _remote() as remote:
        answer = remote.send("GET", f"/api/webhooks/received?{query}")
    if as_json:
        console.print_json([snaked(one) for one in answer["events"]])
        return
    if not answer["events"]:
        console.note(
            "No event is dead." if dead else "TikTok sent no event in the last seven days."
        )
        return
    for one in answer["events"]:
        told = f"received {one['receivedAt']}, account {one['integrationId']}"
        console.say_styled(("bold", one["event"]), f"  {told} ({one['id']})")
    _more(answer)


@command.command("reprocess")
@needs_one("EVENT", "--all", most=1, hint="'stagedoor webhooks received --dead' lists them")
@click.argument("event", required=False, type=RecordId())
@click.option("--all", "everything", is_flag=True, help="Every dead event.")
def reprocess(event: str | None, everything: bool) -> None:
    """Process EVENT, a dead one (its id), or all once more. What was processed never acts twice."""
    where = "replay" if event is None else f"{event}/replay"
    with _remote() as remote:
        answer = remote.send("POST", f"/api/webhooks/received/{where}")
    console.say(f"{console.counted(answer['count'], 'event')} will be processed again.")


def _remote() -> Remote:
    return required_service("the service sends events")


def _say(webhook: dict[str, Any]) -> None:
    state = "on" if webhook["enabled"] else f"off: {webhook['disabledWhy']}"
    events = ", ".join(webhook["events"])
    console.say_styled(("bold", webhook["url"]), f"  {events}  {state} ({webhook['id']})")


def _find(remote: Remote, name: str) -> dict[str, Any]:
    """The webhook of that id or URL."""
    listed: list[dict[str, Any]] = remote.send("GET", "/api/webhooks")["webhooks"]
    found = [one for one in listed if name in (one["id"], one["url"])]
    if len(found) > 1:
        ids = ", ".join(one["id"] for one in found)
        raise click.BadParameter(f"several webhooks have this URL: {ids}", param_hint="WEBHOOK")
    if not found:
        raise click.BadParameter(
            "there is no such webhook: 'stagedoor webhooks list' lists them", param_hint="WEBHOOK"
        )
    return found[0]


def _path(webhook: dict[str, Any]) -> str:
    return f"/api/webhooks/{webhook['id']}"


def _more(answer: dict[str, Any]) -> None:
    if answer["nextCursor"] is not None:
        tell_more(1, "row", "--limit shows more, up to 200", at_least=True)
