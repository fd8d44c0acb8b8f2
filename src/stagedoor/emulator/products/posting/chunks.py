"""Checks a chunk plan against TikTok's rules (`media.yaml`, chunk_rules c1 to c6)."""

from __future__ import annotations

from stagedoor.platform.media import (
    BAD_CHUNK_COUNT,
    BAD_CHUNK_SIZE,
    MAX_CHUNK,
    MAX_CHUNKS,
    MAX_FILE,
    MIN_CHUNK,
)

from ...world.settings import SingleChunk

_BAD_VIDEO_SIZE = "The video size is invalid"


def chunk_problem(
    video_size: int,
    chunk_size: int,
    count: int,
    single: SingleChunk = SingleChunk.EXACT,
) -> str | None:
    """TikTok's error text for an invalid plan, or None. Sizes are bytes."""
    if not 1 <= video_size <= MAX_FILE:
        return _BAD_VIDEO_SIZE
    if not 1 <= count <= MAX_CHUNKS:
        return BAD_CHUNK_COUNT
    whole = chunk_size == video_size
    if video_size < MIN_CHUNK:
        if not whole:
            return BAD_CHUNK_SIZE
    elif not MIN_CHUNK <= chunk_size <= MAX_CHUNK:
        return BAD_CHUNK_SIZE
    if count == 1 and not whole and single is SingleChunk.EXACT:
        return BAD_CHUNK_SIZE
    # The last chunk takes the remainder, so the count is rounded down: c1.
    if count != video_size // chunk_size:
        return BAD_CHUNK_COUNT
    return None
