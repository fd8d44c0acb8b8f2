"""Control routes for the creator's phone: `/_emulator/phone/{username}`."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from stagedoor.platform.masking import QR_SCAN

from ... import links
from ...control_bodies import controlled, read
from ...world import Creator, Video, World
from ..oauth import qr
from ..oauth.state import CreatorGrant, QrLoginAttempt
from ..posting.state import Publish
from . import rules
from .control_bodies import ApprovalBody, Disconnect, Finish, PhoneSettings, Scan, VisibilityBody

_PHONE = "/_emulator/phone/{username}"


def _owner(world: World, request: Request) -> Creator:
    return rules.creator_named(world, request.path_params["username"])


def _draft(world: World, request: Request) -> tuple[Creator, Publish]:
    creator = _owner(world, request)
    return creator, rules.draft_of(world, creator, request.path_params["publish_id"])


def _video(world: World, request: Request) -> tuple[Creator, Video]:
    creator = _owner(world, request)
    return creator, rules.video_of(world, creator, request.path_params["video_id"])


async def phone(world: World, request: Request) -> Any:
    creator = _owner(world, request)
    return {
        "creator": _shown_creator(creator),
        "drafts": [_shown_draft(world, draft) for draft in rules.drafts(world, creator)],
        "posts": [
            _shown_video(world, video) for video in world.videos_of(creator.id) if not video.deleted
        ],
        "apps": [_shown_app(world, grant) for grant in rules.connected(world, creator)],
    }


async def finish(world: World, request: Request) -> Any:
    creator, draft = _draft(world, request)
    video = rules.finish(world, creator, draft, await read(request, Finish))
    return _shown_video(world, video)


async def discard(world: World, request: Request) -> Any:
    _, draft = _draft(world, request)
    rules.discard(world, draft)
    return _shown_draft(world, draft)


async def delete(world: World, request: Request) -> Any:
    _, video = _video(world, request)
    rules.delete(world, video)
    return _shown_video(world, video)


async def show_to(world: World, request: Request) -> Any:
    creator, video = _video(world, request)
    order = await read(request, VisibilityBody)
    rules.show_to(world, creator, video, order.privacy)
    return _shown_video(world, video)


async def settings(world: World, request: Request) -> Any:
    creator = _owner(world, request)
    rules.change_settings(world, creator, await read(request, PhoneSettings))
    return _shown_creator(creator)


async def disconnect(world: World, request: Request) -> Any:
    creator = _owner(world, request)
    rules.disconnect(world, creator, await read(request, Disconnect))
    return {"apps": [_shown_app(world, grant) for grant in rules.connected(world, creator)]}


async def scan(world: World, request: Request) -> Any:
    _owner(world, request)
    order = await read(request, Scan)
    return _shown_login(world, qr.scan(world, order.url))


async def approve(world: World, request: Request) -> Any:
    creator = _owner(world, request)
    login = qr.find(world, request.path_params["token"])
    order = await read(request, ApprovalBody)
    kept = None if order.scopes is None else frozenset(order.scopes)
    qr.approve(world, creator, login, kept)
    return _shown_login(world, login)


async def deny(world: World, request: Request) -> Any:
    _owner(world, request)
    login = qr.find(world, request.path_params["token"])
    qr.deny(world, login)
    return _shown_login(world, login)


def _shown_login(world: World, login: QrLoginAttempt) -> dict[str, Any]:
    return {
        "token": login.token,
        "app": world.apps[login.client_key].name,
        "client_key": login.client_key,
        "scopes": login.scopes,
        "status": qr.status_of(world, login),
        "expires": login.expires,
    }


def _shown_creator(creator: Creator) -> dict[str, Any]:
    return {
        "username": creator.username,
        "display_name": creator.display_name,
        "private": creator.private,
        "banned": creator.banned,
        "live": creator.live,
        "comment_disabled": creator.comment_disabled,
        "duet_disabled": creator.duet_disabled,
        "stitch_disabled": creator.stitch_disabled,
        "max_video_seconds": creator.max_video_seconds,
        "app_version": ".".join(str(part) for part in creator.app_version),
    }


def _shown_draft(world: World, draft: Publish) -> dict[str, Any]:
    return {
        "publish_id": draft.id,
        "app": world.apps[draft.client_key].name,
        "client_key": draft.client_key,
        "created": draft.created,
        "status": draft.status,
        "title": draft.title,
        "description": draft.description,
        "seconds": draft.duration,
        "photos": len(draft.media) if draft.flow.photo else 0,
        "video_ids": draft.video_ids,
        "discarded": draft.discarded,
    }


def _shown_video(world: World, video: Video) -> dict[str, Any]:
    return {
        "id": video.id,
        "short_link": links.short(video),
        "title": video.title,
        "created": video.created,
        "seconds": video.duration,
        "photos": video.photos,
        "privacy": video.privacy,
        "moderation": video.moderation,
        "public": world.is_public(video),
        "deleted": video.deleted,
        "comment_disabled": video.comment_disabled,
        "duet_disabled": video.duet_disabled,
        "stitch_disabled": video.stitch_disabled,
        "publish_id": video.publish_id,
    }


def _shown_app(world: World, grant: CreatorGrant) -> dict[str, Any]:
    return {
        "client_key": grant.client_key,
        "name": world.apps[grant.client_key].name,
        "scopes": sorted(grant.scopes),
        "since": grant.created,
    }


ROUTES = [
    Route(_PHONE, controlled(phone), methods=["GET"]),
    Route(f"{_PHONE}/drafts/{{publish_id}}/finish", controlled(finish), methods=["POST"]),
    Route(f"{_PHONE}/drafts/{{publish_id}}/discard", controlled(discard), methods=["POST"]),
    Route(f"{_PHONE}/videos/{{video_id}}/delete", controlled(delete), methods=["POST"]),
    Route(f"{_PHONE}/videos/{{video_id}}", controlled(show_to), methods=["PATCH"]),
    Route(f"{_PHONE}/settings", controlled(settings), methods=["PATCH"]),
    Route(f"{_PHONE}/scan", controlled(scan), methods=["POST"]),
    Route(f"{_PHONE}{QR_SCAN}{{token}}/approve", controlled(approve), methods=["POST"]),
    Route(f"{_PHONE}{QR_SCAN}{{token}}/deny", controlled(deny), methods=["POST"]),
    Route(f"{_PHONE}/disconnect", controlled(disconnect), methods=["POST"]),
]
