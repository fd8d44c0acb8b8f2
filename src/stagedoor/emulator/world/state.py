"""The collections that all products share, with their indices."""

from __future__ import annotations

from collections.abc import Iterable

from stagedoor.platform.records import record
from stagedoor.platform.vocabulary import PrivacyLevel

from .collection import EntityCollection, Index, Total, Value
from .entities import App, Creator, Developer, Moderation, Video, is_open

DEVELOPERS = EntityCollection("developers", Developer)
APPS = EntityCollection("apps", App, key="client_key")
CREATORS = EntityCollection("creators", Creator)
PEOPLE = EntityCollection("people", Creator)
"""The audience: accounts that watch, like and follow. Only creators connect apps."""
VIDEOS = EntityCollection("videos", Video)


@record
class SpentQuota:
    """An organisation's use of a quota on a UTC day; `day` counts days since 1970."""

    day: int
    requests: int = 0
    records: int = 0


SPENT = Value("spent", dict[str, SpentQuota], dict)
"""Use by organisation, or app, and pool of a daily quota."""
HOSTS = Value("hosts", dict[str, str], dict)
"""Host name -> the base address on loopback that replaces it."""


def _handle(username: str) -> Iterable[str]:
    return (username.casefold(),)


def newest_first(created: float, id: str) -> tuple[float, int]:
    return -created, -int(id)


def _open_of(
    creator_id: str, privacy: PrivacyLevel, moderation: Moderation, deleted: bool
) -> Iterable[str]:
    return (creator_id,) if is_open(privacy, moderation, deleted) else ()


def _likes(creator_id: str, likes: int, deleted: bool) -> Iterable[tuple[str, int]]:
    return () if deleted else ((creator_id, likes),)


def _open_likes(
    creator_id: str, likes: int, privacy: PrivacyLevel, moderation: Moderation, deleted: bool
) -> Iterable[tuple[str, int]]:
    return ((creator_id, likes),) if is_open(privacy, moderation, deleted) else ()


_MARKS = ("privacy", "moderation", "deleted")

BY_HANDLE = Index[Creator](on=("username",), keys=_handle)
POSTS = Index[Video](on=("creator_id",), by=("created", "id"), order=newest_first)
"""By creator: all posts, newest first, also deleted and private ones."""
OPEN_POSTS = Index[Video](
    on=("creator_id", *_MARKS), keys=_open_of, by=("created", "id"), order=newest_first
)
"""By creator: posts that everybody may see, if the account isn't private; newest first."""
LIKES_OF_POSTS = Total[Video](("creator_id", "likes", "deleted"), _likes)
LIKES_OF_OPEN_POSTS = Total[Video](("creator_id", "likes", *_MARKS), _open_likes)
