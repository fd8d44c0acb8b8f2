"""The categories of data: which records a query may find, and the values of their fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Generic, TypeVar

from stagedoor.platform.products.research.query import length_of, write_date
from stagedoor.platform.products.research.vce import VceOperator
from stagedoor.platform.regions import EUROPE

from ...calls import AdmittedCall
from ...control_bodies import ALL
from ...world import Creator, Video
from ..community.state import (
    COMMENTS,
    COMMENTS_OF_VIDEO,
    FOLLOWERS,
    FOLLOWING,
    FOLLOWS,
    LIKES,
    LIKES_OF_PERSON,
    PLAYLISTS,
    PRODUCTS,
    REPOSTS,
    REPOSTS_OF_PERSON,
    REVIEWS,
    SHOPS,
    Comment,
    Playlist,
    Product,
    ProductReview,
    Shop,
)
from ..research import comments, people, shops, shown, traits
from ..research.scope import may_return, may_show
from ..research.state import ALL_VIDEOS, VIDEOS_OF_CREATOR, VIDEOS_WITH_TAG
from .question import CheckedQuery

T = TypeVar("T")
Value = Callable[[AdmittedCall, T], Any]
_WHOLE = frozenset({VceOperator.EQ, VceOperator.IN, VceOperator.CONTAINS})


@dataclass(frozen=True, slots=True)
class CategorySource(Generic[T]):
    """A category's records. `person` is whose record it is; None: nobody's, or a shop's."""

    candidates: Callable[[AdmittedCall, CheckedQuery], Sequence[T]]
    """Records that contain all that the query finds."""
    shows: Callable[[AdmittedCall, T], bool]
    values: Mapping[str, Value[T]]
    person: Callable[[AdmittedCall, T], Creator | None]
    compared: Mapping[str, Value[T]] = field(default_factory=dict)
    """The values that conditions compare, of fields that return others."""
    created: Callable[[T], float] | None = None

    def held(self, name: str) -> Value[T]:
        """The value of a field in conditions."""
        return self.compared.get(name) or self.values[name]


def named(question: CheckedQuery, *fields: str) -> list[str] | None:
    """The values to which the query restricts one of these fields; None: it doesn't."""
    for condition in question.required:
        if condition.field in fields and condition.operator in _WHOLE:
            return list(dict.fromkeys(condition.values))
    return None


# Videos.


def _creator(call: AdmittedCall, video: Video) -> Creator:
    return call.world.creators[video.creator_id]


def _videos(call: AdmittedCall, question: CheckedQuery) -> Sequence[Video]:
    videos = call.world.videos
    if (ids := named(question, "id", "video_id")) is not None:
        return [videos[one] for one in ids if one in videos]
    if (names := named(question, "username")) is not None:
        creators = {one.id for name in names if (one := call.world.named(name)) is not None}
        return [video for one in creators for video in videos.by(VIDEOS_OF_CREATOR, one)]
    if (tags := named(question, "hashtag_names", "hashtag_name")) is not None:
        found = chain(*(videos.by(VIDEOS_WITH_TAG, tag.casefold()) for tag in tags))
        return list({video.id: video for video in found}.values())
    return videos.by(ALL_VIDEOS)[:]


def _shown(name: str, table: Mapping[str, Any] = shown.FIELDS) -> Value[Video]:
    return lambda call, video: table[name](call, video, _creator(call, video))


_ALIKE = (
    *("id", "username", "region_code", "create_time", "video_description", "music_id"),
    *("like_count", "comment_count", "share_count", "view_count", "favorites_count"),
    *("effect_ids", "hashtag_names", "playlist_id", "voice_to_text", "hashtag_info_list"),
    *("effect_info_list", "video_label", "video_mention_list"),
)
_VIDEO: dict[str, Value[Video]] = {name: _shown(name) for name in _ALIKE} | {
    "stem_verified": _shown("is_stem_verified"),
    "duration_type": lambda call, video: length_of(video.duration).value,
    "sticker_text": lambda call, video: list(video.stickers),
    "video_tags": lambda call, video: [tag] if (tag := _shown("video_tag")(call, video)) else [],
    "create_date": lambda call, video: write_date(traits.day(video)),
    "country_code": _shown("region_code"),
    "display_name": lambda call, video: _creator(call, video).display_name,
    "video_id": _shown("id"),
    "video_length": lambda call, video: length_of(video.duration).value,
    "effect_id": _shown("effect_ids"),
    "hashtag_name": _shown("hashtag_names"),
}
VIDEO = CategorySource(_videos, may_show, _VIDEO, _creator, created=lambda video: video.created)


