"""Examples of the Display API."""

from __future__ import annotations

from hypothesis import strategies as st

from stagedoor.platform.products import display
from stagedoor.platform.products.display import USER_FIELD_SCOPES, VIDEO_FIELDS, VideoFilters

from .example import Example
from .strategies import BIG, fields, maybe, some

_LIMITS = ((600, 60),)
_ID = st.integers(1, 2**70).map(str)

EXAMPLES = (
    Example(
        display.USER_INFO,
        request=lambda _: {"fields": ("open_id",)},
        drawn=fields(fields=some(tuple(USER_FIELD_SCOPES))),
        limits=_LIMITS,
    ),
    Example(
        display.VIDEO_LIST,
        request=lambda _: {"fields": ("id",), "max_count": 2, "cursor": 10**15},
        drawn=fields(
            fields=some(VIDEO_FIELDS), cursor=maybe(BIG), max_count=maybe(st.integers(1, 20))
        ),
        limits=_LIMITS,
    ),
    Example(
        display.VIDEO_QUERY,
        request=lambda seeded: {
            "fields": ("id",),
            "filters": VideoFilters(video_ids=(seeded.oldest_video,)),
        },
        drawn=fields(
            fields=some(VIDEO_FIELDS),
            filters=st.builds(
                VideoFilters, video_ids=st.lists(_ID, min_size=1, max_size=20).map(tuple)
            ),
        ),
        limits=_LIMITS,
    ),
)
