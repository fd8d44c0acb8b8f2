"""Reads one archive in a process of its own and prints what that took, as JSON.

`python -m benchmarks.archive_reader typed|bare LIST FILE` gives seconds, peak memory in bytes and
the number of records.
"""

from __future__ import annotations

import json
import sys
import time
import zipfile

from .uploader import peak


def main(side: str, name: str, file: str) -> None:
    read = _typed if side == "typed" else _bare
    read(name, file, 1)  # what is imported and built at first isn't measured
    begun = time.perf_counter()
    records = read(name, file, None)
    seconds = time.perf_counter() - begun
    print(json.dumps({"seconds": seconds, "peak": peak(), "records": records}))


def _typed(name: str, file: str, limit: int | None) -> int:
    """Every record as a typed value."""
    from stagedoor import read_archive

    found = 0
    with read_archive(file) as archive:
        for _ in archive.records():
            found += 1
            if found == limit:
                break
    return found


def _bare(name: str, file: str, limit: int | None) -> int:
    """Every record as a dict, by ijson on its C library, from the same member of the zip."""
    import ijson.backends.yajl2_c as ijson  # type: ignore[import-untyped]

    from stagedoor.platform.products.portability.archive import JSON_NAME

    from .portability import SHAPES

    place = ".".join((*SHAPES[name].path, "item"))
    found = 0
    with zipfile.ZipFile(file) as packed, packed.open(JSON_NAME) as member:
        for _ in ijson.items(member, place, use_float=True):
            found += 1
            if found == limit:
                break
    return found


if __name__ == "__main__":
    main(*sys.argv[1:])
