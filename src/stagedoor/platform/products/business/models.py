"""Requests of authorization and ad accounts."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ...bounds import MAX_FIELDS, AtMost
from ...model import AnyId, Request, Secret, fields_of, says
from .answers import AdvertiserAccount
from .common import AppRequest

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
