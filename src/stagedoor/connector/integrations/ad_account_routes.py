"""The ad accounts that the connected persons reach."""

from __future__ import annotations

from typing import Annotated

from ..api import CallerIs, needs, router
from ..apps.errors import SecretLost
from ..documented import raises
from ..provided import provided
from ..shapes import ResponseModel
from ..tenants.roles import Role
from .ad_accounts import AdAccounts
from .tiktok_errors import TIKTOK_ERRORS

ROUTER = router(prefix="/api/ads", tags=["ads"])


class AdAccountShown(ResponseModel):
    account_id: str
    """The advertiser's id, which the other routes of ads take as `accountId`."""
    name: str
    """The ad account's name at TikTok."""
    currency: str | None
    """ISO 4217, such as USD; all amounts of the ad account are in it."""
    timezone: str | None
    """IANA name, such as America/New_York; days of budgets and reports begin at its midnight."""
    status: str | None
    """TikTok's word, such as STATUS_ENABLE or STATUS_LIMIT."""
    balance: str | None
    """The money that is left, as a decimal number in the currency."""
    integration_id: str
    """The integration whose ads credential reaches the ad account."""


class AdAccountsShown(ResponseModel):
    accounts: list[AdAccountShown]
    """Every ad account that a usable ads credential of the organisation reaches."""


@ROUTER.get("/accounts", dependencies=[needs(Role.VIEWER)])
@raises(SecretLost, *TIKTOK_ERRORS)
def list_ad_accounts(
    caller: CallerIs, ad_accounts: Annotated[AdAccounts, provided(AdAccounts)]
) -> AdAccountsShown:
    """List the ad accounts (advertisers) that the organisation reaches, as TikTok described them
    within the last minute."""
    found = ad_accounts.of_org(caller.org)
    return AdAccountsShown(
        accounts=[
            AdAccountShown(
                account_id=one.id,
                name=one.name,
                currency=one.currency,
                timezone=one.timezone,
                status=one.status,
                balance=None if one.balance is None else str(one.balance),
                integration_id=one.integration_id,
            )
            for one in found
        ]
    )
