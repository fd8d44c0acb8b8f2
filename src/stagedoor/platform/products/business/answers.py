"""Answers of authorization and ad accounts."""

from __future__ import annotations

from typing import Annotated

from ...model import OPEN, Answer, CommaList, Id, Secret, says
from ...vocabulary import AdvertiserStatus as AdvertiserStatus
from .common import Amount
from .common import PageInfo as PageInfo


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


class AccountToken(Answer):
    """The tokens of an account holder."""

    access_token: Annotated[Secret, says("for calls")]
    expires_in: Annotated[int, says("the access token lives so many seconds from now")]
    open_id: Annotated[str, says("the account; `business_id` in calls")]
    refresh_token: Annotated[Secret, says("for new tokens; it may change with each refresh")]
    refresh_token_expires_in: Annotated[
        int, says("the refresh token lives so many seconds from now; a refresh doesn't extend it")
    ]
    scope: Annotated[CommaList, says("what the account holder granted")] = ()
    token_type: str | None = None


class TokenInfo(Answer):
    """The account and the scopes of an account's token."""

    app_id: Id
    creator_id: Annotated[str, says("the account's open_id")] = ""
    scope: CommaList = ()
