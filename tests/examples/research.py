"""Examples of the Research API."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from stagedoor.platform.products import research
from stagedoor.platform.products.research import shop, validation
from stagedoor.platform.products.research.query import MAX_DAYS, Where, write_date
from stagedoor.platform.products.research.validation import Category

from .example import Example, Seeded, Values
from .research_queries import queries
from .strategies import CHARACTERS, fields, maybe, some

_POOL = "general"
_PEOPLE_POOL = "followers_following"
_ID = st.integers(1, 10**20 - 1).map(str)
_HANDLE = st.text(CHARACTERS, min_size=1, max_size=30)
_COUNT = maybe(st.integers(1, research.MAX_PAGE))
_CURSOR = maybe(st.integers(0, 2**50))
_NUMBERED = {
    "page_start": maybe(st.integers(1, 10**6)),
    "page_size": maybe(st.integers(1, shop.MAX_PAGE)),
}
_USER_VIDEOS = fields(
    username=_HANDLE, max_count=_COUNT, cursor=_CURSOR, fields=some(research.USER_VIDEO_FIELDS)
)
_FOLLOWS = fields(username=_HANDLE, max_count=_COUNT, cursor=_CURSOR)
_TASK = fields(task_id=_ID)


@st.composite
def _searches(draw: st.DrawFn) -> Values:
    start = draw(st.dates(max_value=date.max - timedelta(days=MAX_DAYS)))
    end = start + timedelta(days=draw(st.integers(0, MAX_DAYS)))
    written = st.sampled_from([lambda day: day, write_date])
    return {
        "query": draw(queries()),
        "start_date": draw(written)(start),
        "end_date": draw(written)(end),
        "max_count": draw(_COUNT),
        "cursor": draw(_CURSOR),
        "search_id": draw(maybe(_ID)),
        "is_random": draw(maybe(st.booleans())),
        "fields": draw(some(research.VIDEO_FIELDS)),
    }


def _search(seeded: Seeded) -> Values:
    return {
        "query": Where.view_count.gte(1) & ~Where.keyword.eq("nowhere"),
        "start_date": seeded.today - timedelta(days=30),
        "end_date": seeded.today,
        "max_count": 2,
    }


def _person(seeded: Seeded) -> Values:
    return {"username": seeded.creator}


def _page(seeded: Seeded) -> Values:
    return {"username": seeded.creator, "max_count": 2}


def _comments(seeded: Seeded) -> Values:
    own = {video.id for video in seeded.videos}
    comments = seeded.world.all.comments.values()
    return {"video_id": next(one.video_id for one in comments if one.video_id in own)}


def _likes(seeded: Seeded) -> Values:
    """Of a person who shows their likes, and has some."""
    likers = {like.person_id for like in seeded.world.all.likes.values()}
    people = seeded.world.all.people.values()
    return {"username": next(p.username for p in people if p.likes_public and p.id in likers)}


def _task(seeded: Seeded) -> Values:
    return {"task_id": seeded.begun.task_id}


EXAMPLES = (
    Example(research.VIDEO_QUERY, request=_search, drawn=_searches(), pool=_POOL),
    Example(
        research.USER_INFO,
        request=_person,
        drawn=fields(username=_HANDLE, fields=some(research.USER_FIELDS)),
        pool=_POOL,
    ),
    Example(
        research.COMMENT_LIST,
        request=lambda seeded: _comments(seeded) | {"max_count": 2},
        drawn=st.builds(
            lambda which, one, more: {which: one} | more,
            st.sampled_from(["video_id", "comment_id"]),
            _ID,
            fields(
                max_count=_COUNT,
                cursor=maybe(st.integers(0, research.MAX_COMMENTS - 1)),
                fields=some(research.COMMENT_FIELDS),
            ),
        ),
        pool=_POOL,
    ),
    Example(
        research.LIKED_VIDEOS,
        request=lambda seeded: _likes(seeded) | {"max_count": 2},
        drawn=_USER_VIDEOS,
        pool=_POOL,
    ),
    Example(
        research.PINNED_VIDEOS,
        request=_person,
        drawn=fields(username=_HANDLE, fields=some(research.USER_VIDEO_FIELDS)),
        pool=_POOL,
    ),
    Example(research.REPOSTED_VIDEOS, request=_page, drawn=_USER_VIDEOS, pool=_POOL),
    Example(research.FOLLOWERS, request=_page, drawn=_FOLLOWS, pool=_PEOPLE_POOL),
    Example(research.FOLLOWING, request=_page, drawn=_FOLLOWS, pool=_PEOPLE_POOL),
    Example(
        research.PLAYLIST_INFO,
        request=lambda seeded: {"playlist_id": next(iter(seeded.world.all.playlists))},
        drawn=fields(
            playlist_id=_ID, max_count=_COUNT, cursor=_CURSOR, fields=maybe(st.just(("id",)))
        ),
        pool=_POOL,
    ),
    Example(
        shop.SHOP,
        request=lambda seeded: {"shop_name": seeded.first("shops").name, "limit": 2},
        drawn=fields(
            shop_name=_HANDLE,
            limit=maybe(st.integers(1, shop.MAX_PAGE)),
            fields=some(shop.SHOP_FIELDS),
        ),
        pool=_POOL,
    ),
    Example(
        shop.PRODUCT,
        request=lambda seeded: {
            "shop_id": seeded.first("shops").id,
            "page_start": 1,
            "page_size": 2,
        },
        drawn=fields(shop_id=_ID, fields=some(shop.PRODUCT_FIELDS), **_NUMBERED),
        pool=_POOL,
    ),
    Example(
        shop.REVIEW,
        request=lambda seeded: {
            "product_id": seeded.first("products").id,
            "page_start": 1,
            "page_size": 2,
        },
        drawn=fields(product_id=_ID, fields=some(shop.REVIEW_FIELDS), **_NUMBERED),
        pool=_POOL,
    ),
    Example(
        validation.VALIDATION_CREATE,
        request=lambda _: {"file_data": b"1\n2", "category": "video"},
        drawn=fields(
            file_data=st.lists(_ID, min_size=1, max_size=20).map(
                lambda ids: "\n".join(ids).encode()
            ),
            category=st.sampled_from(Category),
        ),
        effect=validation.VALIDATION_RESULT,
    ),
    Example(validation.VALIDATION_STATUS, request=_task, drawn=_TASK),
    Example(validation.VALIDATION_RESULT, request=_task, drawn=_TASK),
)
