"""A collection as its caller describes it, and its results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from stagedoor.platform.model import Answer
from stagedoor.platform.products.research import (
    COMMENT_FIELDS,
    USER_FIELDS,
    VIDEO_FIELDS,
    Comment,
    Person,
    UserInfo,
    Video,
)
from stagedoor.platform.refusal import InvalidRequest

from .formats import RowFormat, TableColumns

VERSION = 1
"""Of the folder's format."""
INCOMPLETE_SECONDS = 48 * 3_600.0
"""TikTok needs up to so long until new videos, and their counts, appear in the Research API."""


def other_tiktok(path: Path, kept: str, asked: str, noun: str) -> str:
    """The message for a file or folder that holds the answers of another TikTok."""
    return (
        f"{path} holds answers of TikTok at {kept}, and {asked} is asked now: set "
        f"STAGEDOOR_TIKTOK_URL (Hosts, in a program) as it was, or name another {noun}. Nothing "
        "was changed."
    )


class RowKind(StrEnum):
    """A kind of rows, and the name of its folder."""

    VIDEOS = "videos"
    COMMENTS = "comments"
    USERS = "users"
    FOLLOWERS = "followers"


MODELS: Mapping[RowKind, type[Answer]] = {
    RowKind.VIDEOS: Video,
    RowKind.COMMENTS: Comment,
    RowKind.USERS: UserInfo,
    RowKind.FOLLOWERS: Person,
}
ADDED = {RowKind.USERS: "username", RowKind.FOLLOWERS: "followed"}
"""A column that TikTok's answer lacks: the username that was asked for."""
_NEEDED = ("id", "create_time", "username", "comment_count")
"""Fields of videos that the collector needs itself."""


@dataclass(frozen=True, slots=True)
class CollectionJob:
    """The description of a collection. A folder belongs to one."""

    query: Mapping[str, Any]
    """Conditions as TikTok's JSON has them."""
    start: date
    """The first UTC day."""
    end: date
    """The last UTC day, which counts."""
    kinds: tuple[RowKind, ...]
    format: RowFormat
    fields: tuple[str, ...]

    @classmethod
    def made(
        cls,
        query: Mapping[str, Any],
        start: date,
        end: date,
        also: Iterable[str],
        format_: str,
        fields: Sequence[str],
    ) -> CollectionJob:
        """Raises `InvalidRequest`, which names the argument."""
        problems: list[tuple[str, str]] = []
        if end < start:
            problems.append(("end", "is before start"))
        kinds = [RowKind.VIDEOS]
        for name in also:
            if name not in set(RowKind):
                known = ", ".join(one for one in RowKind if one is not RowKind.VIDEOS)
                problems.append(("also", f"{name!r} is none of {known}"))
            elif RowKind(name) not in kinds:
                kinds.append(RowKind(name))
        if format_ not in set(RowFormat):
            problems.append(("format", f"should be one of {', '.join(RowFormat)}"))
        problems += [
            ("fields", f"{name!r} is no field of videos")
            for name in fields
            if name not in VIDEO_FIELDS
        ]
        if problems:
            raise InvalidRequest("collect()", problems)
        ordered = tuple(kind for kind in RowKind if kind in kinds)
        named = tuple(name for name in VIDEO_FIELDS if name in {*fields, *_NEEDED})
        return cls(query, start, end, ordered, RowFormat(format_), named)

    def stored(self) -> dict[str, Any]:
        return {
            "query": self.query,
            "start": f"{self.start:%Y%m%d}",
            "end": f"{self.end:%Y%m%d}",
            "kinds": list(self.kinds),
            "format": self.format.value,
            "fields": list(self.fields),
        }

    def columns(self, kind: RowKind) -> tuple[str, ...]:
        """The columns of a kind's files, in TikTok's order."""
        names = {
            RowKind.VIDEOS: self.fields,
            RowKind.COMMENTS: COMMENT_FIELDS,
            RowKind.USERS: USER_FIELDS,
            RowKind.FOLLOWERS: tuple(Person.model_fields),
        }[kind]
        return ((ADDED[kind],) if kind in ADDED else ()) + names

    def table(self, kind: RowKind) -> TableColumns:
        """The form of a kind's files."""
        return TableColumns.of(MODELS[kind], self.columns(kind))


@dataclass(frozen=True, slots=True)
class CollectionProgress:
    """The state of a running collection. `day`: videos of later days are complete."""

    counts: Mapping[str, int]
    requests: int
    """Requests of this run."""
    day: date | None
    days_done: int
    days: int


@dataclass(frozen=True, slots=True)
class Collection:
    """A folder after a run. `finished` False: call `collect` again, not before `resumes_at` (Unix
    seconds) if the day's quota is used up, and from `missing_from` on if the range ends later."""

    folder: str
    finished: bool
    counts: Mapping[str, int]
    """Rows by kind."""
    requests: Mapping[str, int]
    """Requests of all runs, by TikTok's quota."""
    refused: Mapping[str, int] = field(default_factory=dict)
    """Accounts and videos that TikTok tells nothing of, by kind."""
    resumes_at: float | None = None
    incomplete_from: date | None = None
    """Days from here on were read before TikTok had all of their videos; `refresh_collection`
    reads them again."""
    missing_from: date | None = None
    """Days from here on hadn't begun: the same call reads them once they have."""


@dataclass(frozen=True, slots=True)
class CollectionPlan:
    """An estimate of a collection, from a few requests of the same query."""

    rows: Mapping[str, int]
    requests: Mapping[str, int]
    """By TikTok's quota."""
    days: int
    """Days that the largest of them takes, at the quota that the plan was made for."""
    spent: int
    """Requests that this plan has cost."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """The result of a refresh: ids that were checked, rows that were dropped because TikTok no
    longer has them, and days that were read again."""

    checked: int
    dropped: Mapping[str, int]
    read_again: int
