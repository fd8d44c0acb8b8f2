"""The operations of oEmbed, the pages of posts and profiles, and the frame of a LIVE."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from stagedoor.platform import wire
from stagedoor.platform.markup import QUOTE_CLASS, SCRIPT_PATH
from stagedoor.platform.products import embed
from stagedoor.platform.products.embed import LiveParams
from stagedoor.ui import render

from ... import cdn, links
from ...calls import Handlers
from ...world import Creator, Video, World
from ...world.state import OPEN_POSTS
from . import cards, player
from .cards import kind_of
from .state import LIVE_DOMAINS

__all__ = ["HANDLERS", "ROUTES", "kind_of"]

_POSTS_SHOWN = 100
"""The most posts on a profile's page."""

HANDLERS: Handlers = {
    embed.OEMBED_VIDEO: cards.video_card,
    embed.OEMBED_PROFILE: cards.profile_card,
}


async def post(request: Request) -> Response:
    """The page of a post, by its URL below the profile or by the id from a player."""
    world: World = request.app.state.world
    video = world.videos.get(
        request.path_params.get("video_id") or request.query_params.get("id", "")
    )
    if video is None or not world.is_public(video):
        return PlainTextResponse("This post isn't available.", 404)
    return _page(request, world.creators[video.creator_id], video)


async def live(request: Request) -> Response:
    """The frame of a LIVE, for approved hosts (`embed_live`)."""
    world: World = request.app.state.world
    creator = cards.by_handle(world, request.path_params["username"])
    if creator is None:
        return PlainTextResponse("This account couldn't be found.", 404)
    try:
        params: LiveParams | None = wire.parse(embed.LIVE, request.url.query)
    except wire.Malformed:
        params = None
    approved = params is not None and params.embed_domain.lower() in world[LIVE_DOMAINS]
    page = render(
        "emulator/live.html",
        creator=creator,
        approved=approved,
        controls=params is None or params.controls is not False,
    )
    return HTMLResponse(page, headers={"Cache-Control": "no-store"})


async def profile(request: Request) -> Response:
    world: World = request.app.state.world
    creator = cards.by_handle(world, request.path_params["handle"])
    if creator is None:
        return PlainTextResponse("This account couldn't be found.", 404)
    posts = world.videos.by(OPEN_POSTS, creator.id)
    public = [] if creator.private else posts[:_POSTS_SHOWN]
    return HTMLResponse(render("emulator/profile.html", creator=creator, videos=public))


async def short(request: Request) -> Response:
    """Redirect a short link to the page of its post."""
    world: World = request.app.state.world
    video_id = links.unshortened(links.SHORT_MARK + request.path_params["rest"])
    video = world.videos.get(video_id or "")
    if video is None or not world.is_public(video):
        return PlainTextResponse("This link leads nowhere.", 404)
    creator = world.creators[video.creator_id]
    return RedirectResponse(links.page(creator, video).removeprefix(links.WWW), 301)


async def script(request: Request) -> Response:
    return Response(render("emulator/embed.js", quote=QUOTE_CLASS), media_type="text/javascript")


ROUTES = [
    Route("/@{handle}", profile),
    Route("/@{handle}/video/{video_id}", post),
    Route("/@{handle}/photo/{video_id}", post),
    Route("/static/profile-video", post),
    Route(embed.PLAYER.path, player.show),
    Route(embed.LEGACY_FRAME.path, post),
    Route(embed.LIVE.path, live),
    Route(embed.LIVE.path.replace("@", ""), live),
    Route(f"/{links.SHORT_MARK}{{rest}}", short),
    Route(f"/{links.SHORT_MARK}{{rest}}/", short),
    Route(SCRIPT_PATH, script),
]


def _page(request: Request, creator: Creator, video: Video) -> Response:
    world: World = request.app.state.world
    base_url = str(request.base_url).rstrip("/")
    cover = cdn.cover_url(world, base_url, video, world.now())
    return HTMLResponse(render("emulator/video.html", creator=creator, video=video, cover=cover))
