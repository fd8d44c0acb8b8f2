"""Answers of authorization and ad accounts."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from ...model import OPEN, Answer, Id, Secret, says
from .common import Amount
from .common import PageInfo as PageInfo


class AdvertiserStatus(StrEnum):
    """The state of an ad account."""

    DISABLE = "STATUS_DISABLE"
    PENDING_CONFIRM = "STATUS_PENDING_CONFIRM"
    PENDING_VERIFIED = "STATUS_PENDING_VERIFIED"
    CONFIRM_FAIL = "STATUS_CONFIRM_FAIL"
    ENABLE = "STATUS_ENABLE"
    CONFIRM_FAIL_END = "STATUS_CONFIRM_FAIL_END"
    PENDING_CONFIRM_MODIFY = "STATUS_PENDING_CONFIRM_MODIFY"
    CONFIRM_MODIFY_FAIL = "STATUS_CONFIRM_MODIFY_FAIL"
    LIMIT = "STATUS_LIMIT"
    WAIT_FOR_BPM_AUDIT = "STATUS_WAIT_FOR_BPM_AUDIT"
    WAIT_FOR_PUBLIC_AUTH = "STATUS_WAIT_FOR_PUBLIC_AUTH"
    SELF_SERVICE_UNAUDITED = "STATUS_SELF_SERVICE_UNAUDITED"
    CONTRACT_PENDING = "STATUS_CONTRACT_PENDING"


class AdvertiserToken(Answer):
    """An advertiser's token. It doesn't expire, and it can't be refreshed."""

    access_token: Annotated[Secret, says("for calls, until it is revoked")]
    advertiser_ids: Annotated[tuple[Id, ...] | None, says("the ad accounts that it reaches")] = None
    scope: Annotated[tuple[int, ...], says("the ids of the permissions that were granted")] = ()
    token_type: str | None = None


class AuthorizedAdvertiser(Answer):
    """An ad account that the token reaches."""

    advertiser_id: Id
    advertiser_name: str = ""


class AuthorizedAdvertisers(Answer):
    """The ad accounts that the token reaches, in one answer."""

    list: tuple[AuthorizedAdvertiser, ...] = ()


class TokenRevoked(Answer):
    """The revoked token's app, and the ad accounts that the token reached."""

    app_id: Id | None = None
    advertiser_ids: tuple[Id, ...] = ()


class AdvertiserAccount(Answer):
    """An ad account. Contact data is masked by TikTok."""

    advertiser_id: Id
    name: str | None = None
    status: Annotated[AdvertiserStatus | str | None, OPEN] = None
    role: str | None = None
    rejection_reason: str | None = None
    currency: Annotated[str | None, says("ISO 4217")] = None
    timezone: Annotated[str | None, says("an offset's name, such as Etc/GMT+8")] = None
    display_timezone: Annotated[str | None, says("an IANA name, such as Asia/Tokyo")] = None
    country: str | None = None
    language: str | None = None
    industry: Annotated[str | None, says("a numeric code")] = None
    company: str | None = None
    address: str | None = None
    advertiser_account_type: Annotated[str | None, says("AUCTION or RESERVATION")] = None
    owner_bc_id: Annotated[Id | None, says("only for an admin of the Business Center")] = None
    balance: Amount | None = None
    contacter: str | None = None
    email: str | None = None
    cellphone_number: str | None = None
    telephone_number: str | None = None
    license_no: str | None = None
    license_url: Annotated[str | None, says("valid for an hour")] = None
    create_time: Annotated[int | None, says("Unix seconds")] = None
    company_name_editable: bool | None = None
    can_use_custom_identity: bool | None = None
    ads_only_mode: bool | None = None


class AdvertiserAccounts(Answer):
    """Ad accounts with their details."""

    list: tuple[AdvertiserAccount, ...] = ()


class BusinessUser(Answer):
    """The person who authorised the app."""

    core_user_id: Id
    display_name: str | None = None
    email: Annotated[str | None, says("masked")] = None
    create_time: Annotated[int | None, says("Unix seconds")] = None
    avatar_url: str | None = None
