"""Signed, expiring links to covers, avatars and videos; `pictures` serves them.

TikTok's links carry `x-expires` and `x-signature`; the emulator's point to its own port and expire
on its clock.
"""

from __future__ import annotations

from urllib.parse import quote

from stagedoor.platform.durations import COVER_URL_SECONDS

from .world import Creator, Video, World

AVATAR_SECONDS = 172_800
"""Not published for Display (display.yaml, cdn_ttls); two days."""

COVER = "/tos-emulator-p-0068/"
AVATAR = "/tos-emulator-avt-0068/"
VIDEO = "/tos-emulator-ve-0068/"
EFFECT = "/tos-emulator-eff-0068/"
CREATIVE = "/tos-emulator-ads-0068/"
COMMENT = "/tos-emulator-cmt-0068/"
PERSON = "/tos-emulator-per-0068/"
TAIL = "~tplv-noop.image"


def cover_url(world: World, base_url: str, video: Video, now: float) -> str:
    """The link to the cover, valid for six hours."""
    return _signed(world, base_url, f"{COVER}{video.id}{TAIL}", int(now) + COVER_URL_SECONDS)


def media_url(world: World, base_url: str, video: Video, seconds: int = COVER_URL_SECONDS) -> str:
    """The link to the video itself, or to a post's first photo, valid for `seconds`."""
    return _signed(world, base_url, f"{VIDEO}{video.id}{TAIL}", int(world.now()) + seconds)


def avatar_url(
    world: World, base_url: str, creator: Creator, size: int = 168, seconds: int = AVATAR_SECONDS
) -> str:
    """The link to the avatar, valid for `seconds`."""
    path = f"{AVATAR}{creator.id}~{size}{TAIL}"
    return _signed(world, base_url, path, int(world.now()) + seconds)


def _signed(world: World, base_url: str, path: str, expires: int) -> str:
    signature = quote(proof(world, path, str(expires)), safe="")
    return f"{base_url}{path}?x-expires={expires}&x-signature={signature}"


def person_url(world: World, base_url: str, person_id: str) -> str:
    """The link to the avatar of a person with ad accounts, valid as long as a creator's."""
    path = f"{PERSON}{person_id}{TAIL}"
    return _signed(world, base_url, path, int(world.now()) + AVATAR_SECONDS)


def effect_url(world: World, base_url: str, effect_id: str) -> str:
    """The link to an effect's picture, valid as long as an avatar's link."""
    path = f"{EFFECT}{effect_id}{TAIL}"
    return _signed(world, base_url, path, int(world.now()) + AVATAR_SECONDS)


def creative_url(world: World, base_url: str, name: str, seconds: int) -> str:
    """The link to a file for ads, valid for `seconds`; `name` is its kind and its id."""
    path = f"{CREATIVE}{name}{TAIL}"
    return _signed(world, base_url, path, int(world.now()) + seconds)


def comment_image_url(base_url: str, image_uri: str) -> str:
    """The link to a comment's image, which doesn't expire."""
    return f"{base_url}{COMMENT}{image_uri}{TAIL}"


def proof(world: World, path: str, expires: str) -> str:
    """The signature of a link from this world."""
    return world.ids.signature(f"{path}?{expires}")
