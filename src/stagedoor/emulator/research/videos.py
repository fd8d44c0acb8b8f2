"""The video query: search ids, slots that are counted, pages that are short."""

from __future__ import annotations

from typing import Any

from stagedoor.platform.products.research import (
    DEFAULT_PAGE,
    PAGING_INVALID,
    SEARCH_ID_INVALID,
    VideoQuery,
)
from stagedoor.platform.products.research.query import read_date

from .. import quotas
from ..calls import Call, Refusal
from ..world import Search, Video
from . import shown, traits
from .conditions import fits
from .scope import may_return, may_show


def query(call: Call) -> dict[str, Any]:
    """The newest ids first. Videos that are gone since the first page leave their slots empty."""
    request: VideoQuery = call.request
    known, size = call.world.all.videos, request.max_count or DEFAULT_PAGE
    search = _begun(call, request) if request.search_id is None else _going_on(call, request)
    start = request.cursor or 0
    if start and start > len(search.video_ids):
        raise Refusal("invalid_params", PAGING_INVALID)
    if request.is_random:
        slots, more = call.world.ids.sample(search.video_ids, size), False
    else:
        slots = search.video_ids[start : start + size]
        more = start + size < len(search.video_ids)
    found = [known[one] for one in slots if may_show(call, known[one])]
    quotas.receive(call, len(found))
    return {
        "videos": shown.videos(call, found, request.fields),
        "cursor": start + size,
        "has_more": more,
        "search_id": search.id,
    }


def _question(request: VideoQuery) -> str:
    dates = f"{request.start_date}-{request.end_date}"
    return f"{dates} {bool(request.is_random)} {request.query.model_dump_json()}"


def _begun(call: Call, request: VideoQuery) -> Search:
    world = call.world
    oldest = call.now - world.settings.search_seconds
    for search_id, search in list(world.all.searches.items()):
        if search.created <= oldest:
            del world.all.searches[search_id]
    search = Search(
        id=world.ids.number(call.now),
        client_key=call.app.client_key if call.app else "",
        question=_question(request),
        created=call.now,
        video_ids=[video.id for video in _matching(call, request)],
    )
    world.all.searches[search.id] = search
    return search


def _going_on(call: Call, request: VideoQuery) -> Search:
    search_id, settings = request.search_id or "", call.world.settings
    search = call.world.all.searches.get(search_id)
    if (
        search is None
        or search.client_key != (call.app.client_key if call.app else "")
        or search.question != _question(request)
        or search.created + settings.search_seconds <= call.now
        or call.now < search.created + settings.search_warmup_seconds
    ):
        raise Refusal("invalid_params", f"Search Id {search_id} {SEARCH_ID_INVALID}")
    return search


def _matching(call: Call, request: VideoQuery) -> list[Video]:
    """With `short_pages`, what can't be shown takes a slot, too."""
    world = call.world
    first, last = read_date(str(request.start_date)), read_date(str(request.end_date))

    def counts(video: Video) -> bool:
        creator = world.all.creators[video.creator_id]
        if not first <= traits.day(video) <= last:
            return False
        if not (
            may_show(call, video) or (world.settings.short_pages and may_return(call, creator))
        ):
            return False
        return fits(request.query, world, video, creator)

    found = [video for video in world.all.videos.values() if counts(video)]
    return sorted(found, key=lambda video: int(video.id), reverse=True)
