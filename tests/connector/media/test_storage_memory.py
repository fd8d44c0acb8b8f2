"""An upload on its way to a local disk takes little memory: many run at once."""

from __future__ import annotations

import asyncio
from pathlib import Path

from stagedoor.connector.media.storage import Storage

MOST = 1 << 18
ARRIVING = 1 << 16
"""The most that the server hands over at once."""


def test_an_upload_waits_in_blocks_of_a_quarter_of_a_mebibyte(tmp_path: Path) -> None:
    storage = Storage(None, tmp_path)

    async def write() -> tuple[str, list[int]]:
        writer = storage.writer("upload")
        waiting = []
        for number in range(64):
            await writer.write(bytes([number]) * ARRIVING)
            waiting.append(len(writer._pending))
        await writer.finish()
        return writer.key, waiting

    key, waiting = asyncio.run(write())
    assert max(waiting) < MOST
    written = (tmp_path / key).read_bytes()
    assert written == b"".join(bytes([number]) * ARRIVING for number in range(64))
