"""Reads a chain from its start and reports every problem. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from . import chain
from .entry import EntryKind, Head

MOST = 100
"""Problems that a report names; further ones are only counted."""


@dataclass(frozen=True, slots=True)
class ChainProblem:
    """A problem at a position of the chain."""

    seq: int
    what: str


class HeadSource(StrEnum):
    """The holder of a head outside the database."""

    SINCE = "since"
    """The person who asks for the verification."""
    WITNESS = "witness"


@dataclass(frozen=True, slots=True)
class KeptHead:
    """A head that was kept outside the database: the chain must contain it."""

    head: Head
    source: HeadSource


@dataclass(frozen=True, slots=True)
class Verification:
    """The result of a verification.

    `head` is the stored chain head. `proven` is the last kept head that the chain contains; without
    one, anybody with write access to the database may have cut the end off.
    """

    entries: int
    head: Head
    problems: tuple[ChainProblem, ...]
    found: int
    proven: KeptHead | None = None
    audited: bool = True
    """False: the organisation has no agent and no audit, so there is nothing to prove."""

    @property
    def intact(self) -> bool:
        return not self.problems

    @property
    def unproven(self) -> bool:
        """No problem was found, but nothing outside the database proves completeness."""
        return self.intact and self.audited and self.proven is None


class _Problems:
    def __init__(self) -> None:
        self.named: list[ChainProblem] = []
        self.found = 0

    def add(self, seq: int, what: str) -> None:
        self.found += 1
        if len(self.named) < MOST:
            self.named.append(ChainProblem(seq, what))


def check(
    org: str,
    entries: Iterable[Mapping[str, Any]],
    end: Head,
    genuine: bool,
    kept: Sequence[KeptHead] = (),
) -> Verification:
    """Verify a chain. `entries` come in the order of seq, each once; `genuine`: the MAC of the end
    is right.

    Memory grows only with the number of erasures that texts refer to.
    """
    problems = _Problems()
    erasures: dict[int, dict[str | None, int]] = {}
    last, count = Head(0, chain.START), 0
    proven, wanted = None, sorted(kept, key=lambda one: one.head.seq)
    while wanted and wanted[0].head.seq == 0:
        first = wanted.pop(0)
        if first.head.hash != chain.START:
            problems.add(0, "the head that was kept is of another chain")
        else:
            proven = first
    for row in entries:
        seq, count = int(row["seq"]), count + 1
        if seq != last.seq + 1:
            problems.add(seq, _gap(last.seq, seq))
        if not chain.same(str(row["hash"]), _linked(org, last.hash, row)):
            problems.add(seq, "the entry was changed, or put in another's place")
        _check_text(row, erasures, problems)
        _check_erasure(row, erasures, problems)
        last = Head(seq, str(row["hash"]))
        while wanted and wanted[0].head.seq <= seq:
            one = wanted.pop(0)
            if one.head.seq == seq and chain.same(one.head.hash, last.hash):
                proven = one
            elif one.head.seq == seq:
                problems.add(seq, _NOT_KEPT[one.source])
    if last != end:
        problems.add(end.seq, f"the chain should end here, and ends at {last.seq}")
    if not genuine:
        problems.add(end.seq, "the end of the chain was moved: its proof doesn't hold")
    for one in wanted:
        problems.add(one.head.seq, f"{_WENT_ON[one.source]}, and ends at {last.seq}")
    for by, accounts in sorted(erasures.items()):
        problems.add(min(accounts.values()), f"the text is gone, and no erasure {by} says so")
    return Verification(count, end, tuple(problems.named), problems.found, proven)


_NOT_KEPT = {
    HeadSource.SINCE: "the entry isn't the one that was kept",
    HeadSource.WITNESS: "the entry isn't the one that the witness saw",
}
_WENT_ON = {
    HeadSource.SINCE: "the chain went on to here once",
    HeadSource.WITNESS: "the witness saw the chain go on to here",
}


def _gap(before: int, seq: int) -> str:
    if seq <= before:
        return "the entry isn't in its place"
    missing = seq - before - 1
    return f"{missing} entr{'y is' if missing == 1 else 'ies are'} missing before this one"


def _linked(org: str, previous: str, row: Mapping[str, Any]) -> str:
    try:
        return chain.link(previous, {**row, "org": org})
    except (TypeError, ValueError):
        return ""


def _check_text(
    row: Mapping[str, Any], erasures: dict[int, dict[str | None, int]], problems: _Problems
) -> None:
    seq, committed, by = int(row["seq"]), row["commitment"], row["erased_by"]
    if committed is None:
        if row["text_seq"] is not None:
            problems.add(seq, "a text was put beside an entry that has none")
    elif row["text_seq"] is None:
        problems.add(seq, "its text was taken away")
    elif by is None:
        if row["salt"] is None or row["text"] is None:
            problems.add(seq, "its text was emptied, and no erasure says so")
        elif not chain.same(committed, chain.commit(row["salt"], row["text"])):
            problems.add(seq, "its text was changed")
    elif row["text"] is not None or row["salt"] is not None:
        problems.add(seq, "its text was put back after an erasure")
    elif by <= seq:
        problems.add(seq, "its text is gone, and no erasure says so")
    else:
        erasures.setdefault(by, {}).setdefault(row["account"], seq)


def _check_erasure(
    row: Mapping[str, Any], erasures: dict[int, dict[str | None, int]], problems: _Problems
) -> None:
    """Check that an erasure covers the texts that refer to it: earlier ones of its account."""
    accounts = erasures.pop(int(row["seq"]), None)
    if accounts is None:
        return
    for account, seq in accounts.items():
        if row["kind"] != EntryKind.ERASURE or row["account"] not in (None, account):
            problems.add(seq, "its text is gone, and no erasure says so")
