"""`stagedoor posts`: the organisation's posts at the service."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import click

from stagedoor.connector.publishing.states import PostState

from . import console, settings
from .account import required_service
from .group import CommandGroup
from .params import RecordId, WholeNumber
from .post_words import failure, how_to_decide, refusal, standing, waits_for_approval
from .remote import Remote, handle, snaked
from .shortened import tell_empty, tell_more

_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_post_argument = click.argument("publish_id", metavar="POST", type=RecordId())


@click.group("posts", cls=CommandGroup)
def command() -> None:
    """See posts of the service, and approve, refuse, cancel, retry or settle one.

    It works through the service that STAGEDOOR_SERVICE_URL names, with STAGEDOOR_TOKEN. POST is
    the publish_id that 'stagedoor post' and 'posts list' print.
    """


@command.command("list")
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice([one.value for one in PostState]),
    help="Only these; repeatable.",
)
@click.option("--waiting", is_flag=True, help="Only those that wait for an admin's approval.")
@click.option("--account", metavar="HANDLE", help="Only this account's.")
@click.option("--search", metavar="TEXT", help="Only those whose title or text has TEXT.")
@click.option(
    "--limit", default=20, type=WholeNumber(1, 100), show_default=True, help="At most so many."
)
@_json_option
def list_posts(
    states: tuple[str, ...],
    waiting: bool,
    account: str | None,
    search: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """List posts, the newest first."""
    query: list[tuple[str, object]] = [("limit", limit), *(("state", one) for one in states)]
    if waiting:
        query.append(("approval", "waiting"))
    if search:
        query.append(("text", search))
    with _remote() as remote:
        if account is not None:
            query.append(("integrationId", remote.integration(account)["id"]))
        answer = remote.send("GET", f"/api/posts?{urlencode(query)}")
        if as_json:
            console.print_json([snaked(one) for one in answer["posts"]])
            return
        names = {one["id"]: handle(one) for one in remote.integrations()}
    for one in answer["posts"]:
        told = f"  {standing(one)}  {names.get(one['integrationId'], '')}  {_title(one)}"
        console.say_styled(("bold", one["publishId"]), told)
    if not answer["posts"]:
        tell_empty("post", len(query) > 1, "'stagedoor post FILE' makes one")
    if answer["nextCursor"] is not None:
        tell_more(1, "post", "--limit shows more, up to 100", at_least=True)


@command.command("show")
@_post_argument
@_json_option
def show(publish_id: str, as_json: bool) -> None:
    """Show POST: its state, its steps, and what to do where it failed."""
    with _remote() as remote:
        _print(remote.send("GET", f"/api/posts/{publish_id}"), as_json)


@command.command("approve")
@_post_argument
@_json_option
def approve(publish_id: str, as_json: bool) -> None:
    """Approve POST, a member's that waits for an admin: it goes out now, or at its time."""
    with _remote() as remote:
        _print(remote.send("POST", f"/api/posts/{publish_id}/approve", {}), as_json)


@command.command("refuse")
@_post_argument
@click.option("--note", required=True, metavar="WHY", help="Why, for the post's author.")
@_json_option
def refuse(publish_id: str, note: str, as_json: bool) -> None:
    """Refuse POST, a member's that waits for an admin: it stays a draft, which can be changed."""
    with _remote() as remote:
        body = {"reason": note}
        _print(remote.send("POST", f"/api/posts/{publish_id}/refuse", body), as_json)


@command.command("cancel")
@_post_argument
@_json_option
def cancel(publish_id: str, as_json: bool) -> None:
    """Cancel POST: a draft, a scheduled post, or one whose media TikTok still fetches."""
    with _remote() as remote:
        told = remote.call("cancel-post", publishId=publish_id)
    if as_json:
        console.print_json(snaked(told))
    else:
        console.say(f"{publish_id} is cancelled: it won't be published.")


@command.command("retry")
@_post_argument
@_json_option
def retry(publish_id: str, as_json: bool) -> None:
    """Retry POST, which failed, with its media: now, or at its time."""
    with _remote() as remote:
        _print(remote.send("POST", f"/api/posts/{publish_id}/retry", {}), as_json)


@command.command("settle")
@_post_argument
@click.argument("resolution", type=click.Choice(("published", "notPublished")), metavar="OUTCOME")
@_json_option
def settle(publish_id: str, resolution: str, as_json: bool) -> None:
    """Settle POST, whose outcome is unknown: look in TikTok's app first.

    OUTCOME is published or notPublished.
    """
    with _remote() as remote:
        body = {"resolution": resolution}
        _print(remote.send("PATCH", f"/api/posts/{publish_id}", body), as_json)


def _remote() -> Remote:
    return required_service("only the service keeps posts")


def _print(post: dict[str, Any], as_json: bool) -> None:
    if as_json:
        console.print_json(snaked(post))
        return
    console.say_styled(("bold", post["publishId"]), f"  {standing(post)}  {_title(post)}")
    for step in post["history"]:
        ended = "under way" if step["outcome"] is None else step["outcome"]
        console.say(f"  {step['started'][:19]}Z  {step['step']}: {ended}")
    if post["link"]:
        console.say(settings.page_url(post["link"]))
    decision = how_to_decide(post) if waits_for_approval(post) else refusal(post)
    for told in [decision, failure(post), *post["warnings"]]:
        if told:
            console.note(str(told))


def _title(post: dict[str, Any]) -> str:
    return str(post["caption"] or post["title"] or "")
