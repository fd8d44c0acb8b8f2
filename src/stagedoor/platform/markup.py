"""What marks a post or profile on somebody's page, for TikTok's script to turn into a frame."""

from __future__ import annotations

QUOTE_CLASS = "tiktok-embed"
VIDEO_QUOTE_STYLE = "max-width:605px; min-width:325px;"
PROFILE_QUOTE_STYLE = "max-width:720px; min-width:288px;"
SCRIPT_PATH = "/embed.js"
"""The script that turns a marked blockquote into a frame."""
