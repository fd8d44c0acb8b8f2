"""Addresses in requests are whole, before anything is sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from stagedoor import Url
from stagedoor.platform import catalogue
from stagedoor.platform.addresses import MAX_ADDRESS, WholeAddress, https_problem
from stagedoor.platform.products import business_accounts, posting
from stagedoor.platform.refusal import InvalidRequest
from tests.unit.platform.test_choices import models

ELSEWHERE = {
    "landing_page_url": "of a page for people, with macros",
    "impression_tracking_url": "of a measurement, with macros",
    "click_tracking_url": "of a measurement, with macros",
    "video_view_tracking_url": "of a measurement, with macros",
    "url": "judged by what it is an address of",
    "redirect_uri": "judged by the login",
}
"""Addresses that TikTok neither downloads from nor posts to."""


def addresses() -> Iterator[tuple[str, Any]]:
    for operation in catalogue.operations().values():
        for model in models(operation.request):
            for name, info in model.model_fields.items():
                named = name.removesuffix("s").endswith(("_url", "photo_image"))
                if named and name not in ELSEWHERE:
                    yield f"{model.__name__}.{name}", info


def checks(info: Any) -> bool:
    found = [info.annotation, *info.metadata]
    while found:
        part = found.pop()
        if isinstance(getattr(part, "func", None), WholeAddress) or getattr(part, "pattern", None):
            return True
        found += [*get_args(part), *getattr(part, "metadata", ())]
    return False


def test_every_address_that_tiktok_uses_is_checked() -> None:
    found = dict(addresses())
    assert len(found) > 8
    assert [name for name, info in found.items() if not checks(info)] == []


NOT_WHOLE = (
    *("film.mp4", "", "https://", "https:///film.mp4", "ftp://a.example/film.mp4"),
    *("https://a.example/a film.mp4", "https://a.example/film.mp4\n", "https://[a/film"),
    *("https://a.example/\u200bfilm.mp4", "https://a.example:0/film.mp4"),
    f"https://a.example/{'x' * MAX_ADDRESS}",
)


@pytest.mark.parametrize("address", NOT_WHOLE)
def test_an_address_that_is_not_whole_is_refused_where_it_is_written(address: str) -> None:
    written: list[tuple[type[BaseModel], dict[str, Any]]] = [
        (posting.PullFromUrl, {"video_url": address}),
        (posting.PhotoSource, {"photo_images": (address,), "photo_cover_index": 0}),
        (business_accounts.AccountVideo, {"video_url": address, "post_info": {}}),
    ]
    for model, values in written:
        with pytest.raises(InvalidRequest, match=r"_(url|images\.0) is "):
            model(**values)
    assert https_problem(address) is not None
    with pytest.raises(InvalidRequest, match=r"Url\(\): value is "):
        Url(address)


@pytest.mark.parametrize(
    "address", ["https://a.example/film.mp4?a=b%20c#d", "HTTPS://a.example", "https://a.example/ü"]
)
def test_whole_addresses_are_taken(address: str) -> None:
    assert https_problem(address) is None
    assert posting.PullFromUrl(video_url=address).video_url == Url(address).value == address


def test_media_of_tiktok_are_fetched_over_https_only() -> None:
    assert https_problem("http://a.example/film.mp4") is not None
    fetched_here = posting.PullFromUrl(video_url="http://a.example/film.mp4")
    assert fetched_here.video_url.startswith("http:")
