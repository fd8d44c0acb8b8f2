"""The connected creator's videos: all of them, or those with given ids."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from stagedoor.platform.arguments import AtLeast, Says
from stagedoor.platform.products import display
from stagedoor.platform.products.display import MAX_PAGE, VIDEO_FIELDS, Video, VideoPage

from .effects import Emit, Items
from .paging import walk
from .parameters import FieldNames, Limit
from .place import Resume
from .session import Session, call

BeforeMilliseconds = Annotated[
    int | None, AtLeast(0), Says("only videos posted before this moment, in Unix milliseconds")
]
VideoIds = Annotated[Sequence[str], Says("ids of videos, any number of them")]


def all_videos(
    session: Session,
    *,
    fields: FieldNames = VIDEO_FIELDS,
    before: BeforeMilliseconds = None,
    limit: Limit = None,
    resume: Resume = None,
) -> Items[Video]:
    """The creator's public videos, newest first; pages are fetched on demand.

    A short page isn't the end: TikTok drops deleted and private posts from pages.
    """
    asked = {"fields": tuple(fields), "cursor": before}
    return walk(session, display.VIDEO_LIST, asked, limit=limit, resume=resume)


def videos_by_id(
    session: Session, ids: VideoIds, *, fields: FieldNames = VIDEO_FIELDS
) -> Items[Video]:
    """The creator's videos with these ids, any number of ids, 20 per call.

    Ids that aren't the creator's own public videos are omitted, as TikTok does.
    """
    for start in range(0, len(ids), MAX_PAGE):
        page: VideoPage = yield from call(
            session,
            display.VIDEO_QUERY,
            {
                "fields": tuple(fields),
                "filters": {"video_ids": tuple(ids[start : start + MAX_PAGE])},
            },
        )
        for video in page.videos:
            yield Emit(video)
    return None
