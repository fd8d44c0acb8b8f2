"""`stagedoor videos`: the account's public videos."""

from __future__ import annotations

import click
from rich.markup import escape
from rich.table import Table

from stagedoor.platform.display import Video

from . import console
from .account import connected, service


@click.command("videos")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1), help="How many.")
@click.option("--account", help="The connected account to use, by its @handle.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(limit: int, account: str | None, as_json: bool) -> None:
    """List the connected account's public videos, newest first.

    With STAGEDOOR_SERVICE_URL and STAGEDOOR_TOKEN set, the service is asked.
    """
    name, videos = _videos(limit, account)
    if as_json:
        console.print_json([video.model_dump(mode="json", exclude_none=True) for video in videos])
        return
    if not videos:
        console.out.print(f"@{name} has no public videos.")
        return
    console.out.print(listing(f"@{name}: public videos", videos))


def _videos(limit: int, account: str | None) -> tuple[str, list[Video]]:
    remote = service()
    if remote is not None:
        with remote:
            record = remote.integration(account)
            return record["accountName"].removeprefix("@"), remote.videos(limit, record["id"])
    with connected(account) as (tiktok, who):
        return who.name, list(tiktok.videos.all(limit=limit))


def listing(title: str, videos: list[Video]) -> Table:
    """Videos as people read them: when, what, how it goes, where."""
    made = Table.grid(padding=(0, 2, 0, 0))
    made.title, made.title_justify, made.title_style = title, "left", "bold"
    made.add_column(no_wrap=True, style="dim")
    made.add_column(overflow="fold")
    for video in videos:
        counts = (
            f"{video.view_count or 0:,} views, {video.like_count or 0:,} likes, "
            f"{video.comment_count or 0:,} comments"
        )
        text = escape(video.title or video.video_description or "(no title)")
        made.add_row(console.when(video.create_time), f"{text}\n[dim]{counts}[/]\n{link(video)}")
    return made


def link(video: Video) -> str:
    """The page of a video, without what TikTok adds to count clicks."""
    return (video.share_url or "").partition("?")[0]
