"""Looks for data of single people and posts in a script's output, as TikTok's review does.

TikTok releases aggregated results alone, and documents no threshold such as a least group size.
The review looks for values of the rows that the script read: ids, names, links, longer texts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

INDIVIDUAL = frozenset(
    {
        *("id", "video_id", "parent_comment_id", "playlist_id", "username", "display_name"),
        *("text", "video_description", "voice_to_text", "bio_description", "review_text"),
        *("avatar_uri", "bio_url"),
    }
)
"""Fields whose values belong to one person or post."""
_SHORTEST = 4
"""Characters: shorter names are words of any text."""
_MOST_VALUES = 1_000_000
_MOST_FINDINGS = 10
_WORD = re.compile(r"[\w.]+")
_CELLS = re.compile(r"[,;\t|\"]")


class Individuals:
    """Hashes of the individual values that a script has read."""

    def __init__(self) -> None:
        self._seen: set[int] = set()

    def add(self, row: Mapping[str, Any]) -> None:
        for name in INDIVIDUAL & row.keys():
            text = str(row[name]).strip().casefold()
            if len(text) >= _SHORTEST and len(self._seen) < _MOST_VALUES:
                self._seen.add(hash(text))

    def __contains__(self, text: str) -> bool:
        return hash(text.casefold()) in self._seen


def findings(files: Mapping[str, bytes], seen: Individuals) -> list[str]:
    """The places of individual values in text files, ten at most; other files aren't read."""
    return list(_first(_places(files, seen)))


def _first(places: Iterable[str]) -> Iterator[str]:
    for number, place in enumerate(places):
        if number == _MOST_FINDINGS:
            return
        yield place


def _places(files: Mapping[str, bytes], seen: Individuals) -> Iterator[str]:
    for name, content in files.items():
        try:
            lines = content.decode().splitlines()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(lines, 1):
            for part in _parts(line):
                if part in seen:
                    yield f"{name}, line {number}: {part[:100]!r} is of one person or post"
                    break


def _parts(line: str) -> Iterator[str]:
    yield from _WORD.findall(line)
    for cell in _CELLS.split(line):
        yield cell.strip()
    try:
        yield from _texts(json.loads(line))
    except (ValueError, RecursionError):
        return


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, str):
        yield value.strip()
