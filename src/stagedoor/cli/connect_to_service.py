"""`stagedoor connect`, when the service keeps the account."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

from stagedoor.client.errors import LoginError

from . import console
from .remote import Remote, handle, snaked


def connect_to_service(
    remote: Remote,
    scopes: list[str],
    return_url: str,
    browse: Callable[[str], str],
    as_json: bool,
) -> None:
    """Have the service begin a login, let `browse` follow it, and print what came of it.

    `browse` takes the link to TikTok's consent page and returns the address that the browser came
    back to. Raises `LoginError` if the service says that nothing was connected.
    """
    wanted: dict[str, object] = {"scopes": scopes} if scopes else {}
    started = remote.call("get-auth-url", returnUrl=return_url, **wanted)
    for one in started["unavailable"]:
        console.note(f"{one['scope']} isn't asked for: {one['reason']} {one['where']}")
    outcome = dict(parse_qsl(urlsplit(browse(started["authUrl"])).query))
    if outcome.get("integration") != "connected" or not outcome.get("integrationId"):
        reason = outcome.get("reason", "the browser came back without an outcome")
        raise LoginError(f"the service connected no account ({console.shown(reason)}): try again")
    # the id came through the browser: the account is looked up among the organisation's own
    record = remote.integration(outcome["integrationId"])
    if as_json:
        console.print_json(snaked(record))
        return
    console.say_styled("Connected ", ("bold", handle(record)), f" to the service at {remote.url}.")
    for credential in record["credentials"]:
        for lost in credential["switchedOff"]:
            console.say_styled("  ", ("yellow", "not allowed"), f" {lost['scope']}: {lost['what']}")
