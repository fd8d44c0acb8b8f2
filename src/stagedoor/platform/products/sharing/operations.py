"""The operations of Share Kit."""

from __future__ import annotations

from ...operation import BrowserPage
from .models import IosShare

SHARE = BrowserPage(
    id="share.ios",
    path="/opensdk/share/",
    request=IosShare,
    summary="What an iOS app opens to share media through TikTok's app",
    source="embed.yaml share_kit",
)
