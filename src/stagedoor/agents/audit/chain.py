"""The hash chain's arithmetic, without I/O.

An entry's hash covers the hash before it and its own fields. Text that may name people isn't among
the fields: the entry has a salted commitment to it. Text and salt can be erased without breaking
the chain, and the text can't be guessed from the rest.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from pydantic_core import to_json

START = "0" * 64
"""The hash before the first entry."""

_FORM = 1
"""Grows when the fields or their order change; an old entry is verified by its own form."""

FIELDS = (
    "org",
    "seq",
    "at",
    "kind",
    "about",
    "agent",
    "account",
    "operation",
    "resource",
    "decision",
    "rule",
    "policy_version",
    "outcome",
    "log_id",
    "commitment",
)
_AT = FIELDS.index("at")


def link(previous: str, entry: Mapping[str, Any]) -> str:
    """Return the hash of `entry`, which follows the entry with the hash `previous`."""
    said = [entry[name] for name in FIELDS]
    if entry["at"] is not None:
        said[_AT] = f"{entry['at']:.6f}"
    return _digest([_FORM, previous, *said])


def commit(salt: str, text: str) -> str:
    """Return the salted commitment to a text: without the salt it reveals nothing."""
    return _digest([_FORM, salt, text])


def mac(key: bytes, org: str, seq: int, last: str) -> str:
    """Return the MAC that proves that a chain ends at `seq`."""
    return hashlib.blake2b(_canonical([_FORM, org, seq, last]), key=key, digest_size=32).hexdigest()


def same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _digest(values: list[Any]) -> str:
    return hashlib.sha256(_canonical(values)).hexdigest()


def _canonical(values: list[Any]) -> bytes:
    # JSON distinguishes null from "null" and 1 from "1", and delimits the values; floats aren't
    # among the values, since a float has several notations
    return to_json(values)
