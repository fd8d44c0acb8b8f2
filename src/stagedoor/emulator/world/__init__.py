"""The one world behind every product of the emulator: its entities, its time, its seeds.

A video published through Content Posting, listed by Display and shown by oEmbed is one `Video`
here. Entities are plain data; behaviour stands in the product folders. Everything is changed on
one thread, between awaits, so a change is never seen half done.
"""

from .clock import Clock, Timer
from .community import Comment, Follow, Like, Playlist, Repost
from .entities import (
    AccessToken,
    Ad,
    Advertiser,
    App,
    AuthCode,
    Creator,
    Delivery,
    Developer,
    Export,
    Grant,
    Publish,
    QrLogin,
    RefreshToken,
    Share,
    Upload,
    UrlProperty,
    Video,
)
from .faults import Fault, FaultKind
from .research import Search, Spent, Validation
from .shop import Product, Review, Shop
from .world import Seen, World

__all__ = [
    "AccessToken",
    "Ad",
    "Advertiser",
    "App",
    "AuthCode",
    "Clock",
    "Comment",
    "Creator",
    "Delivery",
    "Developer",
    "Export",
    "Fault",
    "FaultKind",
    "Follow",
    "Grant",
    "Like",
    "Playlist",
    "Product",
    "Publish",
    "QrLogin",
    "RefreshToken",
    "Repost",
    "Review",
    "Search",
    "Seen",
    "Share",
    "Shop",
    "Spent",
    "Timer",
    "Upload",
    "UrlProperty",
    "Validation",
    "Video",
    "World",
]
