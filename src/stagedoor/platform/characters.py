"""Characters that a reader doesn't see, or that change how the text around them is shown.

Whoever shows foreign text to people, or hands it to a model, writes them out by `spelled_out`: a
caption can then neither steer a terminal, read backwards, nor hide a part of itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

JOINERS = "\u200c\u200d"
"""Zero-width non-joiner and joiner: parts of emoji and of words in Persian and Indic scripts."""
EMOJI_SELECTORS = "\ufe0e\ufe0f"
"""Choose between an emoji's two looks."""

# Letters, marks and symbols by their category, but drawn as nothing: Default_Ignorable_Code_Point
# of Unicode (fillers, variation selectors) and the blank Braille pattern.
_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]"
)


def is_hidden(ch: str) -> bool:
    """Whether nothing is seen of this character, or it changes how others are shown.

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
    """Whether a reader sees anything of the text: not only spaces and hidden characters."""
    return any(not ch.isspace() and not is_hidden(ch) for ch in text)


def named(ch: str) -> str:
    """How people are shown a hidden character."""
    return f"⟨U+{ord(ch):04X}⟩"


def spelled_out(text: str, keep: str = "", form: Callable[[str], str] = named) -> str:
    """The text with each hidden character, except those in `keep`, written as `form` has it."""
    if not has_hidden(text):
        return text
    return "".join(form(ch) if is_hidden(ch) and ch not in keep else ch for ch in text)