# Comments.


def _comments(call: AdmittedCall, question: CheckedQuery) -> Sequence[Comment]:
    table = call.world[COMMENTS]
    if (ids := named(question, "id")) is not None:
        return [table[one] for one in ids if one in table]
    if (videos := named(question, "video_id")) is not None:
        return [comment for one in videos for comment in table.by(COMMENTS_OF_VIDEO, one)]
    return table.by(ALL)[:]


def _shows_comment(call: AdmittedCall, comment: Comment) -> bool:
    hidden = comment.deleted or comment.hidden
    return not hidden and may_show(call, call.world.videos[comment.video_id])


def _author(call: AdmittedCall, comment: Comment) -> Any:
    author = call.world.person(comment.author_id)
    return author and author.display_name


COMMENT = CategorySource(
    _comments,
    _shows_comment,
    comments.FIELDS | {"display_name": _author},
    lambda call, comment: _creator(call, call.world.videos[comment.video_id]),
    created=lambda comment: comment.created,
)


# People, and the lists of one person.


def _people(call: AdmittedCall, question: CheckedQuery) -> Sequence[Creator]:
    world = call.world
    if (names := named(question, "username")) is not None:
        return [person for name in names if (person := world.named(name)) is not None]
    return [*world.creators.by(ALL), *world.people.by(ALL)]


def _shows_person(call: AdmittedCall, person: Creator) -> bool:
    return not person.private and may_return(call, person)


_PROFILE: dict[str, Value[Creator]] = {
    **people.PROFILE,
    "username": shown.name_of,
    "avatar_uri": people.PROFILE["avatar_url"],
}
PROFILE = CategorySource(_people, _shows_person, _PROFILE, lambda call, person: person)

Owned = tuple[Creator, T]
"""An item with the person in whose list it is."""


def _owners(call: AdmittedCall, question: CheckedQuery) -> Iterator[Creator]:
    for person in _people(call, question):
        if _shows_person(call, person):
            yield person


def _list_of(
    listed: Callable[[AdmittedCall, Creator], Sequence[T]],
    shows: Callable[[AdmittedCall, T], bool],
    values: Mapping[str, Value[T]],
    person: Callable[[AdmittedCall, T], Creator],
) -> CategorySource[Owned[T]]:
    """The source of a list that belongs to the person whom the condition names."""

    def candidates(call: AdmittedCall, question: CheckedQuery) -> Sequence[Owned[T]]:
        return [(one, item) for one in _owners(call, question) for item in listed(call, one)]

    def inner(value: Value[T]) -> Value[Owned[T]]:
        return lambda call, owned: value(call, owned[1])

    return CategorySource(
        candidates,
        lambda call, owned: shows(call, owned[1]),
        {name: inner(value) for name, value in values.items()},
        lambda call, owned: person(call, owned[1]),
        compared={"username": lambda call, owned: shown.name_of(call, owned[0])},
    )


def _liked(call: AdmittedCall, person: Creator) -> list[Video]:
    if not person.likes_public:
        return []
    likes = call.world[LIKES].by(LIKES_OF_PERSON, person.id)
    return [call.world.videos[one.video_id] for one in likes]


def _pinned(call: AdmittedCall, person: Creator) -> list[Video]:
    return [call.world.videos[one] for one in person.pins]


def _reposted(call: AdmittedCall, person: Creator) -> list[Video]:
    reposts = call.world[REPOSTS].by(REPOSTS_OF_PERSON, person.id)
    return [call.world.videos[one.video_id] for one in reposts]


def _followers(call: AdmittedCall, person: Creator) -> list[Creator]:
    follows = call.world[FOLLOWS].by(FOLLOWERS, person.id)
    return [one for each in follows if (one := call.world.person(each.follower_id)) is not None]


