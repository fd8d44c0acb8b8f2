"""Characters that a model would read and people wouldn't see, as JSON escapes."""

from __future__ import annotations

from stagedoor.platform.characters import has_hidden


def visible(text: str) -> str:
    """Return the text with invisible characters as JSON escapes."""
    if text.isprintable() and not has_hidden(text):
        return text
    return "".join(ch if ch.isprintable() and not has_hidden(ch) else _escaped(ch) for ch in text)


def _escaped(ch: str) -> str:
    point = ord(ch)
    if point < 0x10000:
        return f"\\u{point:04x}"
    point -= 0x10000
    return f"\\u{0xD800 + (point >> 10):04x}\\u{0xDC00 + (point & 0x3FF):04x}"
