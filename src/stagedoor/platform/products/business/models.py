"""Requests of authorization and ad accounts."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ...bounds import MAX_FIELDS, AtMost
from ...model import FILLED_BY_APP, AnyId, Request, Secret, fields_of, says
from .answers import AdvertiserAccount
from .common import AppRequest, ClientRequest

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
