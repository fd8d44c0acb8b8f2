"""Hashes files of identifiers in a process of its own and prints what that took, as JSON.

`python -m benchmarks.business_hasher ours|bare FOLDER` gives seconds of the processor for each
identifier, peak memory in bytes and the number of identifiers.
"""

from __future__ import annotations

import json
import sys
import time
from hashlib import sha256
from pathlib import Path

from .business_hashing import KINDS
from .uploader import peak


def main(side: str, folder: str) -> None:
    read = _ours if side == "ours" else _bare
    seconds, count = map(sum, zip(*(read(Path(folder) / kind) for kind in KINDS), strict=True))
    print(json.dumps({"each": seconds / count, "peak": peak(), "count": count}))


def _ours(file: Path) -> tuple[float, int]:
    """Read, normalised, hashed and written as lines, which are dropped."""
    from stagedoor import IdentifierKind, Identifiers, hash_identifiers

    kind = IdentifierKind(file.name)
    begun = time.process_time()
    size = 0
    with file.open(encoding="utf-8") as values:
        for lines in hash_identifiers(Identifiers.of(kind, values)):
            size += len(lines)
    return time.process_time() - begun, size // 65


def _bare(file: Path) -> tuple[float, int]:
    """The same identifiers through hashlib; bringing them to their normal form takes no time."""
    dropped = str.maketrans("", "", " ()\n")
    with file.open(encoding="utf-8") as lines:
        values = [line.replace("(0)", "").lower().translate(dropped).encode() for line in lines]
    begun = time.process_time()
    for value in values:
        sha256(value).hexdigest()
    return time.process_time() - begun, len(values)


if __name__ == "__main__":
    main(*sys.argv[1:])
