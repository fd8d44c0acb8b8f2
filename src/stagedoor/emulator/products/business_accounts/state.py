"""Codes of Spark ads, and URL properties with their proofs."""

from __future__ import annotations

from collections.abc import Iterable

from stagedoor.platform.records import record
from stagedoor.platform.vocabulary import BusinessCategory, PrivacyLevel, UrlPropertyStatus

from ...world import Creator, Video
from ...world.collection import Entity, EntityCollection, Index, Total
from ...world.entities import Moderation, PropertyKind, is_open
from ..research.state import hashtags_in


@record
class SparkAuthorization(Entity):
    """The code with which an ad account uses a post in ads."""

    item_id: str
    code: str
    start: float
    days: int
    deleted: bool = False

    @property
    def end(self) -> float:
        return self.start + self.days * 86_400


@record
class PropertyProof(Entity):
    """A URL property that an app added, and what proves it."""

    app_id: str
    kind: PropertyKind
    url: str
    signature: str
    status: UrlPropertyStatus = UrlPropertyStatus.UNCHECKED

    @property
    def file_name(self) -> str:
        return f"tiktok{self.signature}.txt"


def _of_category(category: BusinessCategory, private: bool) -> Iterable[str]:
    return () if private else (category.value,)


def _numbers(
    creator_id: str, views: int, likes: int, comments: int, shares: int, deleted: bool
) -> Iterable[tuple[tuple[str, str], int]]:
    if deleted:
        return ()
    return (
        ((creator_id, "views"), views),
        ((creator_id, "likes"), likes),
        ((creator_id, "comments"), comments),
        ((creator_id, "shares"), shares),
        ((creator_id, "posts"), 1),
    )


def _beginnings(
    title: str, privacy: PrivacyLevel, moderation: Moderation, deleted: bool
) -> Iterable[str]:
    """The beginnings of all hashtags of a public post."""
    if not is_open(privacy, moderation, deleted):
        return ()
    names = [name.casefold() for name in hashtags_in(title)]
    return {name[:end] for name in names for end in range(1, len(name) + 1)}


ACCOUNTS_OF_CATEGORY = Index[Creator](on=("category", "private"), keys=_of_category)
NUMBERS_OF_POSTS = Total[Video](
    ("creator_id", "views", "likes", "comments", "shares", "deleted"), _numbers
)
"""By creator and the number's name."""
POSTS_BY_HASHTAG = Index[Video](on=("title", "privacy", "moderation", "deleted"), keys=_beginnings)
"""Public posts by each beginning of their hashtags, in lower case."""
SPARK_AUTHORIZATIONS = EntityCollection("spark_authorizations", SparkAuthorization, key="item_id")
SPARK_BY_CODE = Index[SparkAuthorization](on=("code",))
PROPERTY_PROOFS = EntityCollection("property_proofs", PropertyProof, key=("app_id", "kind", "url"))
PROOFS_OF_APP = Index[PropertyProof](on=("app_id",))
