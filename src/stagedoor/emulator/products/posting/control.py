"""Control routes for posts: their full state, and manual steps."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from stagedoor.platform.products.posting import TERMINAL, FailReason, PublishStatus

from ...control.apps import creator_named
from ...control.errors import ControlError, unknown
from ...control_bodies import ALL, ControlBody, controlled, latest, read
from ...world import World
from ...world.entities import Moderation
from ..media.state import UPLOADS
from . import processing
from .state import PUBLISHES, PUBLISHES_OF_APP, PUBLISHES_OF_CREATOR, Publish


class NextPost(ControlBody):
    """The outcome of the next post. Without `creator`, a username, it applies to any creator's next
    post; a reason of null cancels it."""

    creator: str | None = None
    fail_reason: FailReason | None


class FailureBody(ControlBody):
    reason: FailReason = FailReason.INTERNAL


def shown(world: World, publish: Publish) -> dict[str, Any]:
    """All properties of a post except the secret of its upload."""
    facts = asdict(publish)
    facts["publish_id"] = facts.pop("id")
    facts["creator"] = world.creators[publish.creator_id].username
    upload = world[UPLOADS].get(publish.upload_id or "")
    received = publish.downloaded_bytes if upload is None else upload.stored
    facts["bytes_received"] = received or 0
    facts["upload"] = None
    if upload is not None:
        facts["upload"] = {
            "upload_id": upload.id,
            "size": upload.size,
            "chunk_size": upload.chunk_size,
            "chunk_count": upload.chunk_count,
            "stored": upload.stored,
            "expires": upload.expires,
        }
    facts["videos"] = [
        {
            "id": video.id,
            "privacy": video.privacy,
            "moderation": video.moderation,
            "public": world.is_public(video),
            "deleted": video.deleted,
        }
        for video in (world.videos[video_id] for video_id in publish.video_ids)
    ]
    return facts


def find(world: World, request: Request) -> Publish:
    publish_id = request.path_params["publish_id"]
    publish = world[PUBLISHES].get(publish_id)
    if publish is None:
        raise unknown("post", publish_id)
    return publish


async def publishes(world: World, request: Request) -> Any:
    """Posts, newest last; `creator`, `client_key`, `status` and `limit` filter the list."""
    wanted = request.query_params
    table = world[PUBLISHES]
    posts = table.by(ALL)
    if "client_key" in wanted:
        posts = table.by(PUBLISHES_OF_APP, wanted["client_key"])
    if "creator" in wanted:
        named = world.creator_named(wanted["creator"])
        posts = table.by(PUBLISHES_OF_CREATOR, named.id if named else "")

    def fits(publish: Publish) -> bool:
        return (
            wanted.get("client_key", publish.client_key) == publish.client_key
            and wanted.get("status", publish.status) == publish.status
        )

    found = latest(filter(fits, reversed(posts)), request)
    return {"publishes": [shown(world, publish) for publish in found]}


async def publish(world: World, request: Request) -> Any:
    return shown(world, find(world, request))


async def next_post(world: World, request: Request) -> Any:
    order = await read(request, NextPost)
    creator_id = None
    if order.creator is not None:
        creator_id = creator_named(world, order.creator).id
    processing.fail_next(world, creator_id, order.fail_reason)
    return {"creator": order.creator, "fail_reason": order.fail_reason}


async def advance(world: World, request: Request) -> Any:
    """Advance a post by one step: processing ends, or moderation passes."""
    post = find(world, request)
    pending = [
        video
        for video in (world.videos[video_id] for video_id in post.video_ids)
        if video.moderation is Moderation.PENDING
    ]
    if pending:
        for video in pending:
            processing.pass_moderation(world, video)
        return shown(world, post)
    if post.status in TERMINAL:
        raise ControlError(409, f"The post is {post.status} already: there is no further step.")
    if post.status is PublishStatus.SEND_TO_USER_INBOX:
        raise ControlError(409, "The draft is in the inbox: it is finished on the phone routes.")
    if post.arrived is None:
        raise ControlError(409, "The post's media isn't all here yet.")
    await world.clock.settle()
    processing.step(world, post)
    return shown(world, post)


async def fail(world: World, request: Request) -> Any:
    post = find(world, request)
    order = await read(request, FailureBody)
    if post.status in TERMINAL:
        raise ControlError(409, f"The post is {post.status} already.")
    if post.status is PublishStatus.SEND_TO_USER_INBOX:
        raise ControlError(409, "The draft is in the inbox already: it can be discarded.")
    processing.fail(world, post, order.reason, "ordered on the control route")
    return shown(world, post)


ROUTES = [
    Route("/_emulator/next-post", controlled(next_post), methods=["POST"]),
    Route("/_emulator/publishes", controlled(publishes), methods=["GET"]),
    Route("/_emulator/publishes/{publish_id}", controlled(publish), methods=["GET"]),
    Route("/_emulator/publishes/{publish_id}/advance", controlled(advance), methods=["POST"]),
    Route("/_emulator/publishes/{publish_id}/fail", controlled(fail), methods=["POST"]),
]
