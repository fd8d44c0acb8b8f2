"""The playlist operation."""

from __future__ import annotations

from stagedoor.platform.products.research import MAX_PAGE, PlaylistQuery
from stagedoor.platform.protocols.protocol import Note

from ... import quotas
from ...calls import AdmittedCall, EnvelopeAnswer, Refusal
from ..community.state import PLAYLISTS
from .scope import may_return, may_show


def info(call: AdmittedCall) -> EnvelopeAnswer:
    """A playlist. All keys are returned, whatever `fields` requests."""
    request: PlaylistQuery = call.request
    world = call.world
    playlist = world[PLAYLISTS].get(request.playlist_id)
    owner = world.creators[playlist.creator_id] if playlist else None
    if playlist is None or owner is None or owner.private or not may_return(call, owner):
        raise Refusal("invalid_params", "playlist_id: is invalid")
    known = world.videos
    open_ids = [one for one in playlist.video_ids if may_show(call, known[one])]
    start, size = request.cursor or 0, request.max_count or MAX_PAGE
    page = open_ids[start : start + size]
    quotas.receive(call, len(page))
    end = start + len(page)
    return EnvelopeAnswer(
        {
            "playlist_id": int(playlist.id),
            "playlist_name": playlist.name,
            "playlist_item_total": len(open_ids),
            "playlist_last_updated": int(playlist.updated),
            "playlist_video_ids": [int(one) for one in page],
            "cursor": end,
            "has_more": end < len(open_ids),
        },
        Note(status=500 if world.settings.playlist_as_500 else 200),
    )
