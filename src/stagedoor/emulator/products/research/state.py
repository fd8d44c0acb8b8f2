"""Stored searches and validation tasks of researchers, and the indices for video queries.

A search doesn't collect all of its results at once: each page continues where the last one ended.
The pages are a snapshot of the moment when the search began: the search keeps copies of entities
that change later (copy on write).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import field, replace

from stagedoor.platform.records import record

from ...world import Creator, Video, World
from ...world.collection import Entity, EntityCollection, Index
from ...world.state import CREATORS, VIDEOS


@record
class SearchResult(Entity):
    """The result of a query as far as it was collected, newest ids first."""

    id: str
    client_key: str
    question: str
    """Query and dates as text: a search id is valid only for these."""
    created: float
    video_ids: list[str] = field(default_factory=list)
    reached: int | None = None
    """The id of the last video that was examined."""
    finished: bool = False
    """Whether all videos were examined."""
    videos: dict[str, Video | None] = field(default_factory=dict)
    """Videos that changed since the search began, as they were then; None: created since."""
    creators: dict[str, Creator | None] = field(default_factory=dict)
    """The same for creators."""


@record
class Validation(Entity):
    """A validation task: a check of which ids are still available."""

    id: str
    client_key: str
    category: str
    created: float
    ids: list[str] = field(default_factory=list)


SEARCHES = EntityCollection("searches", SearchResult)
VALIDATIONS = EntityCollection("validations", Validation)


def _unfinished(finished: bool) -> Iterable[bool]:
    return () if finished else (True,)


UNFINISHED = Index[SearchResult](on=("finished",), keys=_unfinished)
"""Under True: searches that haven't examined all videos."""
SEARCHES_BY_AGE = Index[SearchResult](by=("created",))
"""The oldest first."""

_TAG = re.compile(r"#(\w+)")
_WORD = re.compile(r"\w+")


def hashtags_in(title: str) -> list[str]:
    return list(dict.fromkeys(_TAG.findall(title)))


def words_in(text: str) -> list[str]:
    return list(dict.fromkeys(_WORD.findall(text.casefold())))


def _tags(title: str) -> Iterable[str]:
    return [name.casefold() for name in hashtags_in(title)]


def newest_id_first(id: str) -> int:
    return -int(id)


# Each group has the newest ids first.
ALL_VIDEOS = Index[Video](by=("id",), order=newest_id_first)
VIDEOS_OF_CREATOR = Index[Video](on=("creator_id",), by=("id",), order=newest_id_first)
VIDEOS_WITH_TAG = Index[Video](on=("title",), keys=_tags, by=("id",), order=newest_id_first)
VIDEOS_WITH_WORD = Index[Video](on=("title",), keys=words_in, by=("id",), order=newest_id_first)
CREATORS_OF_REGION = Index[Creator](on=("region",))


def _keep_video(world: World, key: str, video: Video | None) -> None:
    for search in world[SEARCHES].by(UNFINISHED, True):
        if key not in search.videos and (search.reached is None or int(key) < search.reached):
            search.videos[key] = None if video is None else replace(video)


def _keep_creator(world: World, key: str, creator: Creator | None) -> None:
    for search in world[SEARCHES].by(UNFINISHED, True):
        if key not in search.creators:
            search.creators[key] = None if creator is None else replace(creator)


VIDEOS.listeners.append(_keep_video)
CREATORS.listeners.append(_keep_creator)
