"""The rules for people's actions on TikTok; the control routes call these functions."""

from __future__ import annotations

from ...control.errors import ControlError, unknown, wrong
from ...world import Creator, Video, World
from . import actions
from .control_bodies import (
    NewComment,
    NewPerson,
    NewPlaylist,
    NewProduct,
    NewReview,
    NewShop,
    NewVideo,
    NewVideos,
    PersonChange,
)
from .state import (
    COMMENTS,
    FOLLOWS,
    LIKES,
    PLAYLISTS,
    PRODUCTS,
    REPOSTS,
    REVIEWS,
    SHOPS,
    Comment,
    Follow,
    Like,
    Playlist,
    Product,
    ProductReview,
    Repost,
    Shop,
)

_DAY = 86_400


def named(world: World, username: str) -> Creator:
    person = world.named(username)
    if person is None:
        raise unknown("person", username)
    return person


def _creator(world: World, username: str) -> Creator:
    person = world.named(username)
    if person is None or person.id not in world.creators:
        raise unknown("creator", username)
    return person


def video_of(world: World, video_id: str) -> Video:
    """The public post with this id; ControlError if it is unknown or isn't public."""
    video = world.videos.get(video_id)
    if video is None:
        raise unknown("post", video_id)
    if not world.is_public(video):
        raise ControlError(409, "The post isn't public.")
    return video


def add_person(world: World, order: NewPerson) -> Creator:
    if world.named(order.username) is not None:
        raise ControlError(409, f"There is somebody named {order.username!r} already.")
    person = Creator(
        id=world.ids.number(world.now()),
        username=order.username,
        display_name=order.display_name or order.username,
        region=order.region,
        minor=order.minor,
        private=order.private,
        likes_public=order.likes_public,
        following_public=order.following_public,
    )
    world.people.add(person)
    return person


def change_person(world: World, person: Creator, order: PersonChange) -> None:
    for name in order.model_fields_set:
        value = getattr(order, name)
        if value is not None:
            setattr(person, name, value)


def add_video(world: World, order: NewVideo) -> Video:
    creator = _creator(world, order.creator)
    created = world.now() - order.age
    facts = order.model_dump(exclude={"creator", "age"})
    video = Video(
        id=world.ids.past_number(created), creator_id=creator.id, created=created, **facts
    )
    return world.add_video(video)


def add_videos(world: World, order: NewVideos) -> int:
    """Add many posts at once, for accounts as large as real ones; returns their number."""
    creator = _creator(world, order.creator)
    now, step = world.now(), order.days * _DAY / order.count
    for number in range(1, order.count + 1):
        created = now - (number - 0.5) * step
        title = order.titles[number % len(order.titles)]
        video_id = world.ids.past_number(created)
        world.add_video(Video(video_id, creator.id, created, title, duration=15))
    return order.count


def add_comment(world: World, video: Video, order: NewComment) -> Comment:
    author = named(world, order.author)
    if video.comment_disabled:
        raise ControlError(409, "Comments are off for this post.")
    parent = None
    if order.parent_id is not None:
        parent = comment_of(world, order.parent_id)
        if parent.video_id != video.id:
            raise wrong("parent_id", "is a comment of another post")
    return actions.add_comment(world, video, author, order.text, parent)


def comment_of(world: World, comment_id: str) -> Comment:
    comment = world[COMMENTS].get(comment_id)
    if comment is None:
        raise unknown("comment", comment_id)
    if comment.deleted:
        raise ControlError(409, "The comment was deleted.")
    return comment


def delete_comment(world: World, comment: Comment) -> None:
    actions.delete_comment(world, comment)


def add_like(world: World, video: Video, person: Creator) -> Like:
    if actions.key(person.id, video.id) in world[LIKES]:
        raise ControlError(409, f"{person.username} likes it already.")
    video.likes += 1
    return actions.like(world, person, video, world.now())


def add_repost(world: World, video: Video, person: Creator) -> Repost:
    if actions.key(person.id, video.id) in world[REPOSTS]:
        raise ControlError(409, f"{person.username} reposted it already.")
    return actions.repost(world, person, video, world.now())


def add_follow(world: World, follower: Creator, followed: Creator) -> Follow:
    if follower is followed:
        raise ControlError(409, "Nobody follows themselves.")
    if actions.key(follower.id, followed.id) in world[FOLLOWS]:
        raise ControlError(409, f"{follower.username} follows {followed.username} already.")
    follower.following += 1
    followed.followers += 1
    return actions.follow(world, follower, followed, world.now())


def pin(world: World, creator: Creator, video_ids: list[str]) -> None:
    _check_own(world, creator, video_ids)
    creator.pins = list(dict.fromkeys(video_ids))


def add_playlist(world: World, order: NewPlaylist) -> Playlist:
    creator = _creator(world, order.creator)
    _check_own(world, creator, order.video_ids)
    playlist = Playlist(
        id=world.ids.number(world.now()),
        creator_id=creator.id,
        name=order.name,
        updated=world.now(),
        video_ids=tuple(dict.fromkeys(order.video_ids)),
    )
    world[PLAYLISTS].add(playlist)
    return playlist


def _check_own(world: World, creator: Creator, video_ids: list[str]) -> None:
    for place, video_id in enumerate(video_ids):
        video = world.videos.get(video_id)
        if video is None or video.creator_id != creator.id or video.deleted:
            raise wrong(f"video_ids.{place}", f"is no post of {creator.username}")


def add_shop(world: World, order: NewShop) -> Shop:
    shop = Shop(world.ids.number(world.now()), order.name, order.region, order.performance)
    world[SHOPS].add(shop)
    return shop


def add_product(world: World, shop_id: str, order: NewProduct) -> Product:
    if shop_id not in world[SHOPS]:
        raise unknown("shop", shop_id)
    product = Product(
        id=world.ids.number(world.now()),
        shop_id=shop_id,
        name=order.name,
        description=order.description,
        prices=list(order.prices),
        sold=order.sold,
    )
    world[PRODUCTS].add(product)
    return product


def add_review(world: World, product_id: str, order: NewReview) -> ProductReview:
    product = world[PRODUCTS].get(product_id)
    if product is None:
        raise unknown("product", product_id)
    if sum(product.ratings) >= product.sold:
        raise ControlError(409, "Everybody who bought it has rated it.")
    product.ratings[order.stars - 1] += 1
    review = ProductReview(
        world.ids.number(world.now()), product.id, order.stars, order.text, world.now()
    )
    world[REVIEWS].add(review)
    return review
