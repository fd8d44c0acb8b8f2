"""Research on TikTok Shop in the EU: shops, products, reviews (`research.yaml`)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from .display import known_fields
from .errors import case
from .model import REQUIRED_ANYWHERE, Answer, AnyId, Id, Request
from .operation import GIVEN, Auth, Operation, Resource, Retry
from .research import APPROVED, COMMON, GENERAL, FieldList

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
"""`review_rating`; only FIVE is documented."""


class Shop(Answer):
    """`shop_rating` is a decimal as text, `shop_performance_value` a score such as 90."""

    shop_id: Id | None = None
    shop_name: str | None = None
    shop_rating: str | None = None
    shop_review_count: int | None = None
    item_sold_count: int | None = None
    shop_performance_value: int | None = None


class Product(Answer):
    """`product_price` holds amounts with their currency, such as `20.79GBP`."""

    product_id: Id | None = None
    product_name: str | None = None
    product_description: str | None = None
    product_price: tuple[str, ...] = ()
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
    """`create_time` is in milliseconds, unlike everywhere else; `review_rating` is a word."""

    product_name: str | None = None
    review_text: str | None = None
    review_like_count: int | None = None
    create_time: int | None = None
    review_rating: str | None = None


class Shops(Answer):
    shop_data: tuple[Shop, ...] = ()


class Products(Answer):
    """A page; one shorter than `page_size` is the last."""

    product_data: tuple[Product, ...] = ()


class Reviews(Answer):
    """A page; one shorter than `page_size` is the last."""

    review_data: tuple[Review, ...] = ()


_Size = Annotated[int | None, Field(ge=1, le=MAX_PAGE)]
_Page = Annotated[int | None, Field(ge=1)]


class ShopQuery(Request):
    """`shop_name` is the exact name."""

    shop_name: Annotated[str, Field(min_length=1)]
    limit: _Size = None
    fields: Annotated[FieldList, REQUIRED_ANYWHERE] = SHOP_FIELDS

    @field_validator("fields")
    @classmethod
    def _are_known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return known_fields(names, SHOP_FIELDS)


class ProductQuery(Request):
    """`page_start` counts pages from 1."""

    shop_id: AnyId
    page_start: _Page = None
    page_size: _Size = None
    fields: Annotated[FieldList, REQUIRED_ANYWHERE] = PRODUCT_FIELDS

    @field_validator("fields")
    @classmethod
    def _are_known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return known_fields(names, PRODUCT_FIELDS)


class ReviewQuery(Request):
    """`page_start` counts pages from 1."""

    product_id: AnyId
    page_start: _Page = None
    page_size: _Size = None
    fields: Annotated[FieldList, REQUIRED_ANYWHERE] = REVIEW_FIELDS

    @field_validator("fields")
    @classmethod
    def _are_known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return known_fields(names, REVIEW_FIELDS)


_ERRORS = (case("invalid_params", "bad parameter or field"), *COMMON)
_ACTION = "Read public shops"

SHOP = Operation(
    id="research.shop",
    method="POST",
    path="/v2/research/tts/shop/",
    request=ShopQuery,
    response=Shops,
    summary="Find shops by name",
    resource=Resource.RESEARCH,
    action=_ACTION,
    auth=Auth.CLIENT_TOKEN,
    scopes=APPROVED,
    quota=GENERAL,
    retry=Retry.SAFE,
    errors=_ERRORS,
    source="research.yaml research_tts_shop",
    confidence="medium",
    surfaces=GIVEN,
)

PRODUCT = Operation(
    id="research.product",
    method="POST",
    path="/v2/research/tts/product/",
    request=ProductQuery,
    response=Products,
    summary="List a shop's products",
    resource=Resource.RESEARCH,
    action=_ACTION,
    auth=Auth.CLIENT_TOKEN,
    scopes=APPROVED,
    quota=GENERAL,
    retry=Retry.SAFE,
    errors=_ERRORS,
    source="research.yaml research_tts_product",
    confidence="medium",
    surfaces=GIVEN,
)

REVIEW = Operation(
    id="research.review",
    method="POST",
    path="/v2/research/tts/review/",
    request=ReviewQuery,
    response=Reviews,
    summary="List a product's reviews",
    resource=Resource.RESEARCH,
    action=_ACTION,
    auth=Auth.CLIENT_TOKEN,
    scopes=APPROVED,
    quota=GENERAL,
    retry=Retry.SAFE,
    errors=_ERRORS,
    source="research.yaml research_tts_review",
    confidence="medium",
    surfaces=GIVEN,
)
