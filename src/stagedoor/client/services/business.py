"""Authorization and ad accounts of TikTok API for Business."""

from __future__ import annotations

from stagedoor.platform.products import business

from ..service import Call, M, Service


class BusinessOAuth(Service[M]):
    """Connecting and disconnecting ad accounts and TikTok accounts."""

    exchange_auth_code = Call(business.OAUTH2_ACCESS_TOKEN)
    revoke_token = Call(business.OAUTH2_REVOKE_TOKEN)


class Advertisers(Service[M]):
    """Ad accounts, and the person who authorised the app."""

    list = Call(business.OAUTH2_ADVERTISER_GET)
    info = Call(business.ADVERTISER_INFO)
    user = Call(business.BUSINESS_USER_INFO)
