"""A page of research read into typed objects, against the same bytes read into dicts."""

from __future__ import annotations

import gc
import json
import random
import time
from typing import Any

from stagedoor.client.answer import read
from stagedoor.client.effects import Reply
from stagedoor.platform.products.research import MAX_PAGE, VIDEO_FIELDS, VIDEO_QUERY, VideoPage

from .contest import contest, ratio, typical
from .row import Benchmark, Length, Row

TARGET = 1.5
PAGES = 5
"""Pages of one trial."""


def _video(chance: random.Random) -> dict[str, Any]:
    """Every field set, in any order, as TikTok sends it."""
    numbers = {name: chance.getrandbits(62) for name in ("id", "music_id", "playlist_id")}
    video: dict[str, Any] = numbers | {
        "create_time": 1_785_600_000 - chance.randrange(10**6),
        "username": f"creator.{chance.randrange(10**6)}",
        "region_code": "DE",
        "video_description": "Lemon tart in ten minutes, with @ovenlight 🍋 #baking #lemontart",
        "like_count": chance.randrange(10**6),
        "comment_count": chance.randrange(10**4),
        "share_count": chance.randrange(10**4),
        "view_count": chance.randrange(10**8),
        "favorites_count": chance.randrange(10**5),
        "effect_ids": [str(chance.getrandbits(62))],
        "hashtag_names": ["baking", "lemontart"],
        "hashtag_info_list": [
            {"hashtag_id": chance.getrandbits(52), "hashtag_name": name}
            for name in ("baking", "lemontart")
        ],
        "sticker_info_list": [{"sticker_id": chance.getrandbits(52), "sticker_name": "Poll"}],
        "effect_info_list": [
            {
                "effect_id": chance.getrandbits(62),
                "effect_name": "Glow",
                "effect_photo_url": "https://p16.tiktokcdn.example/effect.png",
            }
        ],
        "video_mention_list": ["ovenlight"],
        "video_label": {"content": "Vote", "type": 1, "sink": False, "vote": False, "warn": False},
        "video_tag": {"type": "AIGC", "number": 1},
        "voice_to_text": "so today I want to show you something that takes no time at all",
        "is_stem_verified": False,
        "video_duration": chance.randrange(5, 600),
    }
    names = list(video)
    chance.shuffle(names)
    return {name: video[name] for name in names}


def page() -> bytes:
    chance = random.Random(1)
    videos = [_video(chance) for _ in range(MAX_PAGE)]
    assert all(set(video) == set(VIDEO_FIELDS) for video in videos)
    data = {
        "videos": videos,
        "cursor": MAX_PAGE,
        "has_more": True,
        "search_id": "7530011999000111222",
    }
    error = {"code": "ok", "message": "", "log_id": "20260914120000A1B2C3D4E5F607182951"}
    return json.dumps({"data": data, "error": error}, ensure_ascii=False).encode()


def run(length: Length) -> list[Row]:
    body = page()
    reply = Reply(200, {}, body)

    def ours() -> float:
        begun = time.perf_counter()
        for _ in range(PAGES):
            found: VideoPage = read(VIDEO_QUERY, reply)
        taken = time.perf_counter() - begun
        assert len(found.videos) == MAX_PAGE
        return taken

    def bare() -> float:
        begun = time.perf_counter()
        for _ in range(PAGES):
            found = json.loads(body)
        taken = time.perf_counter() - begun
        assert len(found["data"]["videos"]) == MAX_PAGE
        return taken

    # what other benchmarks left behind isn't looked through again at each collection of garbage
    gc.collect()
    gc.freeze()
    try:
        rounds = contest(ours, bare, 120 if length is Length.SHORT else 800)
    finally:
        gc.unfreeze()
    typed, plain = (seconds / PAGES * 1e3 for seconds in typical(rounds))
    detail = f"{typed:.2f} ms a page of {len(body) / 1e3:.0f} kB, json.loads {plain:.2f} ms"
    return [Row("research page into objects", ratio(rounds), TARGET, detail)]


BENCHMARK = Benchmark("research", run)
