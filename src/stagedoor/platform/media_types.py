"""The media types of videos that are sent to TikTok (`media.yaml`)."""

from __future__ import annotations

from typing import Final

MIME_BY_EXTENSION: Final = {
    ".mp4": "video/mp4",
    ".m4v": "video/mp4",
    ".mov": "video/quicktime",
    ".webm": "video/webm",
}
UPLOAD_TYPES: Final = tuple(dict.fromkeys(MIME_BY_EXTENSION.values()))
