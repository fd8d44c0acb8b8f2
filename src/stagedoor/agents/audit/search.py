"""Searching the audit's texts: without regard to letter case and to the form of characters."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from stagedoor.connector.database import TenantConnection
from stagedoor.platform.characters import searchable

from . import store
from .store import EntryFilter

_BATCH = 500


def sizes(
    tenant: TenantConnection, wanted: EntryFilter, before: int, floor: int, limit: int
) -> Sequence[tuple[int, int]]:
    """As `store.sizes`, for a filter with words: entries that have them in one of their texts."""
    words, others = searchable(wanted.words or ""), replace(wanted, words=None)
    found: list[tuple[int, int]] = []
    while len(found) < limit:
        known = store.fitting(store.sizes(tenant, others, before, floor, _BATCH))
        if not known:
            break
        before = known[-1][0]
        texts = store.texts(tenant, [seq for seq, _ in known])
        found += [(seq, size) for seq, size in known if words in _searchable_text(texts.get(seq))]
    return found[:limit]


def _searchable_text(text: str | None) -> str:
    """The texts of an entry, without the names of their fields."""
    return "" if text is None else searchable("\n".join(_strings(json.loads(text))))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _strings(one)
