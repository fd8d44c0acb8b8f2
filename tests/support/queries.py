"""Research's requests, as hypothesis makes them: conditions, queries, everything else."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from stagedoor.platform.products import research
from stagedoor.platform.products.research import shop as research_shop
from stagedoor.platform.products.research.query import (
    FIELDS,
    MAX_DAYS,
    Operator,
    Query,
    VideoLength,
    term,
    write_date,
)
from stagedoor.platform.products.research.validation import Category
from stagedoor.platform.regions import REGION_CODES

_DAYS = st.dates()
_DIGITS = st.integers(0, 10**20 - 1).map(str)
_ID = st.integers(1, 10**20 - 1).map(str)
_WORD = st.text(st.characters(codec="utf-8", exclude_characters="#@\0"), min_size=1, max_size=12)

VALUES: dict[str, SearchStrategy[str]] = {
    "create_date": _DAYS.map(write_date),
    "username": _WORD,
    "region_code": st.sampled_from(sorted(REGION_CODES)),
    "video_id": _DIGITS,
    "hashtag_name": _WORD,
    "keyword": _WORD.filter(lambda word: bool(word.strip())),
    "music_id": _DIGITS,
    "effect_id": _DIGITS,
    "video_length": st.sampled_from(sorted(VideoLength)),
    "view_count": _DIGITS,
    "comment_count": _DIGITS,
}
"""Legal values by field."""


@st.composite
def terms(draw: st.DrawFn) -> Any:
    """A legal condition of any field."""
    name = draw(st.sampled_from(sorted(FIELDS)))
    operation = draw(st.sampled_from(sorted(FIELDS[name].operations)))
    most = 4 if operation == Operator.IN else 1
    return term(name, operation, *draw(st.lists(VALUES[name], min_size=1, max_size=most)))


@st.composite
def queries(draw: st.DrawFn) -> Query:
    """A legal query with up to three conditions in each list."""
    lists = [
        tuple(
            condition for one in draw(st.lists(terms(), max_size=3)) for condition in one.conditions
        )
        for _ in range(3)
    ]
    if not any(lists):
        lists[0] = draw(terms()).conditions
    return Query.model_construct(and_=lists[0], or_=lists[1], not_=lists[2])


@st.composite
def _searches(draw: st.DrawFn) -> dict[str, Any]:
    start = draw(st.dates(max_value=date.max - timedelta(days=MAX_DAYS)))
    end = start + timedelta(days=draw(st.integers(0, MAX_DAYS)))
    written = st.sampled_from([lambda day: day, write_date])
    return {
        "query": draw(queries()),
        "start_date": draw(written)(start),
        "end_date": draw(written)(end),
        "max_count": draw(_COUNT),
        "cursor": draw(_CURSOR),
        "search_id": draw(st.none() | _ID),
        "is_random": draw(st.none() | st.booleans()),
        "fields": draw(_some(research.VIDEO_FIELDS)),
    }


_COUNT = st.none() | st.integers(1, research.MAX_PAGE)
_CURSOR = st.none() | st.integers(0, 2**50)
_HANDLE = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=30)


def _some(names: tuple[str, ...]) -> SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(names), min_size=1, unique=True).map(tuple)


def _asked(**strategies: SearchStrategy[Any]) -> SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(strategies)


_comments = _asked(
    max_count=_COUNT,
    cursor=st.none() | st.integers(0, research.MAX_COMMENTS - 1),
    fields=_some(research.COMMENT_FIELDS),
)
_user_videos = _asked(
    username=_HANDLE, max_count=_COUNT, cursor=_CURSOR, fields=_some(research.USER_VIDEO_FIELDS)
)
_follows = _asked(username=_HANDLE, max_count=_COUNT, cursor=_CURSOR)
_numbered = {
    "page_start": st.none() | st.integers(1, 10**6),
    "page_size": st.none() | st.integers(1, research_shop.MAX_PAGE),
}

RESEARCH: dict[str, SearchStrategy[dict[str, Any]]] = {
    "research.video_query": _searches(),
    "research.user_info": _asked(username=_HANDLE, fields=_some(research.USER_FIELDS)),
    "research.comment_list": st.builds(
        lambda which, one, more: {which: one} | more,
        st.sampled_from(["video_id", "comment_id"]),
        _ID,
        _comments,
    ),
    "research.liked_videos": _user_videos,
    "research.pinned_videos": _asked(username=_HANDLE, fields=_some(research.USER_VIDEO_FIELDS)),
    "research.reposted_videos": _user_videos,
    "research.followers": _follows,
    "research.following": _follows,
    "research.playlist_info": _asked(
        playlist_id=_ID, max_count=_COUNT, cursor=_CURSOR, fields=st.none() | st.just(("id",))
    ),
    "research.shop": _asked(
        shop_name=_HANDLE,
        limit=st.none() | st.integers(1, research_shop.MAX_PAGE),
        fields=_some(research_shop.SHOP_FIELDS),
    ),
    "research.product": _asked(
        shop_id=_ID, fields=_some(research_shop.PRODUCT_FIELDS), **_numbered
    ),
    "research.review": _asked(
        product_id=_ID, fields=_some(research_shop.REVIEW_FIELDS), **_numbered
    ),
    "research.validation_create": _asked(
        file_data=st.lists(_ID, min_size=1, max_size=20).map(lambda ids: "\n".join(ids).encode()),
        category=st.sampled_from(Category),
    ),
    "research.validation_status": _asked(task_id=_ID),
    "research.validation_result": _asked(task_id=_ID),
}
