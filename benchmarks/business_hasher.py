"""Hashes one CSV file of identifiers in a process of its own and prints what that took, as JSON.

`python -m benchmarks.business_hasher ours|bare FILE` gives seconds of the processor for each
identifier, peak memory in bytes and the number of identifiers.
"""

from __future__ import annotations

import csv
import json
import sys
import time
from hashlib import sha256

from .uploader import peak

_COLUMNS = ("email", "phone", "maid")


def main(side: str, file: str) -> None:
    print(json.dumps(_ours(file) if side == "ours" else _bare(file)))


def _ours(file: str) -> dict[str, float]:
    """Read, normalised, hashed and written as lines, which are dropped."""
    from stagedoor import Identifiers, hash_identifiers

    begun = time.process_time()
    for _ in hash_identifiers(Identifiers.csv(file)):
        pass
    seconds = time.process_time() - begun
    count = _count(file)
    return {"each": seconds / count, "peak": peak(), "count": count}


def _bare(file: str) -> dict[str, float]:
    """The same identifiers in their normal form, which takes no time here, through hashlib."""
    with open(file, encoding="utf-8", newline="") as opened:
        values = [
            cell.strip().lower().translate(_DROPPED).encode()
            for row in csv.DictReader(opened)
            for cell in map(row.__getitem__, _COLUMNS)
            if cell
        ]
    begun = time.process_time()
    for value in values:
        sha256(value).hexdigest()
    seconds = time.process_time() - begun
    return {"each": seconds / len(values), "peak": peak(), "count": len(values)}


_DROPPED = str.maketrans("", "", " ()")


def _count(file: str) -> int:
    with open(file, encoding="utf-8", newline="") as opened:
        return sum(bool(row[name]) for row in csv.DictReader(opened) for name in _COLUMNS)


if __name__ == "__main__":
    main(*sys.argv[1:])
