"""How a file is divided for upload (`media.yaml`, upload_protocol)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from stagedoor.platform.arguments import checked
from stagedoor.platform.media import MAX_CHUNKS, MAX_FILE, SAFE_MAX_CHUNK, SAFE_MIN_CHUNK

from .errors import InvalidRequest


@dataclass(frozen=True, slots=True)
class ChunkPlan:
    """`count` chunks of `chunk_size` bytes; the last one takes what remains."""

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
        """Which chunk starts at `offset`; `count` for the end; None if none does."""
        if offset == self.size:
            return self.count
        index, rest = divmod(offset, self.chunk_size)
        return index if rest == 0 and index < self.count else None


@checked
def plan_chunks(size: int, preferred: int = SAFE_MAX_CHUNK) -> ChunkPlan:
    """A division that TikTok takes, for every size from 1 byte to 4 GB.

    Legal under both readings of TikTok's MB. `preferred` is the chunk size wished for in bytes;
    it gives way to the rules.
    """
    if not 1 <= size <= MAX_FILE:
        raise InvalidRequest(
            "the file", [("", f"has {size} bytes, TikTok takes 1 to {MAX_FILE} bytes")]
        )
    chunk = min(max(preferred, SAFE_MIN_CHUNK, -(-size // MAX_CHUNKS)), SAFE_MAX_CHUNK)
    if size < 2 * chunk:
        # one chunk has to be the whole file, and the whole file has to be small enough
        if size <= SAFE_MAX_CHUNK:
            return ChunkPlan(size, size, 1)
        chunk = size // 2
    return ChunkPlan(size, chunk, size // chunk)
