"""Permissions of an advertiser's token: numeric ids in a tree (`business.yaml`, scopes_numeric)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

PERMISSIONS: Mapping[str, tuple[str | None, str]] = {
    "1": (None, "Ad account management"),
    "10": ("1", "Ad account information"),
    "100": ("10", "Read ad account information"),
    "15": ("1", "Business Center"),
    "150": ("15", "Read Business Center"),
    "153": ("15", "Business Center asset"),
    "156": ("15", "Business Center member"),
    "2": (None, "Ads management"),
    "20": ("2", "Campaign"),
    "200": ("20", "Read campaigns"),
    "201": ("20", "Write campaigns"),
    "21": ("2", "Ad group"),
    "210": ("21", "Read ad groups"),
    "211": ("21", "Write ad groups"),
    "22": ("2", "Ad"),
    "220": ("22", "Read ads"),
    "221": ("22", "Write ads"),
    "3": (None, "Audience management"),
    "30": ("3", "Read custom audiences"),
    "31": ("3", "Write custom audiences"),
    "32": ("3", "Share custom audiences"),
    "4": (None, "Reporting"),
    "40": ("4", "Ad account level"),
    "41": ("4", "Campaign level"),
    "42": ("4", "Ad group level"),
    "43": ("4", "Ad level"),
    "44": ("4", "Consolidated report"),
    "5": (None, "Measurement"),
    "50": ("5", "Report app event"),
    "51": ("5", "Report pixel event"),
    "7224195155857866754": ("5", "Report conversion event"),
    "6": (None, "Creative management"),
    "60": ("6", "Image management"),
    "600": ("60", "Read images"),
    "601": ("60", "Write images"),
    "61": ("6", "Video management"),
    "610": ("61", "Read videos"),
    "611": ("61", "Write videos"),
    "612": ("61", "Video thumbnails"),
    "69": ("6", "TikTok posts management"),
    "690": ("69", "Read posts"),
    "691": ("69", "Manage posts"),
    "692": ("69", "Create identity"),
    "693": ("69", "Query identity"),
    "7176833266039685122": ("6", "File name check"),
    "13000000": (None, "Creator Marketplace (advertiser side)"),
    "13010000": ("13000000", "Write TCM"),
    "13020000": ("13000000", "Read TCM"),
    "13030000": ("13000000", "Creator status and invite"),
    "13040000": ("13000000", "Spark authorisation requests"),
    "14000000": (None, "TikTok creator (account side)"),
    "14010000": ("14000000", "Creator information"),
    "14010200": ("14010000", "Creator insights"),
    "14020000": ("14000000", "Creator posts"),
    "14020100": ("14020000", "Creator media"),
    "15000000": (None, "Ad comments"),
    "18000000": (None, "TikTok accounts"),
    "18010000": ("18000000", "Account information"),
    "18010100": ("18010000", "Account basics"),
    "18020000": ("18000000", "Account media"),
    "18030000": ("18000000", "Account comments"),
    "18030100": ("18030000", "Read comments"),
    "18030200": ("18030000", "Manage comments"),
    "7044139020472942593": ("18000000", "Account content (publish)"),
}
"""Parent and name by id. A permission includes those below it."""

ACCOUNT_SCOPES: Mapping[str, str] = {
    "user.info.basic": "Read your name and picture",
    "user.info.username": "Read your handle",
    "user.info.profile": "Read your bio, profile link and verification",
    "user.info.stats": "Read your numbers of followers, likes and videos",
    "user.account.type": "Read whether yours is a business account",
    "user.insights": "Read insights about your account and audience",
    "video.list": "Read your posts with their likes, comments and shares",
    "video.insights": "Read insights about your posts",
    "video.publish": "Publish posts",
    "video.upload": "Upload drafts",
    "comment.list": "Read comments on your posts",
    "comment.list.manage": "Write, like, hide, pin and delete comments",
    "biz.spark.auth": "Authorise your posts for ads",
    "biz.brand.insights": "Read mentions of your brand",
    "message.list.read": "Read your direct messages",
    "message.list.send": "Send direct messages",
    "message.list.manage": "Manage your direct messages",
    "tto.campaign.link": "Join campaigns of TikTok One and link videos",
    "biz.creator.info": "Read basics of you as a creator for brands",
    "biz.creator.insights": "Read insights about you as a creator for brands",
    "business.creator.insights": "Read insights and comments for brands",
}
"""Scopes of an account holder, with their wording (`business.yaml`, scopes_string)."""

ACCOUNT_BASICS = (
    "user.info.basic",
    "user.info.username",
    "user.info.profile",
    "user.info.stats",
    "video.list",
    "comment.list",
)
"""The scopes that an account holder is asked for by default."""

CONSOLIDATED_REPORT = "44"
"""The permission for reports, and for news of changes of reports."""

ROOTS = tuple(name for name, (parent, _) in PERMISSIONS.items() if parent is None)


def includes(granted: Iterable[str], wanted: str) -> bool:
    """Whether the granted permissions include `wanted`, by itself or by one above it."""
    held = set(granted)
    above: str | None = wanted
    while above is not None:
        if above in held:
            return True
        above = PERMISSIONS.get(above, (None, ""))[0]
    return False
