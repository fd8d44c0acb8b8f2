"""Control routes of people, videos, comments, likes, follows, playlists, shops and quotas."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from stagedoor.platform.operation import next_day
from stagedoor.platform.products.research import QUOTAS

from ... import quotas
from ...control.apps import find
from ...control.errors import unknown
from ...control_bodies import ALL, controlled, page, read
from ...world import Video, World
from . import rules
from .control_bodies import (
    Doer,
    NewComment,
    NewFollow,
    NewPerson,
    NewPlaylist,
    NewProduct,
    NewReview,
    NewShop,
    NewVideo,
    NewVideos,
    PersonChange,
    Pins,
    QuotaUse,
)
from .state import COMMENTS, COMMENTS_OF_VIDEO, GOODS, PLAYLISTS, PRODUCTS, SHOPS, Shop


def _video(world: World, request: Request) -> Video:
    return rules.video_of(world, request.path_params["video_id"])


async def people(world: World, request: Request) -> Any:
    return page(request, "people", world.people.by(ALL), asdict)


async def add_person(world: World, request: Request) -> Any:
    return asdict(rules.add_person(world, await read(request, NewPerson)))


async def change_person(world: World, request: Request) -> Any:
    person = rules.named(world, request.path_params["username"])
    rules.change_person(world, person, await read(request, PersonChange))
    return asdict(person)


async def pin(world: World, request: Request) -> Any:
    person = rules.named(world, request.path_params["username"])
    rules.pin(world, person, (await read(request, Pins)).video_ids)
    return {"video_ids": person.pins}


async def add_video(world: World, request: Request) -> Any:
    return asdict(rules.add_video(world, await read(request, NewVideo)))


async def add_videos(world: World, request: Request) -> Any:
    order = await read(request, NewVideos)
    return {"creator": order.creator, "count": rules.add_videos(world, order)}


async def comments(world: World, request: Request) -> Any:
    video_id = request.path_params["video_id"]
    found = world[COMMENTS].by(COMMENTS_OF_VIDEO, video_id)
    return page(request, "comments", found, asdict)


async def add_comment(world: World, request: Request) -> Any:
    video = _video(world, request)
    return asdict(rules.add_comment(world, video, await read(request, NewComment)))


async def delete_comment(world: World, request: Request) -> Any:
    comment = rules.comment_of(world, request.path_params["comment_id"])
    rules.delete_comment(world, comment)
    return asdict(comment)


async def add_like(world: World, request: Request) -> Any:
    person = rules.named(world, (await read(request, Doer)).person)
    return asdict(rules.add_like(world, _video(world, request), person))


async def add_repost(world: World, request: Request) -> Any:
    person = rules.named(world, (await read(request, Doer)).person)
    return asdict(rules.add_repost(world, _video(world, request), person))


async def add_follow(world: World, request: Request) -> Any:
    order = await read(request, NewFollow)
    follower = rules.named(world, order.follower)
    return asdict(rules.add_follow(world, follower, rules.named(world, order.followed)))


async def playlists(world: World, request: Request) -> Any:
    return page(request, "playlists", world[PLAYLISTS].by(ALL), asdict)


async def add_playlist(world: World, request: Request) -> Any:
    return asdict(rules.add_playlist(world, await read(request, NewPlaylist)))


async def shops(world: World, request: Request) -> Any:
    def shown(shop: Shop) -> dict[str, Any]:
        goods = world[PRODUCTS].by(GOODS, shop.id)
        return asdict(shop) | {"products": [asdict(one) for one in goods]}

    return page(request, "shops", world[SHOPS].by(ALL), shown)


async def add_shop(world: World, request: Request) -> Any:
    return asdict(rules.add_shop(world, await read(request, NewShop)))


async def add_product(world: World, request: Request) -> Any:
    shop_id = request.path_params["shop_id"]
    return asdict(rules.add_product(world, shop_id, await read(request, NewProduct)))


async def add_review(world: World, request: Request) -> Any:
    product_id = request.path_params["product_id"]
    return asdict(rules.add_review(world, product_id, await read(request, NewReview)))


async def quota(world: World, request: Request) -> Any:
    organisation = find(world, request.path_params["client_key"]).developer_id
    resets = next_day(world.now())
    return {
        one.pool: asdict(one)
        | {"used": asdict(quotas.spent(world, organisation, one.pool)), "resets_at": resets}
        for one in QUOTAS
    }


async def use_quota(world: World, request: Request) -> Any:
    pool = request.path_params["pool"]
    if pool not in {one.pool for one in QUOTAS}:
        raise unknown("quota", pool)
    organisation = find(world, request.path_params["client_key"]).developer_id
    order = await read(request, QuotaUse)
    used = quotas.spent(world, organisation, pool)
    used.requests = used.requests if order.requests is None else order.requests
    used.records = used.records if order.records is None else order.records
    return asdict(used)


_QUOTA = "/_emulator/apps/{client_key}/quotas"
_VIDEO = "/_emulator/videos/{video_id}"

ROUTES = [
    Route("/_emulator/people", controlled(people), methods=["GET"]),
    Route("/_emulator/people", controlled(add_person), methods=["POST"]),
    Route("/_emulator/people/{username}", controlled(change_person), methods=["PATCH"]),
    Route("/_emulator/people/{username}/pins", controlled(pin), methods=["PUT"]),
    Route("/_emulator/videos", controlled(add_video), methods=["POST"]),
    Route("/_emulator/videos/batch", controlled(add_videos), methods=["POST"]),
    Route(f"{_VIDEO}/comments", controlled(comments), methods=["GET"]),
    Route(f"{_VIDEO}/comments", controlled(add_comment), methods=["POST"]),
    Route(f"{_VIDEO}/likes", controlled(add_like), methods=["POST"]),
    Route(f"{_VIDEO}/reposts", controlled(add_repost), methods=["POST"]),
    Route("/_emulator/comments/{comment_id}", controlled(delete_comment), methods=["DELETE"]),
    Route("/_emulator/follows", controlled(add_follow), methods=["POST"]),
    Route("/_emulator/playlists", controlled(playlists), methods=["GET"]),
    Route("/_emulator/playlists", controlled(add_playlist), methods=["POST"]),
    Route("/_emulator/shops", controlled(shops), methods=["GET"]),
    Route("/_emulator/shops", controlled(add_shop), methods=["POST"]),
    Route("/_emulator/shops/{shop_id}/products", controlled(add_product), methods=["POST"]),
    Route("/_emulator/products/{product_id}/reviews", controlled(add_review), methods=["POST"]),
    Route(_QUOTA, controlled(quota), methods=["GET"]),
    Route(f"{_QUOTA}/{{pool}}", controlled(use_quota), methods=["PUT"]),
]
