"""The hosts that may show a LIVE, and the index for recommended posts."""

from __future__ import annotations

from collections.abc import Iterable

from stagedoor.platform.vocabulary import PrivacyLevel

from ...world import Video
from ...world.collection import Index, Value
from ...world.entities import Moderation, is_open


def _own_hosts() -> list[str]:
    return ["localhost", "127.0.0.1"]


LIVE_DOMAINS = Value("live_domains", list[str], _own_hosts)
"""Hosts of pages that may show a LIVE."""


def _by_audience(
    creator_id: str, privacy: PrivacyLevel, moderation: Moderation, deleted: bool
) -> Iterable[str | None]:
    return (creator_id, None) if is_open(privacy, moderation, deleted) else ()


def _most_first(views: int, id: str) -> tuple[int, str]:
    return -views, id


MOST_VIEWED = Index[Video](
    on=("creator_id", "privacy", "moderation", "deleted"),
    keys=_by_audience,
    by=("views", "id"),
    order=_most_first,
)
"""By creator, and under None for all: posts that everybody may see, the most viewed first."""
