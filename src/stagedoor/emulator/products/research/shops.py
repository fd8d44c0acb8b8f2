"""Shops of the EU, their products and reviews; ratings are computed from the products' counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from stagedoor.platform.products.research.shop import (
    MAX_PAGE,
    RATINGS,
    ProductQuery,
    ReviewQuery,
    ShopQuery,
)
from stagedoor.platform.regions import EUROPE

from ... import quotas
from ...calls import AdmittedCall
from ...world import World
from ...world.collection import IndexGroup
from ..community.state import (
    GOODS,
    PRODUCTS,
    REVIEWS,
    REVIEWS_OF_PRODUCT,
    SHOPS,
    SHOPS_BY_NAME,
    Product,
    ProductReview,
    Shop,
)
from . import shown

T = TypeVar("T")


def shops(call: AdmittedCall) -> dict[str, Any]:
    """The shops with exactly this name; an empty result isn't an error."""
    request: ShopQuery = call.request
    found = [
        shop
        for shop in call.world[SHOPS].by(SHOPS_BY_NAME, request.shop_name)
        if shop.region in EUROPE
    ][: request.limit or MAX_PAGE]
    return {"shop_data": _shown(call, found, request.fields, SHOP)}


def products(call: AdmittedCall) -> dict[str, Any]:
    request: ProductQuery = call.request
    shop = call.world[SHOPS].get(request.shop_id)
    sold: Sequence[Product] = (
        () if shop is None or shop.region not in EUROPE else goods(call.world, shop)
    )
    page = _page(sold, request.page_start, request.page_size)
    return {"product_data": _shown(call, page, request.fields, PRODUCT)}


def reviews(call: AdmittedCall) -> dict[str, Any]:
    """A product's reviews, the latest first."""
    request: ReviewQuery = call.request
    world = call.world
    product = world[PRODUCTS].get(request.product_id)
    said: Sequence[ProductReview] = ()
    if product is not None and world[SHOPS][product.shop_id].region in EUROPE:
        said = world[REVIEWS].by(REVIEWS_OF_PRODUCT, product.id)
    page = _page(said, request.page_start, request.page_size)
    return {"review_data": _shown(call, page, request.fields, REVIEW)}


def goods(world: World, shop: Shop) -> IndexGroup[Product]:
    return world[PRODUCTS].by(GOODS, shop.id)


def _page(items: Sequence[T], number: int | None, size: int | None) -> Sequence[T]:
    size = size or MAX_PAGE
    start = ((number or 1) - 1) * size
    return items[start : start + size]


def _shown(
    call: AdmittedCall,
    items: Sequence[T],
    fields: tuple[str, ...],
    known: dict[str, Callable[[World, T], object]],
) -> list[dict[str, Any]]:
    quotas.receive(call, len(items))
    return [
        shown.mixed(call, {name: known[name](call.world, item) for name in dict.fromkeys(fields)})
        for item in items
    ]


def _average(counts: Sequence[int]) -> str:
    given = sum(counts)
    if not given:
        return ""
    return f"{sum(stars * count for stars, count in enumerate(counts, 1)) / given:.1f}"


def _counts(world: World, shop: Shop) -> list[int]:
    counted = [one.ratings for one in goods(world, shop)]
    return [sum(column) for column in zip(*counted, strict=True)]


SHOP: dict[str, Callable[[World, Shop], object]] = {
    "shop_id": lambda world, one: int(one.id),
    "shop_name": lambda world, one: one.name,
    "shop_rating": lambda world, one: _average(_counts(world, one)),
    "shop_review_count": lambda world, one: sum(_counts(world, one)),
    "item_sold_count": lambda world, one: sum(item.sold for item in goods(world, one)),
    "shop_performance_value": lambda world, one: one.performance,
}

PRODUCT: dict[str, Callable[[World, Product], object]] = {
    "product_id": lambda world, one: int(one.id),
    "product_name": lambda world, one: one.name,
    "product_description": lambda world, one: one.description,
    "product_price": lambda world, one: list(one.prices),
    "product_rating": lambda world, one: _average(one.ratings),
    "product_review_count": lambda world, one: sum(one.ratings),
    "product_rating_1_count": lambda world, one: one.ratings[0],
    "product_rating_2_count": lambda world, one: one.ratings[1],
    "product_rating_3_count": lambda world, one: one.ratings[2],
    "product_rating_4_count": lambda world, one: one.ratings[3],
    "product_rating_5_count": lambda world, one: one.ratings[4],
    "product_sold_count": lambda world, one: one.sold,
    "shop_name": lambda world, one: world[SHOPS][one.shop_id].name,
}

REVIEW: dict[str, Callable[[World, ProductReview], object]] = {
    "product_name": lambda world, one: world[PRODUCTS][one.product_id].name,
    "review_text": lambda world, one: one.text,
    "review_like_count": lambda world, one: one.likes,
    "create_time": lambda world, one: int(one.created * 1_000),
    "review_rating": lambda world, one: RATINGS[one.stars - 1],
}
