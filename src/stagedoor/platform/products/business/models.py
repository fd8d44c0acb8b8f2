"""Requests of authorization and ad accounts."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from ...bounds import MAX_FIELDS, AtMost
from ...model import FILLED_BY_APP, OPEN, AnyId, Request, Secret, declared, fields_of, says
from .answers import AdvertiserAccount
from .common import AppRequest, ClientRequest, PageNumber, rows_up_to

FieldNames = Annotated[tuple[str, ...], AtMost(MAX_FIELDS), fields_of(AdvertiserAccount)]


class PortalAuth(Request):
    """Query of the page where a person lets an app use ad accounts."""

    app_id: Annotated[AnyId, says("the app's id")]
    redirect_uri: Annotated[str, says("one of the app's advertiser redirect URLs")]
    state: str | None = None
    rid: str | None = None


class AuthCode(AppRequest):
    """A code to be turned into an advertiser's token."""

    auth_code: Annotated[Secret, says("the code of the callback; it works once, for an hour")]
    return_advertiser_ids: Annotated[
        bool | None, says("False leaves `advertiser_ids` out, for thousands of ad accounts")
    ] = None


class OwnAdvertisers(AppRequest):
    """The app whose authorised ad accounts are listed."""


class TokenRevocation(AppRequest):
    """A request to revoke an advertiser's token."""

    access_token: Annotated[Secret, says("the token to revoke")]


class AdvertiserQuery(Request):
    """The ad accounts to read, and their fields."""

    advertiser_ids: Annotated[
        tuple[AnyId, ...], AtMost(100), Field(min_length=1), says("the ad accounts, at most 100")
    ]
    fields: Annotated[
        FieldNames | None,
        says(
            "default all but company_name_editable, can_use_custom_identity and ads_only_mode; "
            "with one of these three, only the named ones of them are answered"
        ),
    ] = None


class Nothing(Request):
    """A request without fields."""


GrantType = Annotated[str, says("TikTok takes only the default")]


class OAuthCode(ClientRequest):
    """A code of the portal page, under the names of OAuth."""

    code: Annotated[Secret, says("the code of the callback; it works once, for an hour")]
    grant_type: GrantType = "authorization_code"


class AccountCode(ClientRequest):
    """A code of the consent page to be turned into an account's tokens."""

    auth_code: Annotated[Secret, says("the code of the callback, decoded; it works once")]
    redirect_uri: Annotated[str, says("the redirect URI of the login")]
    grant_type: GrantType = "authorization_code"


class AccountRefresh(ClientRequest):
    """An account's refresh token to be turned into new tokens."""

    refresh_token: Annotated[Secret, says("the account's refresh token")]
    grant_type: GrantType = "refresh_token"


class AccountRevocation(ClientRequest):
    """A request to end the app's access to an account."""

    access_token: Annotated[Secret, says("the account's access token")]


class TokenInfoQuery(Request):
    """The account token to describe."""

    app_id: Annotated[AnyId, FILLED_BY_APP, says("the app's id; the client fills it in")] = ""
    access_token: Annotated[Secret, says("the account's access token")]


class CenterQuery(Request):
    """The Business Centers to list."""

    bc_id: Annotated[AnyId | None, says("one Business Center; default all of the person")] = None
    page: Annotated[PageNumber | None, says("the page, from 1; default 1")] = None
    page_size: Annotated[int | None, rows_up_to(50)] = None


class AssetType(StrEnum):
    """The kind of an asset of a Business Center."""

    ADVERTISER = "ADVERTISER"
    CATALOG = "CATALOG"
    TIKTOK_SHOP = "TIKTOK_SHOP"
    PIXEL = "PIXEL"
    LEAD = "LEAD"
    TT_ACCOUNT = "TT_ACCOUNT"
    MANAGED_BUSINESS_ACCOUNT = "MANAGED_BUSINESS_ACCOUNT"


class AssetFilter(Request):
    """Which assets are listed; every member that is given must fit."""

    keyword: Annotated[str | None, says("a part of the asset's name or id")] = None
    user_id: Annotated[str | None, says("a member who has the asset")] = None
    user_email: Annotated[str | None, says("the e-mail address of such a member")] = None


class AssetQuery(Request):
    """The assets of a Business Center to list."""

    bc_id: Annotated[AnyId, says("the Business Center")]
    asset_type: Annotated[AssetType | str, OPEN, declared(AssetType), says("the kind of assets")]
    filtering: Annotated[AssetFilter | None, says("what the listed assets have in common")] = None
    page: Annotated[PageNumber | None, says("the page, from 1; default 1")] = None
    page_size: Annotated[int | None, rows_up_to(50)] = None


class CenterRole(StrEnum):
    """A member's role in a Business Center."""

    ADMIN = "ADMIN"
    STANDARD = "STANDARD"


class MemberStatus(StrEnum):
    """The state of a member's invitation."""

    BOUND = "BOUND"
    PENDING = "PENDING"
    REJECTED = "REJECTED"


class MemberFilter(Request):
    """Which members are listed; every member of the filter that is given must fit."""

    keyword: Annotated[str | None, says("a part of the person's name or e-mail address")] = None
    user_role: Annotated[CenterRole | str | None, OPEN, declared(CenterRole), says("the role")] = (
        None
    )
    relation_status: Annotated[
        MemberStatus | str | None,
        OPEN,
        declared(MemberStatus),
        says("the state of the invitation"),
    ] = None


class MemberQuery(Request):
    """The members of a Business Center to list."""

    bc_id: Annotated[AnyId, says("the Business Center")]
    filtering: Annotated[MemberFilter | None, says("what the listed members have in common")] = None
    page: Annotated[PageNumber | None, says("the page, from 1; default 1")] = None
    page_size: Annotated[int | None, rows_up_to(50)] = None
