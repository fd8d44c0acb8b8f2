"""`stagedoor research comments`, `user`, `followers` and `quota`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import click

from stagedoor.client import Walking, WalkPlace
from stagedoor.client.error_classes import REFUSALS
from stagedoor.client.errors import StagedoorError
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
from .research_client import RequestCount, researching
from .research_output import (
    Output,
    Saved,
    list_options,
    output_options,
    save_each,
    save_walk,
    with_date,
)
from .several import Several

Lines = list[str | list[console.Styled]]
_PERSON_FIELDS = tuple(Person.model_fields)
_USER_COLUMNS = ("username", *USER_FIELDS)


@click.command("comments")
@click.argument("video_id")
@click.option("--replies", is_flag=True, help="VIDEO_ID is a comment's: list the replies to it.")
@list_options
def comments(video_id: str, replies: bool, output: Output) -> None:
    """List the comments of a public video; TikTok gives the first 1,000."""
    video, comment = (None, video_id) if replies else (video_id, None)
    with researching() as tiktok:

        def walk(place: WalkPlace | None = None) -> Walking[Comment]:
            return tiktok.research.all_comments(video_id=video, comment_id=comment, resume=place)

        if output.out is not None:
            asked = {"command": "comments", "video": video, "comment": comment}
            saved = Saved(asked, Comment, COMMENT_FIELDS, "comment", "id")
            save_walk(output, saved, lambda _, place: walk(place))
            return
        most = MAX_COMMENTS if output.everything else output.most
        first = shortened.first(walk(), most, "comment", "--all shows all, --limit N more", look=1)
        _print(first, COMMENT_FIELDS, "comment", _about_comment, output)


@click.command("followers")
@click.argument("username")
@click.option("--following", is_flag=True, help="List whom USERNAME follows instead.")
@list_options
def followers(username: str, following: bool, output: Output) -> None:
    """List the public followers of USERNAME, latest first."""
    name = username.removeprefix("@")
    with researching() as tiktok:
        walk = tiktok.research.all_following if following else tiktok.research.all_followers
        if output.out is not None:
            asked = {"command": "following" if following else "followers", "username": name}
            saved = Saved(asked, Person, _PERSON_FIELDS, "account", "username")
            save_walk(output, saved, lambda _, place: walk(name, resume=place))
            return
        how = "--all shows all, --limit N more; each 100 are one request of the day's"
        first = shortened.first(walk(name), output.most, "account", how, look=1)
        _print(first, _PERSON_FIELDS, "account", _about_person, output)


@click.command("user")
@click.argument("usernames", nargs=-1, required=True, metavar="USERNAME...")
@output_options
def user(usernames: tuple[str, ...], output: Output) -> None:
    """Show public accounts: name, text, numbers of followers, videos and likes.

    An account that TikTok doesn't show is left out and told; the exit code is 1 then.
    """
    names = list(dict.fromkeys(one.removeprefix("@") for one in usernames))
    with researching() as tiktok:

        def read(name: str) -> dict[str, Any]:
            about = tiktok.research.user(username=name)
            return {"username": name} | about.model_dump(mode="json", exclude_unset=True)

        if output.out is not None:
            asked = {"command": "user", "usernames": names}
            saved = Saved(asked, UserInfo, _USER_COLUMNS, "account", "username")
            save_each(output, saved, names, read)
            return
        found, accounts = list[dict[str, Any]](), Several("account", REFUSALS)
        try:
            for name in names:
                with accounts.trying(name):
                    found.append(read(name))
        except StagedoorError:
            _print_users(found, output)
            raise
    _print_users(found, output)
    accounts.end()


def _print_users(found: Sequence[dict[str, Any]], output: Output) -> None:
    if output.as_json:
        console.print_json(found)
    elif output.as_csv:
        console.print_csv_row(_USER_COLUMNS)
        for row in found:
            console.print_csv_row(row.get(name) for name in _USER_COLUMNS)
    elif found:
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
    config = settings.load()
    with config.clock() as now:
        requests = RequestCount(config, now)
        spent, resets_at = requests.today(), requests.today_is().timestamp() + 86_400
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


def _print(
    found: Iterable[Answer],
    names: Sequence[str],
    noun: str,
    about: Callable[[Any], tuple[str, Lines]],
    output: Output,
) -> None:
    if output.as_csv:
        console.print_csv_row(names)
        for one in found:
            row = one.model_dump(mode="json", exclude_unset=True)
            console.print_csv_row(with_date(row).get(name) for name in names)
        return
    every = list(found)
    if output.as_json:
        console.print_json([one.model_dump(mode="json", exclude_unset=True) for one in every])
    elif not every:
        console.say(f"There is no public {noun}.")
    else:
        console.print_listing(console.counted(len(every), noun), map(about, every))


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
