"""Renders videos for research: empty fields are left out, keys are in random order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ... import cdn
from ...calls import AdmittedCall
from ...world import Creator, Video
from . import traits

_Field = Callable[[AdmittedCall, Video, Creator], Any]


def videos(
    call: AdmittedCall, found: Iterable[Video], fields: tuple[str, ...]
) -> list[dict[str, Any]]:
    """Render videos for a query's answer."""
    return [_video(call, video, fields, FIELDS) for video in found]


def user_videos(
    call: AdmittedCall, found: Iterable[Video], fields: tuple[str, ...]
) -> list[dict[str, Any]]:
    """Render liked, pinned and reposted videos, in which two members have another form."""
    return [_video(call, video, fields, USER_FIELDS) for video in found]


def mixed(call: AdmittedCall, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values in random order, without empty ones; counts and flags stay."""
    kept = [(name, value) for name, value in values.items() if value not in ("", [], {}, None)]
    return dict(call.world.ids.shuffled(kept))


def name_of(call: AdmittedCall, person: Creator) -> str:
    return f"{person.username}\0" if call.world.settings.null_names else person.username


def _video(
    call: AdmittedCall, video: Video, fields: tuple[str, ...], known: Mapping[str, _Field]
) -> dict[str, Any]:
    creator = call.world.creators[video.creator_id]
    return mixed(call, {name: known[name](call, video, creator) for name in dict.fromkeys(fields)})


def _hashtags(call: AdmittedCall, video: Video, creator: Creator) -> list[dict[str, Any]]:
    return [
        {"hashtag_id": int(call.world.ids.number_of(f"hashtag:{name}")), "hashtag_name": name}
        for name in traits.hashtags(video)
    ]


def _stickers(call: AdmittedCall, video: Video, creator: Creator) -> list[dict[str, Any]]:
    return [
        {"sticker_id": int(call.world.ids.number_of(f"sticker:{name}")), "sticker_name": name}
        for name in video.stickers
    ]


def _effects(picture: str) -> _Field:
    def effects(call: AdmittedCall, video: Video, creator: Creator) -> list[dict[str, Any]]:
        found = [(traits.effect_id(call.world, name), name) for name in video.effects]
        return [
            {
                "effect_id": int(effect_id),
                "effect_name": name,
                picture: cdn.effect_url(call.world, call.base_url, effect_id),
            }
            for effect_id, name in found
        ]

    return effects


def _tag(kind: str, number: str, labelled: int, made: int) -> _Field:
    def tag(call: AdmittedCall, video: Video, creator: Creator) -> dict[str, Any]:
        for holds, name, value in (
            (video.ai_labelled, "AIGC", labelled),
            (video.ai_made, "AIGC", made),
            (video.paid_partnership, "Branded", 1),
            (video.earns_commission, "Branded", 7),
        ):
            if holds:
                return {kind: name, number: value}
        return {}

    return tag


def _label(call: AdmittedCall, video: Video, creator: Creator) -> dict[str, Any]:
    # the inner keys are from memory, not documented (research.yaml video_object)
    if not video.notice:
        return {}
    return {"content": video.notice, "type": 1, "sink": False, "vote": False, "warn": False}


FIELDS: dict[str, _Field] = {
    "id": lambda call, v, c: int(v.id),
    "video_description": lambda call, v, c: v.title,
    "create_time": lambda call, v, c: int(v.created),
    "region_code": lambda call, v, c: c.region,
    "share_count": lambda call, v, c: v.shares,
    "view_count": lambda call, v, c: v.views,
    "like_count": lambda call, v, c: v.likes,
    "comment_count": lambda call, v, c: v.comments,
    "music_id": lambda call, v, c: int(traits.music_id(call.world, v)),
    "hashtag_names": lambda call, v, c: traits.hashtags(v),
    "username": lambda call, v, c: name_of(call, c),
    "effect_ids": lambda call, v, c: [traits.effect_id(call.world, name) for name in v.effects],
    "playlist_id": lambda call, v, c: int(traits.playlist_id(call.world, v) or 0) or None,
    "voice_to_text": lambda call, v, c: v.voice_to_text,
    "is_stem_verified": lambda call, v, c: v.stem_verified,
    "favorites_count": lambda call, v, c: v.favorites,
    "video_duration": lambda call, v, c: v.duration,
    "hashtag_info_list": _hashtags,
    "sticker_info_list": _stickers,
    "effect_info_list": _effects("effect_photo_url"),
    "video_mention_list": lambda call, v, c: traits.mentions(v),
    "video_label": _label,
    "video_tag": _tag("type", "number", labelled=1, made=2),
}

# TikTok's two pages contradict each other on the meaning of 1 and 2; each is followed
USER_FIELDS: dict[str, _Field] = FIELDS | {
    "effect_info_list": _effects("effect_photo_URI"),
    "video_tag": _tag("video_tag_type", "video_tag_number", labelled=2, made=1),
}
