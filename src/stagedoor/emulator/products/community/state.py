"""People's actions on each other's posts, their private data, and shops.

Times are Unix seconds on the world's clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field

from stagedoor.platform.records import record

from ...world.collection import Entity, EntityCollection, Index


@record
class Comment(Entity):
    """A comment. `parent_id` is the comment that it answers; None: it answers the video itself."""

    id: str
    video_id: str
    author_id: str
    text: str
    created: float
    parent_id: str | None = None
    likes: int = 0
    deleted: bool = False
    hidden: bool = False
    """Hidden by the post's creator: only they and the author see it."""
    liked_by_creator: bool = False
    """Whether the post's creator is among those who like it."""
    image_uri: str = ""
    """The id of its image; empty: it has none."""


@record
class Like(Entity):
    person_id: str
    video_id: str
    at: float


@record
class Repost(Entity):
    person_id: str
    video_id: str
    at: float


@record
class Follow(Entity):
    """A follow: `follower_id` follows `followed_id`."""

    follower_id: str
    followed_id: str
    at: float


@record
class Playlist(Entity):
    id: str
    creator_id: str
    name: str
    updated: float
    video_ids: tuple[str, ...] = ()


@record
class Favorite(Entity):
    person_id: str
    video_id: str
    at: float


@record
class Watch(Entity):
    person_id: str
    video_id: str
    at: float


@record
class SearchTerm(Entity):
    person_id: str
    term: str
    at: float


@record
class SignIn(Entity):
    person_id: str
    ip: str
    device: str
    system: str
    network: str
    at: float


@record
class Message(Entity):
    """A message from one person to another."""

    from_id: str
    to_id: str
    text: str
    at: float


@record
class Shop(Entity):
    id: str
    name: str
    region: str
    performance: int = 90
    """A score up to 100."""


@record
class Product(Entity):
    id: str
    shop_id: str
    name: str
    description: str = ""
    prices: list[str] = field(default_factory=list)
    """Amounts with their currency: `20.79EUR`."""
    sold: int = 0
    ratings: list[int] = field(default_factory=lambda: [0, 0, 0, 0, 0])
    """The numbers of buyers who gave one to five stars; not all of them wrote a review."""


@record
class ProductReview(Entity):
    id: str
    product_id: str
    stars: int
    text: str
    created: float
    likes: int = 0


COMMENTS = EntityCollection("comments", Comment)
LIKES = EntityCollection("likes", Like, key=("person_id", "video_id"))
REPOSTS = EntityCollection("reposts", Repost, key=("person_id", "video_id"))
FOLLOWS = EntityCollection("follows", Follow, key=("follower_id", "followed_id"))
PLAYLISTS = EntityCollection("playlists", Playlist)
FAVORITES = EntityCollection("favorites", Favorite, key=())
WATCHES = EntityCollection("watches", Watch, key=())
SEARCH_TERMS = EntityCollection("search_terms", SearchTerm, key=())
SIGN_INS = EntityCollection("sign_ins", SignIn, key=())
MESSAGES = EntityCollection("messages", Message, key=())
SHOPS = EntityCollection("shops", Shop)
PRODUCTS = EntityCollection("products", Product)
REVIEWS = EntityCollection("reviews", ProductReview)


def _backwards(at: float) -> float:
    return -at


def _of_whole_thread(
    video_id: str, parent_id: str | None, deleted: bool
) -> Iterable[tuple[str, str | None]]:
    return () if deleted else ((video_id, parent_id),)


def _of_thread(
    video_id: str, parent_id: str | None, deleted: bool, hidden: bool
) -> Iterable[tuple[str, str | None]]:
    return () if deleted or hidden else ((video_id, parent_id),)


def _of_author(author_id: str, deleted: bool) -> Iterable[str]:
    return () if deleted else (author_id,)


def _oldest_first(created: float, id: str) -> tuple[float, int]:
    return created, int(id)


def _both(from_id: str, to_id: str) -> Iterable[str]:
    return from_id, to_id


COMMENTS_OF_VIDEO = Index[Comment](on=("video_id",))
THREAD = Index[Comment](
    on=("video_id", "parent_id", "deleted", "hidden"),
    keys=_of_thread,
    by=("created", "id"),
    order=_oldest_first,
)
"""Comments that everybody sees, by video and parent comment, None for the video itself; the
oldest first."""
WHOLE_THREAD = Index[Comment](
    on=("video_id", "parent_id", "deleted"),
    keys=_of_whole_thread,
    by=("created", "id"),
    order=_oldest_first,
)
"""As `THREAD`, with hidden comments: what the post's creator sees."""
COMMENTS_OF_AUTHOR = Index[Comment](
    on=("author_id", "deleted"), keys=_of_author, by=("created",), order=_backwards
)

# Each of these indices has the newest first.
LIKES_OF_PERSON = Index[Like](on=("person_id",), by=("at",), order=_backwards)
REPOSTS_OF_PERSON = Index[Repost](on=("person_id",), by=("at",), order=_backwards)
FOLLOWERS = Index[Follow](on=("followed_id",), by=("at",), order=_backwards)
FOLLOWING = Index[Follow](on=("follower_id",), by=("at",), order=_backwards)
FAVORITES_OF_PERSON = Index[Favorite](on=("person_id",), by=("at",), order=_backwards)
WATCHES_OF_PERSON = Index[Watch](on=("person_id",), by=("at",), order=_backwards)
SEARCHES_OF_PERSON = Index[SearchTerm](on=("person_id",), by=("at",), order=_backwards)
SIGN_INS_OF_PERSON = Index[SignIn](on=("person_id",), by=("at",), order=_backwards)

MESSAGES_OF_PERSON = Index[Message](on=("from_id", "to_id"), keys=_both, by=("at",))
"""By sender and by receiver; the oldest first."""
PLAYLISTS_OF_VIDEO = Index[Playlist](on=("video_ids",), keys=tuple)
SHOPS_BY_NAME = Index[Shop](on=("name",))
GOODS = Index[Product](on=("shop_id",))
REVIEWS_OF_PRODUCT = Index[ProductReview](on=("product_id",), by=("created",), order=_backwards)
"""The latest first."""