def _following(call: AdmittedCall, person: Creator) -> list[Creator]:
    if not person.following_public:
        return []
    follows = call.world[FOLLOWS].by(FOLLOWING, person.id)
    return [one for each in follows if (one := call.world.person(each.followed_id)) is not None]


_OF_PERSON = {name: _shown(name, shown.USER_FIELDS) for name in shown.USER_FIELDS}
_LISTED: dict[str, Value[Creator]] = {
    "display_name": lambda call, person: person.display_name,
    "username": shown.name_of,
}


def _itself(call: AdmittedCall, person: Creator) -> Creator:
    return person


# Playlists and shops.


def _playlists(call: AdmittedCall, question: CheckedQuery) -> Sequence[Playlist]:
    table = call.world[PLAYLISTS]
    return [table[one] for one in named(question, "playlist_id") or () if one in table]


def _open_ids(call: AdmittedCall, playlist: Playlist) -> list[int]:
    videos = call.world.videos
    return [int(one) for one in playlist.video_ids if may_show(call, videos[one])]


def _owner(call: AdmittedCall, playlist: Playlist) -> Creator:
    return call.world.creators[playlist.creator_id]


PLAYLIST = CategorySource(
    _playlists,
    lambda call, playlist: _shows_person(call, _owner(call, playlist)),
    {
        "playlist_id": lambda call, one: int(one.id),
        "playlist_name": lambda call, one: one.name,
        "playlist_video_ids": _open_ids,
        "playlist_last_updated": lambda call, one: int(one.updated),
        "playlist_item_total": lambda call, one: len(_open_ids(call, one)),
    },
    _owner,
)


def _shop(call: AdmittedCall, product: Product) -> Shop:
    return call.world[SHOPS][product.shop_id]


def _product(call: AdmittedCall, review: ProductReview) -> Product:
    return call.world[PRODUCTS][review.product_id]


def _of_world(values: Mapping[str, Callable[..., Any]]) -> dict[str, Value[Any]]:
    def of(value: Callable[..., Any]) -> Value[Any]:
        return lambda call, item: value(call.world, item)

    return {name: of(value) for name, value in values.items()}


SHOP: CategorySource[Shop] = CategorySource(
    lambda call, question: call.world[SHOPS].by(ALL)[:],
    lambda call, shop: shop.region in EUROPE,
    _of_world(shops.SHOP),
    lambda call, shop: None,
)
PRODUCT: CategorySource[Product] = CategorySource(
    lambda call, question: call.world[PRODUCTS].by(ALL)[:],
    lambda call, product: _shop(call, product).region in EUROPE,
    _of_world(shops.PRODUCT),
    lambda call, product: None,
    compared={"shop_id": lambda call, product: product.shop_id},
)
REVIEW: CategorySource[ProductReview] = CategorySource(
    lambda call, question: call.world[REVIEWS].by(ALL)[:],
    lambda call, review: _shop(call, _product(call, review)).region in EUROPE,
    _of_world(shops.REVIEW),
    lambda call, review: None,
    compared={
        "product_id": lambda call, review: review.product_id,
        "shop_name": lambda call, review: _shop(call, _product(call, review)).name,
    },
)

SOURCES: Mapping[str, CategorySource[Any]] = {
    "video": VIDEO,
    "video_wi": VIDEO,
    "comment": COMMENT,
    "comment_wi": COMMENT,
    "profile": PROFILE,
    "liked_videos": _list_of(_liked, may_show, _OF_PERSON, _creator),
    "pinned_videos": _list_of(_pinned, may_show, _OF_PERSON, _creator),
    "reposted_videos": _list_of(_reposted, may_show, _OF_PERSON, _creator),
    "followers_list": _list_of(_followers, _shows_person, _LISTED, _itself),
    "following_list": _list_of(_following, _shows_person, _LISTED, _itself),
    "playlists": PLAYLIST,
    "tiktok_shop_info": SHOP,
    "tiktok_shop_products": PRODUCT,
    "tiktok_shop_reviews": REVIEW,
}
