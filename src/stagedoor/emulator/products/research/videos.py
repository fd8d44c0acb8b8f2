"""The video query: searches, and pages with slots that may be empty."""

from __future__ import annotations

from typing import Any

from stagedoor.platform.products.research import (
    DEFAULT_PAGE,
    PAGING_INVALID,
    SEARCH_ID_INVALID,
    VideoQuery,
)

from ... import quotas
from ...calls import AdmittedCall, Refusal
from . import shown
from .scope import may_show
from .state import SEARCHES, SEARCHES_BY_AGE, SearchResult
from .walking import SearchWalk


def query(call: AdmittedCall) -> dict[str, Any]:
    """A page, newest ids first. Videos removed since the first page leave their slots empty."""
    request: VideoQuery = call.request
    known, size = call.world.videos, request.max_count or DEFAULT_PAGE
    search = _begun(call, request) if request.search_id is None else _going_on(call, request)
    start = request.cursor or 0
    walk = SearchWalk(call, request, search)
    # One slot more than the page shows whether there is a next page.
    walk.find(0 if request.is_random else start + size + 1)
    if start and start > len(search.video_ids):
        walk.find(start)
        if start > len(search.video_ids):
            raise Refusal("invalid_params", PAGING_INVALID)
    if request.is_random:
        slots, more = walk.sample(size), False
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


def _begun(call: AdmittedCall, request: VideoQuery) -> SearchResult:
    searches = call.world[SEARCHES]
    oldest = call.now - call.world.settings.search_seconds
    by_age = searches.by(SEARCHES_BY_AGE)
    while by_age and by_age[0].created <= oldest:
        del searches[by_age[0].id]
        by_age = searches.by(SEARCHES_BY_AGE)
    return searches.add(
        SearchResult(
            id=call.world.ids.number(call.now),
            client_key=call.app.client_key if call.app else "",
            question=_question(request),
            created=call.now,
        )
    )


def _going_on(call: AdmittedCall, request: VideoQuery) -> SearchResult:
    search_id, settings = request.search_id or "", call.world.settings
    search = call.world[SEARCHES].get(search_id)
    if (
        search is None
        or search.client_key != (call.app.client_key if call.app else "")
        or search.question != _question(request)
        or search.created + settings.search_seconds <= call.now
        or call.now < search.created + settings.search_warmup_seconds
    ):
        raise Refusal("invalid_params", f"Search Id {search_id} {SEARCH_ID_INVALID}")
    return search
