"""How a file is split into chunks for upload (`media.yaml`, upload_protocol)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from stagedoor.platform.arguments import checked
from stagedoor.platform.media import MAX_CHUNKS, MAX_FILE, SAFE_MAX_CHUNK, SAFE_MIN_CHUNK

from .errors import InvalidRequest


@dataclass(frozen=True, slots=True)
class ChunkPlan:
    """`count` chunks of `chunk_size` bytes; the last one also takes the remainder."""

    size: int
    chunk_size: int
    count: int

    def ranges(self) -> Iterator[tuple[int, int]]:
        """(offset, length) of each chunk in order."""
        for index in range(self.count):
            yield self.at(index)

    def at(self, index: int) -> tuple[int, int]:
        offset = index * self.chunk_size
        last = index == self.count - 1
        return offset, (self.size - offset if last else self.chunk_size)

    def index_of(self, offset: int) -> int | None:
        """Index of the chunk that starts at `offset`; `count` for the end, else None."""
        if offset == self.size:
            return self.count
        index, rest = divmod(offset, self.chunk_size)
        return index if rest == 0 and index < self.count else None


@checked
def plan_chunks(size: int, preferred: int = SAFE_MAX_CHUNK) -> ChunkPlan:
    """A split that TikTok accepts, for every size from 1 byte to 4 GB.

    Legal under both readings of TikTok's MB. `preferred` is the desired chunk size in bytes;
    TikTok's rules override it.
    """
    if not 1 <= size <= MAX_FILE:
        raise InvalidRequest(
            "the file", [("", f"has {size} bytes, TikTok takes 1 to {MAX_FILE} bytes")]
        )
    chunk = min(max(preferred, SAFE_MIN_CHUNK, -(-size // MAX_CHUNKS)), SAFE_MAX_CHUNK)
    if size < 2 * chunk:
        # a single chunk has to be the whole file, so the file has to be small enough for one
        if size <= SAFE_MAX_CHUNK:
            return ChunkPlan(size, size, 1)
        chunk = size // 2
    return ChunkPlan(size, chunk, size // chunk)
