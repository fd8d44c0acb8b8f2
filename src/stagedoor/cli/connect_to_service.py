"""`stagedoor connect` when the service keeps the account."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

from stagedoor.client.errors import LoginError

from . import console
from .kinds import ADS
from .remote import Remote, handle, snaked

CREATOR = "creator"


def connect_to_service(
    remote: Remote,
    kind: str | None,
    scopes: list[str],
    return_url: str,
    browse: Callable[[str], str],
    as_json: bool,
) -> None:
    """Have the service begin a login, run `browse` on it, and print the result.

    `kind` None is a creator. `browse` takes the link to TikTok's page and returns the address to
    which the browser was redirected. Raises `LoginError` if the service reports that nothing was
    connected.
    """
    wanted: dict[str, object] = {"scopes": scopes} if scopes else {}
    if kind is not None:
        wanted["kind"] = kind
    started = remote.call("get-auth-url", returnUrl=return_url, **wanted)
    for one in started["unavailable"]:
        console.note(f"{one['scope']} isn't asked for: {one['reason']} {one['where']}")
    outcome = dict(parse_qsl(urlsplit(browse(started["authUrl"])).query))
    if outcome.get("integration") != "connected" or not outcome.get("integrationId"):
        reason = outcome.get("reason", "the browser came back without an outcome")
        raise LoginError(f"the service connected no account ({console.shown(reason)}): try again")
    # untrusted: the id came through the browser, so it is looked up in the organisation's accounts
    record = remote.integration(outcome["integrationId"])
    if as_json:
        console.print_json(snaked(record))
        return
    console.say_styled("Connected ", ("bold", handle(record)), f" to the service at {remote.url}.")
    for account in record["adAccounts"] if kind == ADS else ():
        console.say(f"  {account}")
    for credential in record["credentials"]:
        if credential["kind"] != (kind or CREATOR):
            continue
        for lost in credential["switchedOff"]:
            console.say_styled("  ", ("yellow", "not allowed"), f" {lost['scope']}: {lost['what']}")
