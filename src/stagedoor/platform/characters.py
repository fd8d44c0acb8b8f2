"""Invisible characters, and characters that change how the text around them is displayed.

Code that shows untrusted text to people, or passes it to a model, escapes them by `spelled_out`: a
caption can then neither control a terminal, reverse its reading direction, nor hide a part of
itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

JOINERS = "\u200c\u200d"
"""Zero-width non-joiner and joiner: parts of emoji and of words in Persian and Indic scripts."""
EMOJI_SELECTORS = "\ufe0e\ufe0f"
"""Variation selectors that choose an emoji's text form or picture form."""

# By category these are letters, marks and symbols, yet they are drawn as nothing: Unicode's
# Default_Ignorable_Code_Point (fillers, variation selectors) and the blank Braille pattern.
_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]"
)


def searchable(text: str) -> str:
    """The text as searches compare it: letter case and compatibility forms don't matter (NFKC of
    the case-folded text), so `ü` finds both of its spellings and `A` its full-width form."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def is_hidden(ch: str) -> bool:
    """Whether this character is invisible, or changes how other characters are displayed.

    Controls (C0, C1), format characters (bidi overrides, zero-width, tags), surrogates, line and
    paragraph separators, variation selectors, fillers, private and unassigned characters. Spaces
    aren't hidden.
    """
    if ch.isprintable():
        return _BLANK.match(ch) is not None
    return unicodedata.category(ch) != "Zs"


def has_hidden(text: str) -> bool:
    if text.isprintable():
        return _BLANK.search(text) is not None
    return any(map(is_hidden, text))


def is_visible(text: str) -> bool:
    """Whether the text has a visible character, besides spaces and hidden characters."""
    return any(not ch.isspace() and not is_hidden(ch) for ch in text)


def named(ch: str) -> str:
    """A hidden character as its code point, for display."""
    return f"⟨U+{ord(ch):04X}⟩"


def spelled_out(text: str, keep: str = "", form: Callable[[str], str] = named) -> str:
    """The text with each hidden character, except those in `keep`, replaced by `form` of it."""
    if not has_hidden(text):
        return text
    return "".join(form(ch) if is_hidden(ch) and ch not in keep else ch for ch in text)
