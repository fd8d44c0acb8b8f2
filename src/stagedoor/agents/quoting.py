"""Quoting of foreign text in the audit's sentences.

A decision reads "Social Agent asked to post 'New product drop' to @demo. Allowed." Titles, names,
notes and arguments are foreign text: quoted here, none of them can close its quotation and go on as
a decision of its own.
"""

from __future__ import annotations

import re
import unicodedata

from stagedoor.platform.characters import is_hidden

SHORT = 80
"""Most characters of a title or a name in a sentence."""
LONG = 300
"""Most characters of a note or a reason."""

_QUOTES = frozenset("'\"`´ʹʺʻʼʽˈˊˋ‘’‚‛“”„‟′″‵‶«»‹›＇＂｀「」『』〝〞〟")
# words that could be read as a decision
_DECIDES = re.compile(r"asked|allowed|denied|approved|refused|waits|decided", re.IGNORECASE)
_NAME = re.compile(r"@?(?:[A-Za-z0-9_ +-]|\.(?=[A-Za-z0-9_]))+")
_TOKEN = re.compile(r"[A-Za-z0-9_.-]+")
_REMARK = re.compile(r"[ -~]*")


def one_line(text: str, most: int = SHORT) -> str:
    """Return the text as one short line without hidden characters."""
    if not text.isascii() or not text.isprintable():
        text = "".join(" " if is_hidden(ch) else ch for ch in text)
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def quoted(text: str, most: int = SHORT) -> str:
    """Return the text in single quotes, which nothing in it can close: a quotation mark inside
    becomes a double one, unless it stands between two letters, as an apostrophe does."""
    line = one_line(text, most)
    marked = "".join(
        '"' if ch in _QUOTES and not _between_letters(line, at) else ch
        for at, ch in enumerate(line)
    )
    return f"'{marked}'"


def name(text: str, nobody: str) -> str:
    """Return a name: bare if plain letters without a word of a decision, otherwise quoted."""
    line = one_line(text)
    if not line:
        return nobody
    return line if _NAME.fullmatch(line) and not _DECIDES.search(line) else quoted(line)


def token(text: str) -> str:
    """Return an id that a caller named, such as an operation's or a field's, quoted unless
    plain."""
    line = one_line(text)
    return line if _TOKEN.fullmatch(line) else quoted(line)


def remark(text: str) -> str:
    """Return a validation message, quoted unless plain: paths and values in it are the caller's."""
    line = one_line(text, LONG)
    return line if _REMARK.fullmatch(line) and not _DECIDES.search(line) else quoted(line, LONG)


def _between_letters(line: str, at: int) -> bool:
    around = line[at - 1 : at] + line[at + 1 : at + 2] if at else ""
    return len(around) == 2 and all(unicodedata.category(ch)[0] in "LN" for ch in around)
