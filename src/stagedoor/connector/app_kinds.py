"""The kinds of apps that TikTok registers."""

from __future__ import annotations

from enum import StrEnum


class AppKind(StrEnum):
    """Where an app is registered."""

    LOGIN_KIT = "loginKit"
    """developers.tiktok.com: Login Kit, Content Posting, Display."""
    BUSINESS = "business"
    """business-api.tiktok.com: TikTok API for Business."""
