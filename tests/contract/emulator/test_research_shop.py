"""Research on TikTok Shop, and checks of which ids are still available."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from stagedoor.platform.products.research.shop import PRODUCT_FIELDS, REVIEW_FIELDS, SHOP_FIELDS
from tests.support.researcher import EVERYWHERE, Researcher

from .conftest import TikTok

SHOP, PRODUCT, REVIEW = (",".join(names) for names in (SHOP_FIELDS, PRODUCT_FIELDS, REVIEW_FIELDS))


@pytest.fixture
def shop(tiktok: TikTok) -> str:
    return str(tiktok.control("POST", "shops", {"name": "Test Bakery", "region": "FR"})["id"])


def product(tiktok: TikTok, shop: str, name: str = "Whisk", sold: int = 3) -> str:
    order = {"name": name, "prices": ["14.90EUR"], "sold": sold, "description": "Of steel."}
    return str(tiktok.control("POST", f"shops/{shop}/products", order)["id"])


def test_ratings_of_product_and_shop_are_what_buyers_gave(
    tiktok: TikTok, researcher: Researcher, shop: str
) -> None:
    whisk = product(tiktok, shop)
    for stars, text in ((5, "Good"), (4, "Fine"), (5, "Again")):
        order = {"stars": stars, "text": text}
        tiktok.control("POST", f"products/{whisk}/reviews", order)
        tiktok.advance(1)
    (found,) = researcher.ask("tts/shop", {"shop_name": "Test Bakery"}, SHOP)["shop_data"]
    assert found == {
        "shop_id": int(shop),
        "shop_name": "Test Bakery",
        "shop_rating": "4.7",
        "shop_review_count": 3,
        "item_sold_count": 3,
        "shop_performance_value": 90,
    }
    (sold,) = researcher.ask("tts/product", {"shop_id": int(shop)}, PRODUCT)["product_data"]
    assert set(sold) == set(PRODUCT_FIELDS)
    assert (sold["product_rating"], sold["product_price"]) == ("4.7", ["14.90EUR"])
    assert (sold["product_rating_4_count"], sold["product_rating_5_count"]) == (1, 2)
    said = researcher.ask("tts/review", {"product_id": whisk}, REVIEW)["review_data"]
    assert [one["review_text"] for one in said] == ["Again", "Fine", "Good"]
    assert [one["review_rating"] for one in said] == ["FIVE", "FOUR", "FIVE"]
    assert all(one["create_time"] > 10**12 for one in said), "in milliseconds"


def test_products_have_page_numbers_from_one(
    tiktok: TikTok, researcher: Researcher, shop: str
) -> None:
    for number in range(12):
        product(tiktok, shop, f"Item {number}")

    def names(**page: Any) -> list[str]:
        found = researcher.ask("tts/product", {"shop_id": shop} | page, "product_name")
        return [one["product_name"] for one in found["product_data"]]

    assert names() == names(page_start=1) == [f"Item {number}" for number in range(10)]
    assert names(page_start=2) == ["Item 10", "Item 11"]
    assert names(page_start=2, page_size=5) == [f"Item {number}" for number in range(5, 10)]
    assert names(page_start=3) == []


def test_fields_may_stand_in_the_body(researcher: Researcher, shop: str) -> None:
    body = {"shop_name": "Test Bakery", "fields": "shop_id, shop_name"}
    (found,) = researcher.ask("tts/shop", body)["shop_data"]
    assert set(found) == {"shop_id", "shop_name"}
    assert researcher.refused("tts/shop", {"shop_name": "Test Bakery"})[:2] == (
        400,
        "invalid_params",
    )


def test_a_shop_outside_the_eu_is_not_found(tiktok: TikTok, researcher: Researcher) -> None:
    order = {"name": "Far Shop", "region": "US"}
    shop = tiktok.control("POST", "shops", order)["id"]
    product(tiktok, shop)
    assert researcher.ask("tts/shop", {"shop_name": "Far Shop"}, SHOP) == {"shop_data": []}
    assert researcher.ask("tts/product", {"shop_id": shop}, PRODUCT) == {"product_data": []}


@pytest.mark.parametrize(
    ("path", "body", "fields"),
    [
        ("tts/shop", {"shop_name": ""}, "shop_id"),
        ("tts/shop", {"shop_name": "x", "limit": 11}, "shop_id"),
        ("tts/product", {}, "product_id"),
        ("tts/product", {"shop_id": 1, "page_start": 0}, "product_id"),
        ("tts/product", {"shop_id": 1, "page_size": 11}, "product_id"),
        ("tts/review", {"product_id": 1}, "display_name"),
    ],
)
def test_bad_shop_queries_are_refused(
    researcher: Researcher, path: str, body: Any, fields: str
) -> None:
    assert researcher.refused(path, body, fields)[:2] == (400, "invalid_params")


def created(researcher: Researcher, content: bytes, category: str = "video") -> httpx2.Response:
    return researcher.http.post(
        "/v2/research/validation_task/create/",
        files={"file_data": ("ids.txt", content, "text/plain")},
        data={"category": category},
        headers=researcher.headers,
    )


@pytest.mark.shows("research.validation_create")
def test_a_check_tells_which_videos_are_still_there(tiktok: TikTok, researcher: Researcher) -> None:
    tiktok.control("POST", "clock", {"freeze": True})
    here, gone = [str(one["id"]) for one in researcher.videos(EVERYWHERE, max_count=2)["videos"]]
    owner = tiktok.world.all.creators[tiktok.world.all.videos[gone].creator_id].username
    tiktok.control("POST", f"phone/{owner}/videos/{gone}/delete")
    answer = created(researcher, f"{here}\n{gone}\n123\n".encode()).json()
    task = {"task_id": answer["data"]["task_id"]}
    status = researcher.post("validation_task_status/get", task).json()
    assert status["data"] == {"task_status": "Processing"}
    assert (status["error"]["message"], status["error"]["http_status_code"]) == ("ok.", 200)
    early = researcher.refused("validation_task/download", task)
    assert early[:2] == (400, "invalid_params")
    tiktok.advance(1)
    assert researcher.ask("validation_task_status/get", task) == {"task_status": "Completed"}
    file = researcher.post("validation_task/download", task)
    assert file.headers["content-type"].startswith("text/plain")
    assert file.text == f"{here}\n"


def test_comments_are_checked_too(tiktok: TikTok, researcher: Researcher) -> None:
    first, second = list(tiktok.world.all.comments)[:2]
    tiktok.control("DELETE", f"comments/{first}")
    task = created(researcher, f"{first}\n{second}".encode(), "comment").json()["data"]
    tiktok.advance(1)
    found = researcher.post("validation_task/download", task).text.split()
    assert first not in found
    assert set(found) <= {second}


@pytest.mark.parametrize(
    ("content", "category"),
    [(b"", "video"), (b"cats", "video"), (b"1\n" * 10_001, "video"), (b"1", "user")],
    ids=["empty", "words", "many", "category"],
)
def test_a_bad_file_or_category_is_refused(
    researcher: Researcher, content: bytes, category: str
) -> None:
    answer = created(researcher, content, category)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "invalid_params"


def test_another_apps_task_is_unknown(tiktok: TikTok, researcher: Researcher) -> None:
    task = created(researcher, b"1").json()["data"]
    other = "emulator-unaudited-key"
    tiktok.control("PATCH", f"apps/{other}", {"scopes": ["research.data.basic"]})
    stranger = Researcher(tiktok.http, other)
    assert stranger.refused("validation_task_status/get", task)[:2] == (400, "invalid_params")
