"""The player's frame: its contents, and its messages to the embedding page (`player_messages`).

Playback is simulated by time alone: no browser needs the codec of a video.
"""

from __future__ import annotations

from itertools import islice
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from stagedoor.platform import wire
from stagedoor.platform.products import embed
from stagedoor.platform.products.embed import PlayerError, PlayerParams
from stagedoor.ui import render

from ... import cdn, links
from ...world import Creator, Video, World
from .state import MOST_VIEWED

_SECONDS_A_PHOTO = 3
_NEXT = 3


async def show(request: Request) -> Response:
    """The player of a post. For a post that isn't public, the player reports an error message."""
    world: World = request.app.state.world
    video = world.videos.get(request.path_params["post_id"])
    if video is not None and not world.is_public(video):
        video = None
    shown: dict[str, Any] = {"video": None, "creator": None, "next": []}
    params = _params(request.url.query)
    if video is not None:
        creator = world.creators[video.creator_id]
        base_url = str(request.base_url).rstrip("/")
        shown = {
            "video": video,
            "creator": creator,
            "cover": cdn.cover_url(world, base_url, video, world.now()),
            "next": _next(world, creator, video, params["rel"]),
        }
    page = render(
        "emulator/player.html",
        params=params,
        told=_told(world, video, params),
        **shown,
    )
    return HTMLResponse(page, headers={"Cache-Control": "no-store"})


def _params(query: str) -> dict[str, bool]:
    """All parameters; a value other than 0 and 1 counts as not given."""
    try:
        given: PlayerParams = wire.parse(embed.PLAYER, query)
        sent = given.model_dump()
    except wire.Malformed as malformed:
        bad = {path for path, _ in malformed.problems}
        rest = "&".join(part for part in query.split("&") if part.partition("=")[0] not in bad)
        sent = {} if rest == query else _params(rest)
    return {
        name: (name in embed.PLAYER_ON) if sent.get(name) is None else sent[name]
        for name in PlayerParams.model_fields
    }


def _next(world: World, creator: Creator, video: Video, recommended: bool) -> list[dict[str, str]]:
    """The posts offered at the end: recommended ones of all creators, or the same author's."""
    posts = world.videos.by(MOST_VIEWED, None if recommended else creator.id)
    others = (post for post in posts if post is not video and world.is_public(post))
    return [
        {
            "title": post.title,
            "url": links.page(world.creators[post.creator_id], post).removeprefix(links.WWW),
        }
        for post in islice(others, _NEXT)
    ]


def _told(world: World, video: Video | None, params: dict[str, bool]) -> dict[str, Any]:
    """The data for the page's script, with the declared names of the messages."""
    ordered = world.settings.player_error
    error = PlayerError.INVALID_VIDEO.name if video is None else ordered
    photos = 0 if video is None else video.photos
    seconds = photos * _SECONDS_A_PHOTO if photos else (video.duration if video else 0)
    return {
        "mark": embed.PLAYER_MARK,
        "to": {kind.name: kind.value for kind in embed.ToPlayer},
        "from": {kind.name: kind.value for kind in embed.FromPlayer},
        "states": {state.name: state.value for state in embed.PlayerState},
        "errors": {problem.name: problem.value for problem in PlayerError},
        "error": None if error == "none" else error,
        "seconds": seconds,
        "photos": photos,
        "params": params,
    }
