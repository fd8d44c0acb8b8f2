"""How to call TikTok: typed methods, sync and async, from the declarations in `platform`."""

from .chunks import ChunkPlan, plan_chunks
from .client import AsyncTikTok, TikTok
from .hosts import Hosts
from .login import Connection, Login, begin_login, read_callback
from .mediacheck import PhotoFacts, VideoFacts, check_photo, check_video
from .pacing import Pacer
from .progress import OnProgress, Progress, Stage
from .publish import Post, Url
from .retry import NO_RETRY, GiveUp, RetryAfter, RetryPolicy
from .tokens import FileTokens, MemoryTokens, Tokens, TokenStore
from .webhooks import RecentEvents, WebhookEvent, verify_webhook

__all__ = [
    "NO_RETRY",
    "AsyncTikTok",
    "ChunkPlan",
    "Connection",
    "FileTokens",
    "GiveUp",
    "Hosts",
    "Login",
    "MemoryTokens",
    "OnProgress",
    "Pacer",
    "PhotoFacts",
    "Post",
    "Progress",
    "RecentEvents",
    "RetryAfter",
    "RetryPolicy",
    "Stage",
    "TikTok",
    "TokenStore",
    "Tokens",
    "Url",
    "VideoFacts",
    "WebhookEvent",
    "begin_login",
    "check_photo",
    "check_video",
    "plan_chunks",
    "read_callback",
    "verify_webhook",
]
