"""The functions by which control routes read and change the world."""

from __future__ import annotations

import re
from dataclasses import asdict
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from pydantic import TypeAdapter

from stagedoor.platform.masking import masked
from stagedoor.platform.media import UPLOAD_CHUNK
from stagedoor.platform.scopes import USER_SCOPES

from ..products.oauth import redirects, tokens
from ..world import Creator, Fault, FaultKind, RecordedRequest, World
from ..world.collection import EntityCollection
from ..world.faults import EVERY
from ..world.settings import WorldSettings
from ..world.state import HOSTS, OPEN_POSTS
from . import apps
from .bodies import ClockBody, CreatorBody, FaultBody, TokenBody
from .errors import ControlError, unknown, wrong


def clock(world: World) -> dict[str, Any]:
    """The world's time in Unix seconds, and the pending timers."""
    return {
        "now": world.now(),
        "frozen": world.clock.frozen,
        "timers": [
            {"due": timer.due, "kind": timer.kind, "ref": timer.ref}
            for timer in world.clock.pending()
        ],
    }


async def move_clock(world: World, body: ClockBody) -> dict[str, Any]:
    if body.freeze is True and not world.clock.frozen:
        world.clock.freeze()
    if body.advance is not None:
        await world.clock.advance(body.advance)
    if body.freeze is False:
        world.clock.thaw()
    return clock(world)


@cache
def _settings() -> TypeAdapter[WorldSettings]:
    return TypeAdapter(WorldSettings)


def settings(world: World) -> dict[str, Any]:
    shown: dict[str, Any] = _settings().dump_python(world.settings, mode="json")
    return shown


def change_settings(world: World, changed: dict[str, Any]) -> dict[str, Any]:
    """Change settings. Raises ValidationError without changing anything."""
    world.settings = _settings().validate_python(asdict(world.settings) | changed)
    return settings(world)


def overview(world: World) -> dict[str, Any]:
    counts = {
        declared.name: len(world[declared])
        for declared in world.declared()
        if isinstance(declared, EntityCollection)
    }
    return {"seed": world.seed, "now": world.now(), "counts": counts}


def creator_shown(world: World, creator: Creator) -> dict[str, Any]:
    posts = world.videos_of(creator.id)
    return asdict(creator) | {
        "posts": len(posts),
        "public_posts": 0 if creator.private else len(world.videos.by(OPEN_POSTS, creator.id)),
    }


def add_creator(world: World, body: CreatorBody) -> Creator:
    if world.creator_named(body.username) is not None:
        raise ControlError(409, f"There is a creator {body.username!r} already.")
    creator = Creator(
        id=world.ids.number(world.now()),
        username=body.username,
        display_name=body.display_name or body.username,
        bio=body.bio,
        verified=body.verified,
        private=body.private,
        followers=body.followers,
        following=body.following,
        max_video_seconds=body.max_video_seconds,
        region=body.region,
    )
    world.creators.add(creator)
    return creator


_HOST = re.compile(r"[^\s/?#@\\]+")
"""Also with a port, and in any script."""


def set_hosts(world: World, hosts: dict[str, str]) -> dict[str, str]:
    """Map hosts to the base addresses from which media is downloaded: loopback addresses only."""
    for host, base in hosts.items():
        if not _HOST.fullmatch(host):
            raise wrong(f"hosts.{host}", "should be a host's name alone, such as media.example.com")
        try:
            parts = urlsplit(base)
            target = parts.hostname or ""
        except ValueError:
            raise wrong(f"hosts.{host}", "is no URL") from None
        if parts.scheme not in ("http", "https") or not redirects.is_loopback(target):
            raise wrong(f"hosts.{host}", "must be a base address on this machine")
    world[HOSTS] = {host.lower(): base.rstrip("/") for host, base in hosts.items()}
    return world[HOSTS]


def requests(
    world: World,
    operation: str | None,
    path: str | None,
    client_key: str | None,
    limit: int,
) -> list[dict[str, Any]]:
    """The last `limit` calls that match, newest last."""

    def fits(seen: RecordedRequest) -> bool:
        return (
            (operation is None or seen.operation == operation)
            and (path is None or seen.path == masked(path))
            and (client_key is None or seen.client_key == client_key)
        )

    fitting = [seen for seen in world.requests if fits(seen)]
    return [asdict(seen) for seen in fitting[-limit:]]


def add_fault(world: World, body: FaultBody) -> Fault:
    from stagedoor.platform import catalogue

    if body.operation != EVERY and body.operation not in catalogue.operations():
        raise wrong("operation", f"is no operation: {body.operation!r}")
    if body.kind is FaultKind.CORRUPT and body.operation == UPLOAD_CHUNK.id:
        raise wrong("kind", "can't be corrupt for an upload, whose answer is empty")
    fault = Fault(id=world.ids.uuid(), **body.model_dump())
    world.faults.append(fault)
    return fault


def remove_fault(world: World, fault_id: str) -> None:
    for fault in world.faults:
        if fault.id == fault_id:
            world.faults.remove(fault)
            return
    raise unknown("fault", fault_id)


def issue(world: World, body: TokenBody) -> dict[str, Any]:
    """Issue a grant with its tokens, as if the creator had just consented on the consent page."""
    app = apps.find(world, body.client_key)
    if body.creator is not None:
        creator = apps.creator_named(world, body.creator)
    else:
        creator = next(iter(world.creators.values()))
    grantable = [str(scope) for scope in USER_SCOPES if scope in app.scopes]
    if app.business:
        grantable = list(app.scopes)
    scopes = grantable if body.scopes is None else body.scopes
    for index, name in enumerate(scopes):
        if name not in app.scopes:
            raise wrong(f"scopes.{index}", f"is not enabled for the app: {name!r}")
    grant = tokens.allow(world, app, creator, frozenset(scopes))
    access = tokens.access(world, grant)
    refresh = tokens.refresh(world, grant)
    return {
        "grant_id": grant.id,
        "creator": creator.username,
        "open_id": grant.open_id,
        "scope": ",".join(tokens.ordered(grant.scopes)),
        "access_token": access.value,
        "expires_in": world.settings.access_token_seconds,
        "refresh_token": refresh.value,
        "refresh_expires_in": world.settings.refresh_token_seconds,
        "token_type": "Bearer",
    }
