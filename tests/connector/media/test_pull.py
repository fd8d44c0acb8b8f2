"""Media that TikTok fetches, and its verification file."""

from __future__ import annotations

import pytest

from stagedoor.connector.database import TenantConnection
from stagedoor.connector.media.service import MediaKind
from tests.connector.media.conftest import Uploader
from tests.support import media


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    return environment | {"STAGEDOOR_TIKTOK_VERIFICATION": "tiktokAbC123.txt=tiktok-proof=abc"}


def test_photos_with_ranges_and_their_true_type(uploader: Uploader) -> None:
    data = media.photo()
    media_id, url = uploader.place(MediaKind.PHOTO)
    uploader.put(url, data, content_type="video/mp4")
    services = uploader.service.services
    with services.database.begin() as connection:
        pull = services.media.pull_url(TenantConnection(connection, "acme"), media_id)
    http = uploader.service.http
    whole = http.get(pull)
    assert (whole.status_code, whole.content) == (200, data)
    assert whole.headers["content-type"] == "image/jpeg"
    assert whole.headers["x-content-type-options"] == "nosniff"
    assert http.head(pull).headers["content-length"] == str(len(data))
    for asked, start, stop in (
        ("bytes=0-9", 0, 10),
        ("bytes=5-", 5, len(data)),
        ("bytes=-7", len(data) - 7, len(data)),
        (f"bytes=0-{len(data) + 100}", 0, len(data)),
    ):
        part = http.get(pull, headers={"range": asked})
        assert part.status_code == 206
        assert part.content == data[start:stop]
        assert part.headers["content-range"] == f"bytes {start}-{stop - 1}/{len(data)}"
    beyond = http.get(pull, headers={"range": f"bytes={len(data)}-"})
    assert beyond.status_code == 416
    assert http.get(pull, headers={"range": "items=1"}).status_code == 200
    http.post(f"{services.settings.tiktok_url}/_emulator/clock", json={"advance": 4 * 3600})
    uploader.service.until(lambda: http.get(pull).status_code == 410)


def test_the_verification_file(uploader: Uploader) -> None:
    found = uploader.service.http.get("/tiktokAbC123.txt")
    assert (found.status_code, found.text) == (200, "tiktok-proof=abc")
    assert uploader.service.http.get("/tiktokother.txt").status_code == 404
