"""Stagedoor: everything that apps, teams and AI agents need to work with TikTok.

This package is the client; what it offers is loaded when it is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from . import embeds as embeds
    from . import errors as errors
    from . import records as records
    from . import sharing as sharing
    from .client import (
        NO_RETRY,
        Answered,
        Archive,
        ArchiveLimits,
        AsyncTikTok,
        Connection,
        Export,
        FileTokens,
        Hosts,
        Login,
        MemoryTokens,
        Pacer,
        Post,
        Progress,
        QrLogin,
        RecentEvents,
        RetryPolicy,
        Stage,
        TikTok,
        Tokens,
        TokenStore,
        Url,
        WebhookEvent,
        begin_login,
        check_photo,
        check_video,
        plan_chunks,
        read_archive,
        verify_webhook,
    )
    from .platform.portability import Category, DataFormat, ExportStatus
    from .platform.posting import FailReason, PrivacyLevel, PublishStatus
    from .platform.research_query import Where
    from .platform.scopes import Scope

_FROM_PLATFORM = {
    "Category": "portability",
    "DataFormat": "portability",
    "ExportStatus": "portability",
    "FailReason": "posting",
    "PrivacyLevel": "posting",
    "PublishStatus": "posting",
    "Scope": "scopes",
    "Where": "research_query",
}

__all__ = [
    "NO_RETRY",
    "Answered",
    "Archive",
    "ArchiveLimits",
    "AsyncTikTok",
    "Category",
    "Connection",
    "DataFormat",
    "Export",
    "ExportStatus",
    "FailReason",
    "FileTokens",
    "Hosts",
    "Login",
    "MemoryTokens",
    "Pacer",
    "Post",
    "PrivacyLevel",
    "Progress",
    "PublishStatus",
    "QrLogin",
    "RecentEvents",
    "RetryPolicy",
    "Scope",
    "Stage",
    "TikTok",
    "TokenStore",
    "Tokens",
    "Url",
    "WebhookEvent",
    "Where",
    "begin_login",
    "check_photo",
    "check_video",
    "embeds",
    "errors",
    "plan_chunks",
    "read_archive",
    "records",
    "sharing",
    "verify_webhook",
]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object
    if name in ("embeds", "errors", "records", "sharing"):
        value = import_module(f".{name}", __name__)
    elif name in _FROM_PLATFORM:
        value = getattr(import_module(f".platform.{_FROM_PLATFORM[name]}", __name__), name)
    else:
        value = getattr(import_module(".client", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
