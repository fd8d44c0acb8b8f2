"""`stagedoor media`: the files of an organisation's media library at the service."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import click

from . import console
from .account import required_service
from .group import CommandGroup
from .params import RecordId, WholeNumber
from .remote import Remote, snaked
from .shortened import tell_empty, tell_more
from .underway import Underway

_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_PHOTOS = frozenset({".jpg", ".jpeg", ".webp"})
_VIDEOS = frozenset({".mp4", ".mov", ".webm"})


@click.group("media", cls=CommandGroup)
def command() -> None:
    """Files that posts use again and again: list, upload and delete them.

    It works through the service that STAGEDOOR_SERVICE_URL names, with STAGEDOOR_TOKEN.
    """


@command.command("list")
@click.option("--kind", type=click.Choice(("video", "photo")), help="Only these.")
@click.option(
    "--limit", default=50, type=WholeNumber(1, 200), show_default=True, help="At most so many."
)
@_json_option
def list_media(kind: str | None, limit: int, as_json: bool) -> None:
    """List the files, the newest first."""
    query = {"limit": limit} | ({} if kind is None else {"kind": kind})
    with _remote() as remote:
        answer = remote.send("GET", f"/api/media?{urlencode(query)}")
    if as_json:
        console.print_json([snaked(one) for one in answer["media"]])
        return
    if not answer["media"]:
        tell_empty("file", kind is not None, "'stagedoor media upload FILE' adds one")
        return
    for one in answer["media"]:
        posts = console.counted(one["uses"], "post")
        told = f"{one['kind']}, {_size(one)}, {posts}, until {one['keepUntil'][:10]}"
        console.say_styled(("bold", one["name"] or "unnamed"), f"  {told} ({one['mediaId']})")
    if answer["nextCursor"] is not None:
        tell_more(1, "file", "--limit shows more, up to 200", at_least=True)


@command.command("upload")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", help="Its name in the library; the file's own without it.")
@click.option(
    "--kind", type=click.Choice(("video", "photo")), help="What it is; by its ending without it."
)
@_json_option
def upload(file: Path, name: str | None, kind: str | None, as_json: bool) -> None:
    """Upload FILE, and print its id: `mediaId` of a post, or of a row of 'stagedoor post --csv'."""
    size = file.stat().st_size
    if not size:
        raise click.BadParameter("the file is empty", param_hint="FILE")
    body = {"kind": kind or _kind(file), "name": file.name if name is None else name, "size": size}
    progress = Underway("The service")
    with _remote() as remote, console.bars() as progress.show:
        made = remote.send("POST", "/api/media", body)
        remote.upload(made["uploadUrl"], file, progress)
        stored = remote.send("GET", f"/api/media/{made['media']['mediaId']}")
    if as_json:
        console.print_json(snaked(stored))
        return
    console.say(stored["mediaId"])
    console.note(f"It is kept until {stored['keepUntil'][:10]}, and longer if posts use it.")


@command.command("delete")
@click.argument("media_id", metavar="ID", type=RecordId())
def delete(media_id: str) -> None:
    """Delete the file with this ID. Posts that use it keep it until they have ended."""
    with _remote() as remote:
        remote.send("DELETE", f"/api/media/{media_id}")
    console.say(f"{media_id} was deleted from the library.")


def _remote() -> Remote:
    return required_service("the media library is the service's")


def _kind(file: Path) -> str:
    ending = file.suffix.lower()
    if ending in _PHOTOS:
        return "photo"
    if ending in _VIDEOS:
        return "video"
    raise click.UsageError(
        f"{file.name} doesn't end as a video or a photo does: say --kind video or --kind photo."
    )


def _size(file: dict[str, Any]) -> str:
    told = "no bytes yet" if file["size"] is None else console.counted(file["size"], "byte")
    return told if file["complete"] else f"{told}, not complete"
