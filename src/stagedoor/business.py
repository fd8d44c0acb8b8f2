"""Short import path for the parameter and result types of TikTok API for Business."""

from .platform.operation import Tier
from .platform.products.business import (
    AdvertiserAccount,
    AdvertiserAccounts,
    AdvertiserStatus,
    AdvertiserToken,
    AuthorizedAdvertiser,
    AuthorizedAdvertisers,
    BusinessUser,
    TokenRevoked,
)

__all__ = [
    "AdvertiserAccount",
    "AdvertiserAccounts",
    "AdvertiserStatus",
    "AdvertiserToken",
    "AuthorizedAdvertiser",
    "AuthorizedAdvertisers",
    "BusinessUser",
    "Tier",
    "TokenRevoked",
]
