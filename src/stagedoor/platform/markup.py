"""Markup of a post or profile on a web page, which TikTok's script turns into a frame."""

from __future__ import annotations

QUOTE_CLASS = "tiktok-embed"
VIDEO_QUOTE_STYLE = "max-width:605px; min-width:325px;"
PROFILE_QUOTE_STYLE = "max-width:720px; min-width:288px;"
SCRIPT_PATH = "/embed.js"
"""The script that turns a marked blockquote into a frame."""
