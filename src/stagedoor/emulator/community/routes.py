"""People, comments, likes, follows, playlists, shops and quotas: `/_emulator/`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from stagedoor.platform.operation import next_day
from stagedoor.platform.products.research import QUOTAS

from .. import quotas
from ..control.apps import find
from ..control.errors import unknown
from ..orders import controlled, read
from ..world import Video, World
from . import service
from .orders import (
    Doer,
    NewComment,
    NewFollow,
    NewPerson,
    NewPlaylist,
    NewProduct,
    NewReview,
    NewShop,
    NewVideo,
    PersonChange,
    Pins,
    QuotaUse,
)


def _video(world: World, request: Request) -> Video:
    return service.video_of(world, request.path_params["video_id"])


async def people(world: World, request: Request) -> Any:
    return {"people": [asdict(one) for one in world.all.people.values()]}


async def add_person(world: World, request: Request) -> Any:
    return asdict(service.add_person(world, await read(request, NewPerson)))


async def change_person(world: World, request: Request) -> Any:
    person = service.named(world, request.path_params["username"])
    service.change_person(world, person, await read(request, PersonChange))
    return asdict(person)


async def pin(world: World, request: Request) -> Any:
    person = service.named(world, request.path_params["username"])
    service.pin(world, person, (await read(request, Pins)).video_ids)
    return {"video_ids": person.pins}


async def add_video(world: World, request: Request) -> Any:
    return asdict(service.add_video(world, await read(request, NewVideo)))


async def comments(world: World, request: Request) -> Any:
    video_id = request.path_params["video_id"]
    found = [asdict(one) for one in world.all.comments.values() if one.video_id == video_id]
    return {"comments": found}


async def add_comment(world: World, request: Request) -> Any:
    video = _video(world, request)
    return asdict(service.add_comment(world, video, await read(request, NewComment)))


async def delete_comment(world: World, request: Request) -> Any:
    comment = service.comment_of(world, request.path_params["comment_id"])
    service.delete_comment(world, comment)
    return asdict(comment)


async def add_like(world: World, request: Request) -> Any:
    person = service.named(world, (await read(request, Doer)).person)
    return asdict(service.add_like(world, _video(world, request), person))


async def add_repost(world: World, request: Request) -> Any:
    person = service.named(world, (await read(request, Doer)).person)
    return asdict(service.add_repost(world, _video(world, request), person))


async def add_follow(world: World, request: Request) -> Any:
    order = await read(request, NewFollow)
    follower = service.named(world, order.follower)
    return asdict(service.add_follow(world, follower, service.named(world, order.followed)))


async def playlists(world: World, request: Request) -> Any:
    return {"playlists": [asdict(one) for one in world.all.playlists.values()]}


async def add_playlist(world: World, request: Request) -> Any:
    return asdict(service.add_playlist(world, await read(request, NewPlaylist)))


async def shops(world: World, request: Request) -> Any:
    goods = [asdict(one) for one in world.all.products.values()]
    return {
        "shops": [
            asdict(shop) | {"products": [one for one in goods if one["shop_id"] == shop.id]}
            for shop in world.all.shops.values()
        ]
    }


async def add_shop(world: World, request: Request) -> Any:
    return asdict(service.add_shop(world, await read(request, NewShop)))


async def add_product(world: World, request: Request) -> Any:
    shop_id = request.path_params["shop_id"]
    return asdict(service.add_product(world, shop_id, await read(request, NewProduct)))


async def add_review(world: World, request: Request) -> Any:
    product_id = request.path_params["product_id"]
    return asdict(service.add_review(world, product_id, await read(request, NewReview)))


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
