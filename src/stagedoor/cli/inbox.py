"""`stagedoor inbox`: comments on the organisation's videos, read and answered from the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import urlencode

import click

from stagedoor.client.errors import ConfigurationError

from . import console
from .account import service
from .group import CommandGroup
from .params import WholeNumber
from .remote import Remote, snaked
from .shortened import first, tell_empty

_PATH = "/api/inbox/conversations"
_PAGE = 200
_LOOK = 400
"""How many further conversations are counted."""
_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_conversation = click.argument("conversation")
_message = click.argument("message")


@click.group("inbox", cls=CommandGroup)
def command() -> None:
    """Read and answer the comments on the organisation's videos.

    It works through the service that STAGEDOOR_SERVICE_URL names, with STAGEDOOR_TOKEN.
    CONVERSATION and MESSAGE are ids: 'stagedoor inbox list' and 'show' print them.
    """


@command.command("list")
@click.option(
    "--status",
    type=click.Choice(["open", "pending", "closed"]),
    help="Only those that wait for an answer, were answered, or are closed.",
)
@click.option("--unread/--read", default=None, help="Only those with, or without, unread messages.")
@click.option("--account", metavar="HANDLE", help="Only comments on this account's videos.")
@click.option("--video", metavar="ID", help="Only comments on this video.")
@click.option("--search", metavar="TEXT", help="Only those with this text or name, in any case.")
@click.option("--limit", type=WholeNumber(1), default=50, show_default=True, help="How many.")
@_json_option
def list_conversations(
    status: str | None,
    unread: bool | None,
    account: str | None,
    video: str | None,
    search: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """List conversations, the one with the newest message first."""
    with _remote() as remote:
        query: dict[str, Any] = {"status": status, "videoId": video, "q": search}
        if unread is not None:
            query["unread"] = str(unread).lower()
        if account is not None:
            query["integrationId"] = remote.integration(account)["id"]
        wanted = {name: value for name, value in query.items() if value is not None}
        walk = _conversations(remote, wanted)
        if as_json:
            console.print_json(snaked(list(islice(walk, limit))))
            return
        found = False
        for one in first(walk, limit, "conversation", "--limit shows more", look=_LOOK):
            found = True
            mark = "*" if one["unread"] else " "
            console.say(
                f"{mark} {one['id']}  {one['updatedAt'][:16]}Z  {one['status']:<7}  "
                f"{_about(one)}  {_author(one)}: {_text(one)}"
            )
    if not found:
        tell_empty(
            "conversation", bool(wanted), "'stagedoor sync status' says when comments were read"
        )


@command.command("show")
@_conversation
@_json_option
def show(conversation: str, as_json: bool) -> None:
    """Show CONVERSATION with its messages, the oldest first."""
    with _remote() as remote:
        found = remote.send("GET", _of(conversation))
        cursor = found["nextCursor"]
        while cursor is not None:
            query = urlencode({"cursor": cursor, "limit": _PAGE})
            page = remote.send("GET", f"{_of(conversation)}?{query}")
            found["messages"] += page["messages"]
            cursor = page["nextCursor"]
    del found["nextCursor"]
    if as_json:
        console.print_json(snaked(found))
        return
    unread = ", unread" if found["unread"] else ""
    console.say(f"{found['status']}{unread}, about {_about(found)}")
    for one in found["messages"]:
        _say_message(one)
    for one in found["unsettledReplies"]:
        console.say(f"{one['state']}: {one['text']}")


@command.command("reply")
@_conversation
@click.argument("text")
@click.option("--message", metavar="ID", help="Reply to this message; else to the first one.")
@_json_option
def reply(conversation: str, text: str, message: str | None, as_json: bool) -> None:
    """Reply to CONVERSATION with TEXT, as the account."""
    body = {"text": text} if message is None else {"text": text, "messageId": message}
    _change(f"{_of(conversation)}/reply", body, "Sent.", as_json)


def _action(name: str, words: str, told: str) -> None:
    """Add the command of an action on a message."""

    @command.command(name, help=words)
    @_conversation
    @_message
    @_json_option
    def act(conversation: str, message: str, as_json: bool) -> None:
        path = f"{_of(conversation)}/messages/{_id(message)}/{name}"
        _change(path, None, told, as_json)


_action("hide", "Hide MESSAGE from all but its writer and the account.", "It is hidden.")
_action("unhide", "Show MESSAGE to everybody again.", "It is shown again.")
_action("like", "Like MESSAGE, as the account.", "It is liked.")
_action("unlike", "Take the account's like of MESSAGE back.", "It isn't liked any more.")
_action("pin", "Pin MESSAGE to the top of its video's comments.", "It is pinned.")
_action("unpin", "Unpin MESSAGE.", "It isn't pinned any more.")


@command.command("delete")
@_conversation
@_message
def delete(conversation: str, message: str) -> None:
    """Delete MESSAGE, which the account wrote. Messages of others can be hidden."""
    with _remote() as remote:
        remote.send("DELETE", f"{_of(conversation)}/messages/{_id(message)}")
    console.say("It is deleted.")


@command.command("close")
@_conversation
@_json_option
def close(conversation: str, as_json: bool) -> None:
    """Close CONVERSATION, and mark it as read. A new message opens it again."""
    with _remote() as remote:
        remote.send("POST", f"{_of(conversation)}/read", {})
        answer = remote.send("POST", f"{_of(conversation)}/status", {"status": "closed"})
    _tell(answer, "It is closed.", as_json)


@command.command("reopen")
@_conversation
@_json_option
def reopen(conversation: str, as_json: bool) -> None:
    """Open CONVERSATION again."""
    _change(f"{_of(conversation)}/status", {"status": "open"}, "It is open.", as_json)


@command.command("read")
@_conversation
@_json_option
def read(conversation: str, as_json: bool) -> None:
    """Mark CONVERSATION as read."""
    _change(f"{_of(conversation)}/read", {}, "It is read.", as_json)


def _change(path: str, body: object, told: str, as_json: bool) -> None:
    with _remote() as remote:
        answer = remote.send("POST", path, body)
    _tell(answer, told, as_json)


def _tell(answer: Any, told: str, as_json: bool) -> None:
    if as_json:
        console.print_json(snaked(answer))
    else:
        console.say(told)


def _remote() -> Remote:
    remote = service()
    if remote is None:
        raise ConfigurationError(
            "only the service has an inbox: set STAGEDOOR_SERVICE_URL and STAGEDOOR_TOKEN "
            "('stagedoor token --org ORG' makes one)"
        )
    return remote


def _conversations(remote: Remote, query: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All conversations that match; pages are fetched on demand."""
    cursor: str | None = None
    while True:
        asked = query | ({} if cursor is None else {"cursor": cursor})
        page = remote.send("GET", f"{_PATH}?{urlencode(asked)}")
        yield from page["conversations"]
        cursor = page["nextCursor"]
        if cursor is None:
            return


