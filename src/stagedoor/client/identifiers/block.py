"""Raw values of consecutive rows, hidden from logs, reprs, tracebacks and pickles.

Raw values are held by objects of this module alone. What runs over them runs inside `shielded`,
which drops the frames that saw them from an exception's traceback.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any, NoReturn, TypeVar

from stagedoor.platform.arguments import checked

from .kinds import (
    HASH_LENGTH,
    MD5_GROUP,
    NOT_UTF8,
    RAW_GROUP,
    RULES,
    SHA256_GROUP,
    HashAlgorithm,
    IdentifierKind,
    check_algorithm,
)

T = TypeVar("T")

_EMPTY, _BAD, _NOT_UTF8 = None, -1, -2
_HASHED_GROUP = {HashAlgorithm.SHA256: SHA256_GROUP, HashAlgorithm.MD5: MD5_GROUP}
_NEW: dict[HashAlgorithm, Callable[[bytes], Any]] = {
    HashAlgorithm.SHA256: hashlib.sha256,
    HashAlgorithm.MD5: partial(hashlib.md5, usedforsecurity=False),
}


class HashingFailed(RuntimeError):
    """A defect of Stagedoor. The original error isn't shown, since it may hold a raw value."""


def shielded(call: Callable[..., T], *args: Any) -> T:
    """Run `call`. What it raises leaves without its frames, its causes and its own text."""
    failed: BaseException
    try:
        return call(*args)
    except Exception as error:
        failed = HashingFailed(f"identifiers could not be hashed: {type(error).__name__}")
    except BaseException as interruption:
        failed = type(interruption)()
    raise failed


class Hidden:
    """Refuses to be shown, pickled or copied."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: hidden>"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError(
            f"{type(self).__name__} holds raw identifiers and can't be pickled or copied"
        )


@dataclass(frozen=True, slots=True)
class Digests:
    """Hex digests, in the order of the values, empty for an empty one; or the problems alone."""

    hexes: list[str]
    problems: list[tuple[int, str]]
    """Index of a refused value, and why."""


class Block(Hidden):
    __slots__ = ("values",)

    def __init__(self, values: Sequence[object]) -> None:
        self.values = values

    @classmethod
    def take(cls, values: Iterator[object], size: int) -> Block:
        """The next `size` values; an error of the iterator itself passes through."""
        return cls(list(islice(values, size)))

    def __len__(self) -> int:
        return len(self.values)

    def check(self, kind: IdentifierKind, algorithm: HashAlgorithm) -> Digests:
        """The problems alone, without the work of hashing."""
        return shielded(self._digests, kind, algorithm, False)

    def hash(self, kind: IdentifierKind, algorithm: HashAlgorithm) -> Digests:
        """Normalise and hash each value. A value that is a hash already stays as it is."""
        return shielded(self._digests, kind, algorithm, True)

    def _digests(self, kind: IdentifierKind, algorithm: HashAlgorithm, wanted: bool) -> Digests:
        if not self.values:
            return Digests([], [])
        rule, new = RULES[kind], _NEW[algorithm]
        text, no_text = _joined(self.values)
        data = rule.normalise(text)
        utf8 = text.isascii() or not NOT_UTF8.search(data)
        if utf8 and not no_text:
            if rule.all_raw(data):
                lines = data.split(b"\n") if wanted else []
                return Digests([one.hexdigest() for one in map(new, lines)], [])
            if rule.all_good[algorithm](data):
                lines = data.split(b"\n") if wanted else []
                return Digests(_hexes(lines, new, HASH_LENGTH[algorithm]), [])
        lines = data.split(b"\n")
        marks = [
            _BAD if found is None else found.lastindex
            for found in map(rule.pattern.fullmatch, lines)
        ]
        if not utf8:
            marks = [
                _NOT_UTF8 if NOT_UTF8.search(line) else mark
                for mark, line in zip(marks, lines, strict=True)
            ]
        hashed = _HASHED_GROUP[algorithm]
        good = (RAW_GROUP, hashed, _EMPTY)
        problems = [
            (index, _reason(mark, kind, algorithm))
            for index, mark in enumerate(marks)
            if mark not in good
        ]
        problems += [(index, "is not a text") for index in no_text]
        return Digests([""] * len(lines), sorted(problems))


def _hexes(lines: Sequence[bytes], new: Callable[[bytes], Any], length: int) -> list[str]:
    """Hashes of good values, of which some are hashed already and some empty."""
    is_hash = re.compile(rb"[0-9a-fA-F]{%d}" % length).fullmatch
    return [
        ""
        if not line
        else line.decode("ascii").lower()
        if len(line) == length and is_hash(line)
        else new(line).hexdigest()
        for line in lines
    ]


def _joined(values: Sequence[object]) -> tuple[str, list[int]]:
    """Trimmed values, one a line; and the indices of those that aren't texts, as empty lines."""
    try:
        text = "\n".join(map(str.strip, values))  # type: ignore[arg-type]
        if text.count("\n") == len(values) - 1:
            return text, []
    except TypeError:
        pass
    texts = [one.strip().replace("\n", " ") if isinstance(one, str) else "" for one in values]
    return "\n".join(texts), [i for i, one in enumerate(values) if not isinstance(one, str | None)]


def _reason(mark: int | None, kind: IdentifierKind, algorithm: HashAlgorithm) -> str:
    if mark == _NOT_UTF8:
        return "is not UTF-8: save the file as UTF-8"
    if mark == _BAD:
        return RULES[kind].wrong
    found = HashAlgorithm.MD5 if mark == MD5_GROUP else HashAlgorithm.SHA256
    return f"is hashed with {found} already, where {algorithm} is wanted: pass the raw value"


def hash_identifier(
    value: str, kind: IdentifierKind, algorithm: HashAlgorithm = HashAlgorithm.SHA256
) -> str | None:
    """The hash of one value; None if it is empty or of the wrong form."""
    given: type[Any] = type(value)
    block = Block([value])
    del value  # so that no frame of an error holds it
    if not issubclass(given, str):
        raise TypeError(f"hash_identifier(): value must be str, not {given.__name__}")
    return _hash_one(block, kind, algorithm)


@checked
def _hash_one(block: Block, kind: IdentifierKind, algorithm: HashAlgorithm) -> str | None:
    check_algorithm(kind, algorithm)
    return block.hash(kind, algorithm).hexes[0] or None
