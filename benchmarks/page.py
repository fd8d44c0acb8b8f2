"""The answer that the call is measured with: 20 videos with all 15 fields, about 17 kB of JSON."""

from __future__ import annotations

import json
from typing import Any

from stagedoor.platform.products import display

PATH = display.VIDEO_LIST.path
VIDEOS = display.MAX_PAGE


def page() -> bytes:
    body = {
        "data": {
            "videos": [_video(index) for index in range(VIDEOS)],
            "cursor": 1_791_234_567_000,
            "has_more": True,
        },
        "error": {"code": "ok", "message": "", "log_id": "20261120155200A1B2C3D4E5F60718293A"},
    }
    return json.dumps(body, separators=(",", ":")).encode()


def _video(index: int) -> dict[str, Any]:
    number = str(7_400_000_000_000_000_000 + index * 1_234_567_891)
    caption = f"Behind the curtain, part {index}: what the doorkeeper sees #backstage #theatre"
    link = f"https://www.tiktok.com/@first.creator/video/{number}"
    return {
        "id": number,
        "create_time": 1_791_234_567 - index * 86_400,
        "cover_image_url": (
            f"https://p16-sign.tiktokcdn-us.com/obj/tos-useast5-p-0068-tx/{number}"
            "?x-expires=1791256167&x-signature=Zm9vYmFyYmF6cXV4Zm9vYmFy"
        ),
        "share_url": link,
        "video_description": caption,
        "duration": 15 + index,
        "height": 1920,
        "width": 1080,
        "title": caption,
        "embed_html": (
            f'<blockquote class="tiktok-embed" cite="{link}" data-video-id="{number}">'
            "<section></section></blockquote>"
            '<script async src="https://www.tiktok.com/embed.js"></script>'
        ),
        "embed_link": f"https://www.tiktok.com/player/v1/{number}",
        "like_count": 1_000 + index,
        "comment_count": 20 + index,
        "share_count": 3 + index,
        "view_count": 45_678 + index,
    }
