"""Types that the requests and answers of all product groups share."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from ...bounds import AtMost
from ...errors import Case
from ...model import (
    FILLED,
    FILLED_BY_APP,
    FILLED_BY_APP_OR_TOKEN,
    Answer,
    AnyId,
    Request,
    Secret,
    says,
)
from ...paging import NumberedPaging
from ...reasons import formed

PREFIX = "/open_api/v1.3"
"""The first part of all paths."""
MAX_PLACES = 4
"""Decimal places of an amount of money in a request."""
MAX_DIGITS = 18


def _decimal(value: Any) -> Any:
    """A float as the number that its text shows, so that 0.1 stays 0.1."""
    return Decimal(repr(value)) if isinstance(value, float) else value


def _amount(value: Any) -> Any:
    """A number, or its text, which TikTok's samples have too, as a decimal."""
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, str):
        try:
            return Decimal(value)
        except InvalidOperation:
            raise ValueError("is no number") from None
    return _decimal(value)


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


_NUMBER = PlainSerializer(_number, when_used="json")
Money = Annotated[
    Decimal,
    BeforeValidator(_amount),
    Field(ge=0, allow_inf_nan=False, max_digits=MAX_DIGITS, decimal_places=MAX_PLACES),
    _NUMBER,
    WithJsonSchema({"type": "number", "minimum": 0}),
]
"""An amount of money in a request, 0 or more: a JSON number for TikTok. A float with more than four
decimal places is refused, since it is the trace of inexact arithmetic."""
Amount = Annotated[Decimal, BeforeValidator(_decimal), _NUMBER, WithJsonSchema({"type": "number"})]
"""An amount of money in an answer, exact."""

_MD5 = formed("^[0-9a-fA-F]{32}$", "should be an MD5: 32 characters of 0 to 9 and a to f")
Md5 = Annotated[str, Field(pattern=_MD5)]
"""The MD5 of a file, in hexadecimal digits."""

Ids = Annotated[tuple[AnyId, ...], AtMost(100)]
"""A list of ids in a request; at most 100, unless the field declares its own bound."""


class AdvertiserRequest(Request):
    """Base of requests that name one ad account."""

    advertiser_id: Annotated[
        AnyId, FILLED, says("the ad account; a client of `for_advertiser` fills it in")
    ] = ""


class AppRequest(Request):
    """Base of requests that the app authenticates by its id and secret."""

    app_id: Annotated[AnyId, FILLED_BY_APP, says("the app's id; the client fills it in")] = ""
    secret: Annotated[Secret, FILLED_BY_APP, says("the app's secret; the client fills it in")] = ""


class AppOrTokenRequest(AppRequest):
    """As `AppRequest`; TikTok also takes an account's token in the header instead of the secret."""

    secret: Annotated[
        Secret, FILLED_BY_APP_OR_TOKEN, says("the app's secret; the client fills it in")
    ] = ""


class ClientRequest(Request):
    """As `AppRequest`, under the names of OAuth."""

    client_id: Annotated[AnyId, FILLED_BY_APP, says("the app's id; the client fills it in")] = ""
    client_secret: Annotated[
        Secret, FILLED_BY_APP, says("the app's secret; the client fills it in")
    ] = ""


class AccountRequest(Request):
    """Base of requests that name one TikTok account."""

    business_id: Annotated[
        str, FILLED, says("the account's open_id; the client takes it from the tokens")
    ] = ""


class PageInfo(Answer):
    """The place of a page among all pages."""

    page: Annotated[int, says("from 1")] = 1
    page_size: int = 10
    total_number: Annotated[int, says("all matching rows")] = 0
    total_page: int = 0


PageNumber = Annotated[int, Field(ge=1), says("the page, from 1; default 1")]


def rows_up_to(most: int) -> Any:
    """Metadata of a `page_size` of at most `most` rows."""
    return Field(ge=1, le=most, description=f"rows of a page, at most {most:,}; default 10")


def numbered(most: int, items: str = "list") -> NumberedPaging:
    """Paging by `page` and `page_size` with `page_info` in the answer."""
    return NumberedPaging(items, most, total=("page_info", "total_page"))


def case(code: int, when: str) -> Case:
    """A documented error: HTTP 200 with this code."""
    return Case(200, str(code), when)


TOKEN_MISSING = case(40104, "Access-Token header missing or empty")
TOKEN_WRONG = case(40105, "token unknown or revoked")
TOKEN_EXPIRED = case(40102, "24 h account token expired")
NOT_YOURS = case(40001, "object or ad account not yours")
PARAMETER = case(40002, "parameter missing or wrong")
THROTTLED = case(40100, "app rate limit")
SYSTEM = case(50000, "system error")
WRONG_APP = case(40113, "wrong app id or secret")

COMMON = (TOKEN_MISSING, TOKEN_WRONG, NOT_YOURS, PARAMETER, THROTTLED, SYSTEM)
"""The errors of every call with an advertiser's token."""
COMMON_ACCOUNT = (*COMMON, TOKEN_EXPIRED)
"""The errors of every call with an account's token."""
COMMON_APP = (PARAMETER, WRONG_APP, THROTTLED, SYSTEM)
"""The errors of every call that the app authenticates by its secret."""
