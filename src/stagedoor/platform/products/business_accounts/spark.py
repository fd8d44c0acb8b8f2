"""Authorisation of an account's posts for ads: the codes of Spark ads."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Annotated

from ...model import OPEN, Answer, AnyId, Id, says
from ..business.common import AccountRequest


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
