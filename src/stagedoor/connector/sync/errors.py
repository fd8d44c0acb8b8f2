"""Errors of synchronisation."""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import InvalidInput, ObjectNotFound, unfit


def unknown_type(path: str, name: str, known: Iterable[str]) -> InvalidInput:
    """The error for a request that names a type which doesn't exist."""
    return unfit(path, f"{name[:50]!r} can't be synchronised: use {', '.join(known)} or all")


class NoType(ObjectNotFound):
    """The path names a type that doesn't exist."""

    def __init__(self, known: Iterable[str]) -> None:
        super().__init__(f"There is no such type: use one of {', '.join(known)}.")
