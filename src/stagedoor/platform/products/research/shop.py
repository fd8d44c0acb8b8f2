"""Research on TikTok Shop in the EU: shops, products, reviews (`research.yaml`)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ...errors import case
from ...model import REQUIRED_ANYWHERE, Answer, AnyId, Id, Request, fields_of, says
from ...operation import Retry
from ...paging import NumberedPaging
from .models import FieldList
from .operations import COMMON, RESEARCH

MAX_PAGE = 10

SHOP_FIELDS = (
    "shop_name",
    "shop_rating",
    "shop_review_count",
    "item_sold_count",
    "shop_id",
    "shop_performance_value",
)
PRODUCT_FIELDS = (
    "product_id",
    "product_name",
    "product_description",
    "product_price",
    "product_sold_count",
    "product_review_count",
    "product_rating",
    "product_rating_1_count",
    "product_rating_2_count",
    "product_rating_3_count",
    "product_rating_4_count",
    "product_rating_5_count",
    "shop_name",
)
REVIEW_FIELDS = (
    "product_name",
    "review_text",
    "review_like_count",
    "create_time",
    "review_rating",
)
RATINGS = ("ONE", "TWO", "THREE", "FOUR", "FIVE")
"""Values of `review_rating`; only FIVE is documented."""


class Shop(Answer):
    """A shop."""

    shop_id: Id | None = None
    shop_name: str | None = None
    shop_rating: Annotated[str | None, says("a decimal as text")] = None
    shop_review_count: int | None = None
    item_sold_count: int | None = None
    shop_performance_value: Annotated[int | None, says("a score such as 90")] = None


class Product(Answer):
    """A product of a shop."""

    product_id: Id | None = None
    product_name: str | None = None
    product_description: str | None = None
    product_price: Annotated[
        tuple[str, ...], says("amounts with their currency, such as 20.79GBP")
    ] = ()
    product_rating: str | None = None
    product_review_count: int | None = None
    product_rating_1_count: int | None = None
    product_rating_2_count: int | None = None
    product_rating_3_count: int | None = None
    product_rating_4_count: int | None = None
    product_rating_5_count: int | None = None
    product_sold_count: int | None = None
    shop_name: str | None = None


class Review(Answer):
    """A review of a product."""

    product_name: str | None = None
    review_text: str | None = None
    review_like_count: int | None = None
    create_time: Annotated[int | None, says("in Unix milliseconds, unlike everywhere else")] = None
    review_rating: Annotated[str | None, says("a word")] = None


class Shops(Answer):
    """The shops with the requested name."""

    shop_data: tuple[Shop, ...] = ()


class Products(Answer):
    """A page of products; a page shorter than `page_size` is the last."""

    product_data: tuple[Product, ...] = ()


class Reviews(Answer):
    """A page of reviews; a page shorter than `page_size` is the last."""

    review_data: tuple[Review, ...] = ()


_Size = Annotated[int | None, Field(ge=1, le=MAX_PAGE)]
_Page = Annotated[int | None, Field(ge=1)]


class ShopQuery(Request):
    """Which shops."""

    shop_name: Annotated[str, Field(min_length=1), says("the shop's exact name")]
    limit: Annotated[_Size, says("how many shops to give at most")] = None
    fields: Annotated[
        FieldList,
        fields_of(Shop),
        REQUIRED_ANYWHERE,
        says("which fields to read; the others are None in the answer"),
    ] = SHOP_FIELDS


class ProductQuery(Request):
    """Which page of products."""

    shop_id: Annotated[AnyId, says("the shop's id")]
    page_start: Annotated[_Page, says("the page's number, from 1")] = None
    page_size: Annotated[_Size, says("how many a page holds at most")] = None
    fields: Annotated[
        FieldList,
        fields_of(Product),
        REQUIRED_ANYWHERE,
        says("which fields to read; the others are None in the answer"),
    ] = PRODUCT_FIELDS


class ReviewQuery(Request):
    """Which page of reviews."""

    product_id: Annotated[AnyId, says("the product's id")]
    page_start: Annotated[_Page, says("the page's number, from 1")] = None
    page_size: Annotated[_Size, says("how many a page holds at most")] = None
    fields: Annotated[
        FieldList,
        fields_of(Review),
        REQUIRED_ANYWHERE,
        says("which fields to read; the others are None in the answer"),
    ] = REVIEW_FIELDS


_ERRORS = (case("invalid_params", "bad parameter or field"), *COMMON)
_ACTION = "Read public shops"

SHOP = RESEARCH.operation(
    "shop",
    "POST",
    "/v2/research/tts/shop/",
    request=ShopQuery,
    response=Shops,
    summary="Find shops by name",
    action=_ACTION,
    retry=Retry.SAFE,
    errors=_ERRORS,
    source="research.yaml research_tts_shop",
    confidence="medium",
)

PRODUCT = RESEARCH.operation(
    "product",
    "POST",
    "/v2/research/tts/product/",
    request=ProductQuery,
    response=Products,
    summary="List a shop's products",
    action=_ACTION,
    paging=NumberedPaging("product_data", MAX_PAGE, page="page_start"),
    retry=Retry.SAFE,
    errors=_ERRORS,
    source="research.yaml research_tts_product",
    confidence="medium",
)

REVIEW = RESEARCH.operation(
    "review",
    "POST",
    "/v2/research/tts/review/",
    request=ReviewQuery,
    response=Reviews,
    summary="List a product's reviews",
    action=_ACTION,
    paging=NumberedPaging("review_data", MAX_PAGE, page="page_start"),
    retry=Retry.SAFE,
    errors=_ERRORS,
    source="research.yaml research_tts_review",
    confidence="medium",
)
