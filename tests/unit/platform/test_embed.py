"""Which use of oEmbed an address means."""

from __future__ import annotations

import pytest

from stagedoor.platform.products.embed import PROFILE, VIDEO, use_of

ID = "7123456789012345678"


@pytest.mark.parametrize(
    "url",
    [
        f"https://www.tiktok.com/@mara.cooks/video/{ID}",
        f"http://tiktok.com/@mara_cooks/photo/{ID}/",
        f"www.tiktok.com/@mara/video/{ID}?is_from_webapp=1&sender_device=pc#top",
        f"https://m.tiktok.com/@mara/video/{ID}",
        f"https://m.tiktok.com/v/{ID}.html?u_code=1",
        f"https://www.tiktok.com/share/video/{ID}/",
        "https://www.tiktok.com/t/ZTabc123/",
        "https://vm.tiktok.com/ZMabc123/",
        "vt.tiktok.com/ZSabc",
    ],
)
def test_a_post(url: str) -> None:
    assert use_of(url) == VIDEO


@pytest.mark.parametrize(
    "url", ["https://www.tiktok.com/@mara.cooks", "tiktok.com/@mara/", "HTTPS://WWW.TIKTOK.COM/@m"]
)
def test_a_profile(url: str) -> None:
    assert use_of(url) == PROFILE


@pytest.mark.parametrize(
    "url",
    [
        "",
        "tiktok.com",
        "https://www.tiktok.com/",
        "https://www.tiktok.com/@",
        "https://www.tiktok.com/%40mara",
        "https://www.tiktok.com/@mara%2Fvideo%2F1",
        f"https://www.tiktok.com/@mara/live/{ID}",
        f"https://www.tiktok.com/@mara/video/{ID}/more",
        "https://m.tiktok.com/v/abc.html",
        f"https://www.tiktok.com/share/user/{ID}",
        "https://www.tiktok.com/t/",
        "https://www.tiktok.com/@mara//",
        "https://www.tiktok.com\\@mara",
        "https://www.tiktok.com/@mara\n",
        "https://www.tiktok.com/@mara cooks",
        "https://www.tiktok.com/@mära",
        "https://tiktok.com.example.com/@mara",
        "https://example.com/@mara?host=tiktok.com",
        "https://tiktok.com@example.com/@mara",
        "https://nottiktok.com/@mara",
        "ftp://www.tiktok.com/@mara",
        "javascript://www.tiktok.com/@mara",
        "https://[tiktok.com/@mara",
        "https://vm.tiktok.com/@mara",
    ],
)
def test_neither(url: str) -> None:
    assert use_of(url) is None
