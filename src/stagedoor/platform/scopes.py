"""Scopes that a creator can grant to an app (`oauth.yaml`, scopes)."""

from __future__ import annotations

from enum import StrEnum

from .records import frozen


class Scope(StrEnum):
    """A scope that a creator can grant to an app; a plain string is accepted in its place."""

    USER_INFO_BASIC = "user.info.basic"
    USER_INFO_PROFILE = "user.info.profile"
    USER_INFO_STATS = "user.info.stats"
    VIDEO_LIST = "video.list"
    VIDEO_PUBLISH = "video.publish"
    VIDEO_UPLOAD = "video.upload"
    PORTABILITY_ALL_SINGLE = "portability.all.single"
    PORTABILITY_ALL_ONGOING = "portability.all.ongoing"
    PORTABILITY_POSTS_SINGLE = "portability.postsandprofile.single"
    PORTABILITY_POSTS_ONGOING = "portability.postsandprofile.ongoing"
    PORTABILITY_ACTIVITY_SINGLE = "portability.activity.single"
    PORTABILITY_ACTIVITY_ONGOING = "portability.activity.ongoing"
    PORTABILITY_MESSAGES_SINGLE = "portability.directmessages.single"
    PORTABILITY_MESSAGES_ONGOING = "portability.directmessages.ongoing"
    RESEARCH_BASIC = "research.data.basic"
    RESEARCH_U18_EU = "research.data.u18eu"
    RESEARCH_VETTED = "research.data.vra"
    RESEARCH_ADLIB = "research.adlib.basic"
    LOCAL_PRODUCT_MANAGE = "local.product.manage"
    LOCAL_SHOP_MANAGE = "local.shop.manage"
    LOCAL_VOUCHER_MANAGE = "local.voucher.manage"
    ARTIST_CERTIFICATION_READ = "artist.certification.read"
    ARTIST_CERTIFICATION_UPDATE = "artist.certification.update"
    MINIS_PUBLIC_UPSERT = "minis.public.upsert"
    USER_INFO_OPEN_ID = "user.info.open_id"
    USER_INFO_USERNAME = "user.info.username"
    LIVE_ROOM_INFO = "live.room.info"
    LIVE_ROOM_MANAGE = "live.room.manage"


@frozen
class ScopeText:
    """A scope's wording on the consent page, and whether the person may deselect it."""

    title: str
    toggleable: bool = True


BASIC_TITLE = "Read your profile info (avatar, display name)"

CONSENT: dict[Scope, ScopeText] = {
    Scope.USER_INFO_BASIC: ScopeText(BASIC_TITLE, toggleable=False),
    Scope.USER_INFO_PROFILE: ScopeText(
        "Read access to your additional profile information, such as bio description, profile link "
        "and verification status"
    ),
    Scope.USER_INFO_STATS: ScopeText(
        "Read access to your profile engagement statistics: likes, followers, following, videos"
    ),
    Scope.VIDEO_LIST: ScopeText("Read your public videos on TikTok"),
    Scope.VIDEO_PUBLISH: ScopeText("Post content to TikTok"),
    Scope.VIDEO_UPLOAD: ScopeText("Share content to your TikTok inbox as a draft"),
}
"""A scope outside this table is shown by its name."""

USER_SCOPES: tuple[Scope, ...] = tuple(CONSENT)
"""Scopes that a person can grant through Login Kit without a separate application."""


SINGLE_USE = frozenset(scope for scope in Scope if scope.endswith(".single"))
"""Scopes that are valid for one request each (`portability.yaml` scope_consumption)."""

PORTABILITY_SCOPES = tuple(scope for scope in Scope if scope.startswith("portability."))
"""Granted to apps that applied for Data Portability."""


def consent_text(scope: str) -> ScopeText:
    try:
        return CONSENT[Scope(scope)]
    except (KeyError, ValueError):
        return ScopeText(scope)


def implied(granted: frozenset[str]) -> frozenset[str]:
    """`granted`, with user.info.basic where any user.info scope is.

    A widely used login library asks for user.info.profile alone and then reads basic fields
    (`oauth.yaml`, scopes, user.info.basic).
    """
    if any(name in granted for name in (Scope.USER_INFO_PROFILE, Scope.USER_INFO_STATS)):
        return granted | {Scope.USER_INFO_BASIC}
    return granted
