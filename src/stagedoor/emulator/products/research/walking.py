"""Finds the videos of a query by the most selective index, from the newest id on.

Ids contain the second in which a video was created, so a range of dates is a range of ids. Only
videos in that range are examined, in the order of their ids, and no more than a page needs.
"""

from __future__ import annotations

import heapq
from calendar import timegm
from collections.abc import Iterator

from stagedoor.platform.products.research import VideoQuery
from stagedoor.platform.products.research.query import Condition, Operator, read_date

from ...calls import AdmittedCall
from ...world import Creator, Video
from ...world.collection import IndexGroup
from ...world.state import BY_HANDLE
from . import traits
from .conditions import fits
from .scope import may_return, shows
from .state import (
    ALL_VIDEOS,
    CREATORS_OF_REGION,
    VIDEOS_OF_CREATOR,
    VIDEOS_WITH_TAG,
    VIDEOS_WITH_WORD,
    SearchResult,
    newest_id_first,
    words_in,
)

_DAY = 86_400
_SLACK = _DAY
"""Margin around a range of dates, for ids that were drawn a little late."""
_MOST_CREATORS = 100
"""For a region with at least this many creators, all videos of the dates are examined."""

Slice = tuple[IndexGroup[Video], int, int]
"""A group of candidates, with the index of the first one and the end."""


class SearchWalk:
    """Continues a search where its last page ended."""

    def __init__(self, call: AdmittedCall, request: VideoQuery, search: SearchResult) -> None:
        self._call, self._request, self._search = call, request, search
        first, last = read_date(str(request.start_date)), read_date(str(request.end_date))
        self._first, self._last = first, last
        latest = timegm(last.timetuple()) + _DAY + _SLACK
        earliest = timegm(first.timetuple()) - _SLACK
        self._newest = newest_id_first(str(latest << 32))
        self._oldest = newest_id_first(str(max(0, earliest) << 32))

    def find(self, wanted: int) -> None:
        """Continue until the search has `wanted` ids, or all."""
        search = self._search
        if search.finished or len(search.video_ids) >= wanted:
            return
        after = self._newest
        if search.reached is not None:
            after = newest_id_first(str(search.reached)) + 1
        found, reached = search.video_ids, search.reached
        for video in _merged(self._slices(after)):
            reached = int(video.id)
            if self._counts(video):
                found.append(video.id)
                if len(found) >= wanted:
                    break
        else:
            search.finished = True
        search.reached = reached
        if search.finished:
            search.videos, search.creators = {}, {}

    def sample(self, size: int) -> list[str]:
        """Ids of a random page, the only one of its search. Draws until there are enough."""
        slices = self._slices(self._newest)
        total = sum(end - start for _, start, end in slices)
        drawn: dict[str, None] = {}
        for number in self._call.world.ids.order(total):
            video = _at(slices, number)
            if video.id not in drawn and self._counts(video):
                drawn[video.id] = None
                if len(drawn) >= size:
                    break
        return list(drawn)

    def _counts(self, video: Video) -> bool:
        """Whether the video, as it was when the search began, has a slot.

        With `short_pages`, a video that may not be shown also has a slot.
        """
        call, search = self._call, self._search
        then = search.videos.get(video.id, video)
        if then is None:
            return False
        creator = search.creators.get(then.creator_id, call.world.creators[then.creator_id])
        if creator is None or not self._first <= traits.day(then) <= self._last:
            return False
        may = shows(call, then, creator, search.created) or (
            call.world.settings.short_pages and may_return(call, creator)
        )
        return may and fits(self._request.query, call.world, then, creator)

    def _slices(self, after: int) -> list[Slice]:
        """The candidates from `after` on within the dates, in the order of ids."""
        slices = []
        for group in self._candidates():
            start, end = group.start(after), group.start(self._oldest + 1)
            if start < end:
                slices.append((group, start, end))
        return slices

    def _candidates(self) -> list[IndexGroup[Video]]:
        """Groups of videos, each in the order of ids, that contain all possible matches."""
        found = [self._call.world.videos.by(ALL_VIDEOS)]
        for condition in self._request.query.lists[0]:
            groups = self._groups_of(condition)
            if groups is not None and sum(map(len, groups)) < sum(map(len, found)):
                found = groups
        return found

    def _groups_of(self, condition: Condition) -> list[IndexGroup[Video]] | None:
        """The groups of videos that can satisfy the condition; None if there is no index for it."""
        if condition.operation not in (Operator.EQ, Operator.IN):
            return None
        videos = self._call.world.videos
        values = {value.casefold() for value in condition.field_values}
        match condition.field_name:
            case "hashtag_name":
                return [videos.by(VIDEOS_WITH_TAG, value) for value in values]
            case "keyword":
                return self._with_words(values)
            case "username":
                return self._of_creators(
                    [c for name in values for c in self._call.world.creators.by(BY_HANDLE, name)]
                )
            case "video_id":
                return [_single(videos[value]) for value in values if value in videos]
            case "region_code":
                regions = [value.upper() for value in values]
                groups = [self._call.world.creators.by(CREATORS_OF_REGION, r) for r in regions]
                if sum(map(len, groups)) >= _MOST_CREATORS:
                    return None
                return self._of_creators([creator for group in groups for creator in group])
        return None

    def _of_creators(self, creators: list[Creator]) -> list[IndexGroup[Video]]:
        videos = self._call.world.videos
        return [videos.by(VIDEOS_OF_CREATOR, creator.id) for creator in creators]

    def _with_words(self, phrases: set[str]) -> list[IndexGroup[Video]] | None:
        """Groups by the rarest word of each phrase; None if one isn't ASCII or has no words."""
        videos, groups = self._call.world.videos, []
        for phrase in phrases:
            words = words_in(phrase)
            if not phrase.isascii() or not words:
                return None
            by_word = [videos.by(VIDEOS_WITH_WORD, word) for word in words]
            groups.append(min(by_word, key=len))
        return groups


def _single(video: Video) -> IndexGroup[Video]:
    group = IndexGroup[Video]()
    group.put(newest_id_first(video.id), video)
    return group


def _merged(slices: list[Slice]) -> Iterator[Video]:
    """The videos of all slices in the order of their ids, each once."""
    walks = [group.walk(start, end) for group, start, end in slices]
    if len(walks) == 1:
        yield from walks[0]
        return
    last = None
    for video in heapq.merge(*walks, key=lambda one: newest_id_first(one.id)):
        if video is not last:
            yield video
        last = video


def _at(slices: list[Slice], number: int) -> Video:
    for group, start, end in slices:
        if number < end - start:
            return group[start + number]
        number -= end - start
    raise IndexError(number)
