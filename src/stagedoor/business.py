"""Short import path for the parameter and result types of TikTok API for Business."""

from .client.business_login import AdvertiserConnection
from .platform.operation import Tier
from .platform.products.business import (
    AccountToken,
    AdvertiserAccount,
    AdvertiserAccounts,
    AdvertiserStatus,
    AdvertiserToken,
    AssetFilter,
    AssetType,
    AuthorizedAdvertiser,
    AuthorizedAdvertisers,
    BusinessUser,
    Center,
    CenterAsset,
    CenterAssets,
    CenterInfo,
    Centers,
    ExtendedRole,
    PageInfo,
    TokenInfo,
    TokenRevoked,
)

__all__ = [
    "AccountToken",
    "AdvertiserAccount",
    "AdvertiserAccounts",
    "AdvertiserConnection",
    "AdvertiserStatus",
    "AdvertiserToken",
    "AssetFilter",
    "AssetType",
    "AuthorizedAdvertiser",
    "AuthorizedAdvertisers",
    "BusinessUser",
    "Center",
    "CenterAsset",
    "CenterAssets",
    "CenterInfo",
    "Centers",
    "ExtendedRole",
    "PageInfo",
    "Tier",
    "TokenInfo",
    "TokenRevoked",
]
