"""Hashtags in a text, one spelling each."""

from __future__ import annotations

import re
import unicodedata

# TikTok takes the full-width sign as well
_TAG = re.compile(r"[#\uff03]+([^\s#\uff03]+)")


def plain(tag: str) -> str:
    """One spelling: without the sign, letter case and width."""
    folded = unicodedata.normalize("NFKC", tag).casefold().lstrip("#")
    return unicodedata.normalize("NFKC", folded)


def found_in(text: str) -> tuple[str, ...]:
    """Everything that could be taken for a hashtag, each once, in order of appearance.

    Punctuation at the end belongs to no tag, and letters join on: what is in doubt is one more
    hashtag, never one less.
    """
    tags = (plain(match.group(1).rstrip(".,;:!?)\"'…")) for match in _TAG.finditer(text))
    return tuple(dict.fromkeys(tag for tag in tags if tag))
