"""Evaluates the conditions of a query on a video (`research.yaml` query_language)."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Any

from stagedoor.platform.products.research.query import (
    Condition,
    Operator,
    Query,
    length_of,
    read_date,
)

from ...world import Creator, Video, World
from . import traits

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    Operator.EQ: operator.eq,
    Operator.IN: operator.eq,
    Operator.GT: operator.gt,
    Operator.GTE: operator.ge,
    Operator.LT: operator.lt,
    Operator.LTE: operator.le,
}

Seen = tuple[World, Video, Creator]


def fits(query: Query, world: World, video: Video, creator: Creator) -> bool:
    """Whether all conditions of `and`, one of `or` if there are any, and none of `not` hold."""
    seen = world, video, creator
    all_of, any_of, none_of = query.lists
    return (
        all(_holds(one, seen) for one in all_of)
        and (not any_of or any(_holds(one, seen) for one in any_of))
        and not any(_holds(one, seen) for one in none_of)
    )


def _holds(condition: Condition, seen: Seen) -> bool:
    name = condition.field_name
    if name in _ORDERED:
        read, found = _ORDERED[name]
        compare = _COMPARE[condition.operation]
        return any(compare(found(seen), read(value)) for value in condition.field_values)
    held = _HELD[name](seen)
    return any(held(value.casefold()) for value in condition.field_values)


def _keyword(seen: Seen) -> Callable[[str], bool]:
    # TikTok's match is approximate; here whole words of the caption match, in any case. Scripts
    # that are written without blanks have no such words.
    caption = " ".join(seen[1].title.casefold().split())

    def holds(value: str) -> bool:
        phrase = " ".join(value.split())
        if not phrase.isascii():
            return phrase in caption
        return re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", caption) is not None

    return holds


def _one_of(*values: str) -> Callable[[str], bool]:
    known = {value.casefold() for value in values}
    return known.__contains__


_ORDERED: dict[str, tuple[Callable[[str], Any], Callable[[Seen], Any]]] = {
    "create_date": (read_date, lambda seen: traits.day(seen[1])),
    "view_count": (int, lambda seen: seen[1].views),
    "comment_count": (int, lambda seen: seen[1].comments),
}

_HELD: dict[str, Callable[[Seen], Callable[[str], bool]]] = {
    "username": lambda seen: _one_of(seen[2].username),
    "region_code": lambda seen: _one_of(seen[2].region),
    "video_id": lambda seen: _one_of(seen[1].id),
    "hashtag_name": lambda seen: _one_of(*traits.hashtags(seen[1])),
    "keyword": _keyword,
    "music_id": lambda seen: _one_of(traits.music_id(seen[0], seen[1])),
    "effect_id": lambda seen: _one_of(
        *(traits.effect_id(seen[0], name) for name in seen[1].effects)
    ),
    "video_length": lambda seen: _one_of(length_of(seen[1].duration)),
}
