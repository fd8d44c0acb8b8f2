"""`stagedoor videos`: the account's public videos."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import click

from stagedoor.client import Hosts
from stagedoor.platform.products.display import Video

from . import console, settings, shortened
from .account import connected, service
from .params import WholeNumber

_LOOK = 100
"""Videos beyond the limit that are counted: five more requests at most."""


@click.command("videos")
@click.option("--limit", default=20, show_default=True, type=WholeNumber(1), help="How many.")
@click.option("--account", help="The connected account to use, by its @handle.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(limit: int, account: str | None, as_json: bool) -> None:
    """List the connected account's public videos, newest first.

    With STAGEDOOR_SERVICE_URL and STAGEDOOR_TOKEN set, the service is asked.
    """
    remote = service()
    if remote is not None:
        with remote:
            record = remote.integration(account, kind="creator")
            _print(
                record["accountName"].removeprefix("@"), remote.videos(record["id"]), limit, as_json
            )
        return
    with connected(account) as (tiktok, who):
        _print(who.name, tiktok.videos.all(), limit, as_json)


def _print(name: str, found: Iterator[Video], limit: int, as_json: bool) -> None:
    how = f"--limit N shows more than {limit}"
    videos = list(shortened.first(found, limit, "video", how, look=_LOOK))
    if as_json:
        console.print_json([video.model_dump(mode="json", exclude_none=True) for video in videos])
    elif not videos:
        console.say(f"@{name} has no public videos.")
    else:
        print_videos(f"@{name}: public videos", videos, settings.load().hosts)


def print_videos(title: str, videos: Iterable[Video], hosts: Hosts) -> None:
    """Print videos for people: time, text, counts and link."""
    rows = ((console.when(one.create_time), _about(one, hosts)) for one in videos)
    console.print_listing(title, rows)


def _about(video: Video, hosts: Hosts) -> list[str | list[console.Styled]]:
    counts = ", ".join(
        console.counted(number or 0, noun)
        for number, noun in (
            (video.view_count, "view"),
            (video.like_count, "like"),
            (video.comment_count, "comment"),
        )
    )
    text = video.title or video.video_description or "(no title)"
    return [text, [("dim", counts)], link(video, hosts)]


def link(video: Video, hosts: Hosts) -> str:
    """The video's page at these hosts, without TikTok's query parameters for click tracking."""
    return hosts.page_url((video.share_url or "").partition("?")[0])
