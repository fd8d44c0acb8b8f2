"""Typed client for TikTok, sync and async, built from the declarations in `platform`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stagedoor import lazy_exports

if TYPE_CHECKING:
    from .archive import Archive, ArchiveLimits, SectionCount, UnknownKeys, read_archive
    from .business import AsyncTikTokBusiness, TikTokBusiness
    from .chunks import ChunkPlan, plan_chunks
    from .client import AsyncTikTok, TikTok
    from .events import hashed_user
    from .hosts import Hosts
    from .identifiers import (
        HashAlgorithm,
        IdentifierKind,
        Identifiers,
        check_identifiers,
        hash_identifier,
        hash_identifiers,
    )
    from .login import Connection, Login, begin_login, read_callback
    from .mediacheck import PhotoFacts, VideoFacts, check_photo, check_video
    from .pacing import Pacer, Pacing
    from .place import WalkPlace
    from .portability import Export
    from .post_steps import Post, Url
    from .progress import OnProgress, Progress, Stage
    from .qr import QrLogin
    from .retry import NO_RETRY, GiveUp, RetryAfter, RetryPolicy
    from .session import Answered
    from .source import Media, Source
    from .subscription_webhooks import SubscriptionDelivery, verify_subscription_webhook
    from .tokens import FileTokens, MemoryTokens, Tokens, TokenStore
    from .walking import AsyncWalking, Walking
    from .webhooks import RecentEvents, WebhookEvent, verify_webhook

_HOMES = {
    "Answered": "session",
    "Archive": "archive",
    "ArchiveLimits": "archive",
    "AsyncTikTok": "client",
    "AsyncTikTokBusiness": "business",
    "AsyncWalking": "walking",
    "ChunkPlan": "chunks",
    "Connection": "login",
    "Export": "portability",
    "FileTokens": "tokens",
    "GiveUp": "retry",
    "HashAlgorithm": "identifiers",
    "Hosts": "hosts",
    "IdentifierKind": "identifiers",
    "Identifiers": "identifiers",
    "Login": "login",
    "MemoryTokens": "tokens",
    "Media": "source",
    "NO_RETRY": "retry",
    "OnProgress": "progress",
    "Pacer": "pacing",
    "Pacing": "pacing",
    "PhotoFacts": "mediacheck",
    "Post": "post_steps",
    "Progress": "progress",
    "QrLogin": "qr",
    "RecentEvents": "webhooks",
    "RetryAfter": "retry",
    "RetryPolicy": "retry",
    "SectionCount": "archive",
    "Source": "source",
    "Stage": "progress",
    "SubscriptionDelivery": "subscription_webhooks",
    "TikTok": "client",
    "TikTokBusiness": "business",
    "TokenStore": "tokens",
    "Tokens": "tokens",
    "UnknownKeys": "archive",
    "Url": "post_steps",
    "VideoFacts": "mediacheck",
    "WalkPlace": "place",
    "Walking": "walking",
    "WebhookEvent": "webhooks",
    "begin_login": "login",
    "check_identifiers": "identifiers",
    "check_photo": "mediacheck",
    "check_video": "mediacheck",
    "hash_identifier": "identifiers",
    "hash_identifiers": "identifiers",
    "hashed_user": "events",
    "plan_chunks": "chunks",
    "read_archive": "archive",
    "read_callback": "login",
    "verify_subscription_webhook": "subscription_webhooks",
    "verify_webhook": "webhooks",
}
"""The module of each public name; a module is imported on first use of one of its names."""

__all__ = [
    "NO_RETRY",
    "Answered",
    "Archive",
    "ArchiveLimits",
    "AsyncTikTok",
    "AsyncTikTokBusiness",
    "AsyncWalking",
    "ChunkPlan",
    "Connection",
    "Export",
    "FileTokens",
    "GiveUp",
    "HashAlgorithm",
    "Hosts",
    "IdentifierKind",
    "Identifiers",
    "Login",
    "Media",
    "MemoryTokens",
    "OnProgress",
    "Pacer",
    "Pacing",
    "PhotoFacts",
    "Post",
    "Progress",
    "QrLogin",
    "RecentEvents",
    "RetryAfter",
    "RetryPolicy",
    "SectionCount",
    "Source",
    "Stage",
    "SubscriptionDelivery",
    "TikTok",
    "TikTokBusiness",
    "TokenStore",
    "Tokens",
    "UnknownKeys",
    "Url",
    "VideoFacts",
    "WalkPlace",
    "Walking",
    "WebhookEvent",
    "begin_login",
    "check_identifiers",
    "check_photo",
    "check_video",
    "hash_identifier",
    "hash_identifiers",
    "hashed_user",
    "plan_chunks",
    "read_archive",
    "read_callback",
    "verify_subscription_webhook",
    "verify_webhook",
]


if not TYPE_CHECKING:  # type checkers see only the imports above
    __getattr__, __dir__ = lazy_exports.of(__name__, _HOMES)
