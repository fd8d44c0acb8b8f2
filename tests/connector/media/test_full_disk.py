"""A full disk refuses clearly, and what was stored before stays."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager

from tests.connector.media.conftest import Uploader

MIB = 1 << 20


@contextmanager
def full_beyond(size: int) -> Iterator[None]:
    """Writes that take a file of this process beyond `size` fail, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_507_and_nothing_lost(uploader: Uploader) -> None:
    media_id, url = uploader.place()
    data = bytes(range(256)) * 4096 * 12
    first, rest = data[:MIB], data[MIB:]
    assert uploader.piece(url, first, 0, len(data)).status_code == 202
    with full_beyond(6 * MIB):
        refused = uploader.piece(url, rest, MIB, len(data))
    status, code, _ = uploader.error(refused)
    assert (status, code) == (507, "storage_full")
    assert "What was received before is kept" in refused.json()["error"]["message"]
    assert refused.headers["retry-after"]
    assert uploader.service.http.head(url).headers["upload-offset"] == str(MIB)
    folder = uploader.service.services.settings.data / "media" / media_id
    # the store takes back what it had written in a thread of its own
    uploader.service.until(lambda: len(list(folder.iterdir())) == 1)
    assert uploader.piece(url, rest, MIB, len(data)).status_code == 201
    assert uploader.stored(media_id) == data
