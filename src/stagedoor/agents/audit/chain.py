"""The arithmetic of the chain, without I/O.

An entry's hash is over the hash before it and its own fields. What may name people isn't among
them: the entry commits to it by a hash with a salt of its own, so that the text and the salt can
be erased, and the chain still holds, and nobody can guess the text from what is left.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from pydantic_core import to_json

START = "0" * 64
"""Stands before the first entry."""

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
    """The hash of `entry` after the one whose hash is `previous`."""
    said = [entry[name] for name in FIELDS]
    if entry["at"] is not None:
        said[_AT] = f"{entry['at']:.6f}"
    return _digest([_FORM, previous, *said])


def commit(salt: str, text: str) -> str:
    """What an entry says of a text: nothing, to who hasn't the salt."""
    return _digest([_FORM, salt, text])


def mac(key: bytes, org: str, seq: int, last: str) -> str:
    """Proof that a chain ends at `seq`."""
    return hashlib.blake2b(_said([_FORM, org, seq, last]), key=key, digest_size=32).hexdigest()


def same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _digest(values: list[Any]) -> str:
    return hashlib.sha256(_said(values)).hexdigest()


def _said(values: list[Any]) -> bytes:
    # JSON tells null from "null" and 1 from "1", and no value can reach into the next; a float
    # isn't among them, since it can be written in more than one way
    return to_json(values)
