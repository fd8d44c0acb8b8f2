"""`stagedoor research comments`, `user`, `followers` and `quota`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import click

from stagedoor.platform.model import Answer
from stagedoor.platform.products.research import (
    COMMENT_FIELDS,
    MAX_COMMENTS,
    QUOTAS,
    USER_FIELDS,
    Comment,
    Person,
    UserInfo,
)

from . import console, settings, shortened
from .research_client import Spent, researching

F = TypeVar("F", bound=Callable[..., Any])
Lines = list[str | list[console.Styled]]
_PERSON_FIELDS = tuple(Person.model_fields)


def _output(function: F) -> F:
    """Adds the options of lists: how many, and the form."""
    for option in (
        click.option("--csv", "as_csv", is_flag=True, help="Print CSV with a line of names."),
        click.option("--json", "as_json", is_flag=True, help="Print JSON."),
        click.option("--all", "everything", is_flag=True, help="All that there are."),
        click.option(
            "--limit", default=20, show_default=True, type=click.IntRange(1), help="How many."
        ),
    ):
        function = option(function)
    return function


@click.command("comments")
@click.argument("video_id")
@click.option("--replies", is_flag=True, help="VIDEO_ID is a comment's: list the replies to it.")
@_output
def comments(
    video_id: str, replies: bool, limit: int, everything: bool, as_json: bool, as_csv: bool
) -> None:
    """List the comments of a public video; TikTok gives the first 1,000."""
    _one_form(as_json, as_csv)
    video, comment = (None, video_id) if replies else (video_id, None)
    with researching() as tiktok:
        found = tiktok.research.all_comments(video_id=video, comment_id=comment)
        most = MAX_COMMENTS if everything else limit
        listed = shortened.first(found, most, "comment", "--all shows all, --limit N more", look=1)
        _print(listed, COMMENT_FIELDS, "comment", _about_comment, as_json, as_csv)


@click.command("followers")
@click.argument("username")
@click.option("--following", is_flag=True, help="List whom USERNAME follows instead.")
@_output
def followers(
    username: str, following: bool, limit: int, everything: bool, as_json: bool, as_csv: bool
) -> None:
    """List the public followers of USERNAME, latest first."""
    _one_form(as_json, as_csv)
    name = username.removeprefix("@")
    with researching() as tiktok:
        walk = tiktok.research.all_following if following else tiktok.research.all_followers
        how = "--all shows all, --limit N more; each 100 are one request of the day's"
        most = None if everything else limit
        listed = shortened.first(walk(name), most, "account", how, look=1)
        _print(listed, _PERSON_FIELDS, "account", _about_person, as_json, as_csv)


@click.command("user")
@click.argument("usernames", nargs=-1, required=True, metavar="USERNAME...")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV with a line of names.")
def user(usernames: tuple[str, ...], as_json: bool, as_csv: bool) -> None:
    """Show public accounts: name, text, numbers of followers, videos and likes."""
    _one_form(as_json, as_csv)
    with researching() as tiktok:
        found = [
            {"username": name}
            | tiktok.research.user(username=name).model_dump(mode="json", exclude_unset=True)
            for name in (one.removeprefix("@") for one in usernames)
        ]
    if as_json:
        console.print_json(found)
    elif as_csv:
        console.print_csv_row(("username", *USER_FIELDS))
        for row in found:
            console.print_csv_row(row.get(name) for name in ("username", *USER_FIELDS))
    else:
        console.print_listing(
            console.counted(len(found), "account"),
            ((f"@{row['username']}", _about_user(UserInfo.model_validate(row))) for row in found),
        )


@click.command("quota")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def quota(as_json: bool) -> None:
    """Show the requests of today that count, as far as commands of this machine sent them.

    TikTok has no call that tells the quota. It is the organisation's: other programs use it, too.
    """
    spent = Spent(settings.load()).today()
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    resets_at = midnight.timestamp() + 86_400
    if as_json:
        console.print_json(
            [
                {
                    "quota": one.pool,
                    "requests": spent.get(one.pool, 0),
                    "of": one.requests,
                    "resets_at": resets_at,
                }
                for one in QUOTAS
            ]
        )
        return
    rows = ((one.pool, f"{spent.get(one.pool, 0):,}", f"{one.requests:,}") for one in QUOTAS)
    console.print_table("Requests of this UTC day", ("Quota", "Sent from here", "Of"), rows)


def _one_form(as_json: bool, as_csv: bool) -> None:
    if as_json and as_csv:
        raise click.UsageError("--json and --csv exclude each other.")


def _print(
    found: Iterable[Answer],
    names: Sequence[str],
    noun: str,
    about: Callable[[Any], tuple[str, Lines]],
    as_json: bool,
    as_csv: bool,
) -> None:
    if as_csv:
        console.print_csv_row(names)
        for one in found:
            row = one.model_dump(mode="json", exclude_unset=True)
            console.print_csv_row(row.get(name) for name in names)
        return
    listed = list(found)
    if as_json:
        console.print_json([one.model_dump(mode="json", exclude_unset=True) for one in listed])
    elif not listed:
        console.say(f"There is no public {noun}.")
    else:
        console.print_listing(console.counted(len(listed), noun), map(about, listed))


def _about_comment(one: Comment) -> tuple[str, Lines]:
    likes = console.counted(one.like_count or 0, "like")
    replies = console.counted(one.reply_count or 0, "reply", "replies")
    about: Lines = [one.text or "(no text)", [("dim", f"{one.id}  {likes}, {replies}")]]
    return console.when(one.create_time), about


def _about_person(one: Person) -> tuple[str, Lines]:
    return f"@{one.username or ''}", [one.display_name or ""]


def _about_user(one: UserInfo) -> Lines:
    counts = ", ".join(
        console.counted(number or 0, noun)
        for number, noun in (
            (one.follower_count, "follower"),
            (one.video_count, "video"),
            (one.likes_count, "like"),
        )
    )
    return [one.display_name or "", one.bio_description or "", [("dim", counts)]]
