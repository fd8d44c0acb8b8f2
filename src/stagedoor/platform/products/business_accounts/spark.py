"""Authorisation of an account's posts for ads: the codes of Spark ads."""

from __future__ import annotations

from dataclasses import replace
from enum import IntEnum, StrEnum
from typing import Annotated

from ...model import OPEN, Answer, AnyId, Id, says
from ...operation import AnyOf, OperationEffect, Resource, Retry
from ..business.common import COMMON_ACCOUNT, PREFIX, AccountRequest, case
from ..business.product import ACCOUNT_HOLDER


class AuthorizationDays(IntEnum):
    """How long a post may be used in ads."""

    WEEK = 7
    MONTH = 30
    TWO_MONTHS = 60
    HALF_YEAR = 180
    YEAR = 365


class SparkCodeStatus(StrEnum):
    """The state of a post's code."""

    NOT_USED = "NOT_USED"
    IN_USE = "IN_USE"
    EXPIRED = "EXPIRED"
    DELETED = "DELETED"


ItemId = Annotated[AnyId, says("the `item_id` of a post of the account")]


class SparkSetting(AccountRequest):
    """Whether a post may be used in ads."""

    item_id: ItemId
    is_ad_promotable: Annotated[bool, says("True makes a code; False ends it")]
    authorization_days: Annotated[
        AuthorizationDays | None, says("7, 30, 60, 180 or 365; default 30")
    ] = None


class SparkExtension(AccountRequest):
    """Days that are added to a post's code."""

    item_id: ItemId
    authorization_days: Annotated[
        AuthorizationDays | None, says("7, 30, 60, 180 or 365; default 30")
    ] = None


class SparkPost(AccountRequest):
    """A post whose code is read or deleted."""

    item_id: ItemId


class SparkCode(Answer):
    """A post's code, with which an ad account uses the post in ads."""

    item_id: Id | None = None
    auth_code: str | None = None
    auth_code_status: Annotated[SparkCodeStatus | str | None, OPEN] = None
    auth_code_start_time: Annotated[str | None, says("YYYY-MM-DD HH:MM:SS in UTC")] = None
    auth_code_end_time: Annotated[str | None, says("YYYY-MM-DD HH:MM:SS in UTC")] = None
    authorization_days: int | None = None


_SPARK = replace(ACCOUNT_HOLDER, resource=Resource.POSTING, scopes=AnyOf(("biz.spark.auth",)))
_SPARK_ERRORS = (
    *COMMON_ACCOUNT,
    case(40130, "the scope isn't granted"),
    case(40007, "unknown post"),
)

POST_AUTHORIZE_SETTING = _SPARK.operation(
    "post_authorize_setting",
    "POST",
    f"{PREFIX}/business/post/authorize/setting/",
    request=SparkSetting,
    response=SparkCode,
    summary="Let a post be used in ads by a code, or end that",
    action="Authorise posts for ads",
    effect=OperationEffect.WRITE,
    errors=_SPARK_ERRORS,
    source="business-accounts.yaml post_authorize_setting",
)

POST_AUTHORIZE = _SPARK.operation(
    "post_authorize",
    "POST",
    f"{PREFIX}/business/post/authorize/",
    request=SparkExtension,
    response=SparkCode,
    summary="Extend the life of a post's code for ads",
    action="Authorise posts for ads",
    effect=OperationEffect.WRITE,
    errors=_SPARK_ERRORS,
    source="business-accounts.yaml post_authorize",
)

POST_AUTHORIZE_STATUS = _SPARK.operation(
    "post_authorize_status",
    "GET",
    f"{PREFIX}/business/post/authorize/status/",
    request=SparkPost,
    response=SparkCode,
    summary="Read a post's code for ads",
    action="Read codes for ads",
    retry=Retry.SAFE,
    errors=_SPARK_ERRORS,
    confidence="medium",
    source="business-accounts.yaml post_authorize_status",
)

POST_AUTHORIZE_DELETE = _SPARK.operation(
    "post_authorize_delete",
    "POST",
    f"{PREFIX}/business/post/authorize/delete/",
    request=SparkPost,
    response=SparkCode,
    summary="Delete a post's code for ads",
    action="Authorise posts for ads",
    effect=OperationEffect.WRITE,
    errors=_SPARK_ERRORS,
    source="business-accounts.yaml post_authorize_delete",
)
