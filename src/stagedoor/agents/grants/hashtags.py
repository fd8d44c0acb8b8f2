"""Hashtags in a text, normalised."""

from __future__ import annotations

import re

from stagedoor.platform.characters import searchable

# TikTok accepts the full-width sign, too
_TAG = re.compile(r"[#\uff03]+([^\s#\uff03]+)")


def plain(tag: str) -> str:
    """Normalise a tag: without the sign, letter case and width."""
    return searchable(tag).lstrip("#")


def found_in(text: str) -> tuple[str, ...]:
    """Return every possible hashtag, each once, in order of appearance.

    Punctuation at the end belongs to no tag, and adjacent letters do: in doubt there is one more
    hashtag, never one less.
    """
    tags = (plain(match.group(1).rstrip(".,;:!?)\"'…")) for match in _TAG.finditer(text))
    return tuple(dict.fromkeys(tag for tag in tags if tag))