def _of(conversation: str) -> str:
    return f"{_PATH}/{_id(conversation)}"


def _id(text: str) -> str:
    """An id as a part of a path: other characters than an id's reach no other route."""
    if not (text.isascii() and text.isalnum()):
        raise click.UsageError(
            f"{text!r} is no id: 'stagedoor inbox list' and 'stagedoor inbox show' print them."
        )
    return text


def _author(one: dict[str, Any]) -> str:
    author = one["author"]
    return f"@{author['username']}" if author["username"] else author["displayName"] or "somebody"


def _say_message(one: dict[str, Any]) -> None:
    flags = [name for name in ("hidden", "liked", "pinned") if one[name]]
    marks = f" ({', '.join(flags)})" if flags else ""
    who = f"{_author(one)} (the account)" if one["direction"] == "out" else _author(one)
    console.say(f"{one['id']}  {one['createdAt'][:16]}Z  {who}{marks}: {_text(one)}")


def _about(one: dict[str, Any]) -> str:
    """The video of a conversation, by TikTok's id."""
    return f"video {one['videoId']}" if one["videoId"] else "a video without an id"


def _text(one: dict[str, Any]) -> str:
    """The words of a message or a conversation; of a message without any, its picture."""
    if one["text"]:
        return str(one["text"])
    picture = one.get("imageUrl")
    return f"(a picture: {picture})" if picture else "(no text: a picture or a sticker)"
