"""A binary file that can seek, over bytes that are fetched block by block."""

from __future__ import annotations

import io
from typing import Any


class BlockFile(io.RawIOBase):
    """Subclasses fetch the blocks; the newest block is cached."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._at = 0
        self._block = b""
        self._block_at = 0

    def fetch(self, at: int) -> bytes:
        """Fetch at least one byte from offset `at`, which lies inside the file."""
        raise NotImplementedError

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: Any, /) -> int:
        if self._at >= self._size:
            return 0
        offset = self._at - self._block_at
        if not 0 <= offset < len(self._block):
            self._block = self.fetch(self._at)
            self._block_at, offset = self._at, 0
        data = self._block[offset : offset + len(buffer)]
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)
