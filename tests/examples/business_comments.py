"""Examples of comments on an account's posts."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from stagedoor.platform.products import business_comments as comments
from stagedoor.platform.products.business_comments import (
    CommentSortField,
    CommentSortOrder,
    CommentVisibility,
    HideAction,
    LikeAction,
    PinAction,
)
from tests.support import media

from .business import IDS
from .example import Example, Seeded, Values
from .strategies import CHARACTERS, FLAG, fields, maybe

ACCOUNT_LIMITS = ((40, 60), (600, 60))
"""By account and operation, and by app for all operations on accounts."""
OPEN_IDS = st.text(CHARACTERS, min_size=1, max_size=40)
WRITTEN = st.text(CHARACTERS, min_size=1, max_size=40)


def open_id(seeded: Seeded) -> str:
    """The `business_id` of the seeded creator for the ready-made business app."""
    world = seeded.world
    return str(world.ids.business_id("7000000000000000001", world.named(seeded.creator).id))


def commented(seeded: Seeded) -> Any:
    """A comment at the first level on a post of the creator."""
    videos = {one.id for one in seeded.videos if not one.deleted}
    return next(
        one
        for one in seeded.world.all.comments.values()
        if one.video_id in videos and one.parent_id is None and not one.deleted
    )


def on(seeded: Seeded, **more: Any) -> Values:
    found = commented(seeded)
    return {"business_id": open_id(seeded), "video_id": found.video_id} | more


def of(seeded: Seeded, **more: Any) -> Values:
    return on(seeded, comment_id=commented(seeded).id) | more


_PAGE = {
    "business_id": OPEN_IDS,
    "video_id": IDS,
    "status": maybe(st.sampled_from(CommentVisibility)),
    "sort_field": maybe(st.sampled_from(CommentSortField)),
    "sort_order": maybe(st.sampled_from(CommentSortOrder)),
    "cursor": maybe(st.integers(0, 2**31)),
    "max_count": maybe(st.integers(1, 30)),
}
_IMAGE = {
    "image_uri": st.text("0123456789abcdef", min_size=1, max_size=40),
    "image_width": st.integers(1, 5_000),
    "image_height": st.integers(1, 5_000),
}
_ONE = {"business_id": OPEN_IDS, "video_id": IDS, "comment_id": IDS}

EXAMPLES = (
    Example(
        comments.COMMENT_LIST,
        request=lambda seeded: on(seeded, include_replies=True),
        drawn=fields(
            **_PAGE,
            comment_ids=maybe(st.lists(IDS, max_size=30).map(tuple)),
            include_replies=FLAG,
        ),
        limits=ACCOUNT_LIMITS,
    ),
    Example(
        comments.COMMENT_REPLY_LIST,
        request=of,
        drawn=fields(**_PAGE, comment_id=IDS),
        limits=ACCOUNT_LIMITS,
    ),
    Example(
        comments.COMMENT_CREATE,
        request=lambda seeded: on(seeded, text="Thank you"),
        drawn=fields(business_id=OPEN_IDS, video_id=IDS, text=WRITTEN)
        | fields(business_id=OPEN_IDS, video_id=IDS, text=maybe(WRITTEN), **_IMAGE),
        effect=comments.COMMENT_LIST,
        limits=ACCOUNT_LIMITS,
    ),
    Example(
        comments.COMMENT_REPLY_CREATE,
        request=lambda seeded: of(seeded, text="Thank you"),
        drawn=fields(**_ONE, text=WRITTEN)
        | fields(**_ONE, reply_image_url=st.just("https://ready.example.com/a.jpg"))
        | fields(**_ONE, **_IMAGE),
        effect=comments.COMMENT_REPLY_LIST,
        limits=ACCOUNT_LIMITS,
    ),
    Example(
        comments.COMMENT_LIKE,
        request=lambda seeded: of(seeded, action="LIKE"),
        drawn=fields(**_ONE, action=st.sampled_from(LikeAction)),
        effect=comments.COMMENT_LIST,
        limits=ACCOUNT_LIMITS,
    ),
    Example(
        comments.COMMENT_HIDE,
        request=lambda seeded: of(seeded, action="UNHIDE"),
        drawn=fields(**_ONE, action=st.sampled_from(HideAction)),
        effect=comments.COMMENT_LIST,
        limits=ACCOUNT_LIMITS,
    ),
    Example(
        comments.COMMENT_PIN,
        request=lambda seeded: of(seeded, action="PIN"),
        drawn=fields(**_ONE, action=st.sampled_from(PinAction)),
        effect=comments.COMMENT_LIST,
        limits=ACCOUNT_LIMITS,
    ),
    Example(
        comments.COMMENT_DELETE,
        request=lambda seeded: {"business_id": open_id(seeded), "comment_id": "1"},
        refused=True,
        drawn=fields(business_id=OPEN_IDS, comment_id=IDS),
        effect=comments.COMMENT_LIST,
        limits=ACCOUNT_LIMITS,
    ),
    Example(
        comments.COMMENT_IMAGE_UPLOAD,
        request=lambda seeded: {"business_id": open_id(seeded), "image_file": media.photo()},
        drawn=fields(business_id=OPEN_IDS, image_file=st.binary(min_size=1, max_size=50)),
        effect=comments.COMMENT_LIST,
        limits=ACCOUNT_LIMITS,
    ),
)
