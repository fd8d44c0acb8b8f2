"""The child that looks into files: what a hostile file breaks is this process, and no other.

A line of JSON in, a line of JSON out, until standard input ends:

    {"kind": "video", "url": null, "folder": "/data/media", "parts": [["key", 123]], ...}
    {"facts": {...}} or {"problems": ["..."]}
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

MEMORY_BYTES = 3 << 30
"""Address space, most of which is libraries and never touched."""

_FTYP = (b"ftyp", b"moov", b"mdat", b"free", b"wide", b"skip", b"pnot")


def is_media(head: bytes, kind: str) -> bool:
    """Whether a file begins like one of the kind.

    FFmpeg follows playlists to other files and addresses: what isn't plainly media never
    reaches it.
    """
    if kind == "video":
        return head[4:8] in _FTYP or head.startswith((b"\x1a\x45\xdf\xa3", b"RIFF"))
    return head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n", b"GIF8", b"BM", b"RIFF"))


def probe(order: dict[str, Any]) -> dict[str, Any]:
    """The facts of a file, or what is wrong with it."""
    from stagedoor.client import check_photo, check_video
    from stagedoor.client.errors import MediaError, MediaRejected

    from .errors import MediaGone
    from .storage import Storage

    video = order["kind"] == "video"
    what = "a video" if video else "a picture"
    try:
        storage = Storage(order["url"], Path(order["folder"]))
        with storage.open([(key, size) for key, size in order["parts"]]) as raw:
            file: IO[bytes] = raw  # type: ignore[assignment]
            head = file.read(16)
            file.seek(0)
            if not is_media(head, order["kind"]):
                return {"problems": [f"can't be read as {what}"]}
            if video:
                return {"facts": asdict(check_video(file))}
            return {"facts": asdict(check_photo(file, order["number"]))}
    except MediaRejected as error:
        return {"problems": list(error.problems)}
    except MediaError:
        return {"problems": [f"can't be read as {what}"]}
    except MediaGone:
        return {"gone": True}


def main() -> None:
    _bound()
    for line in sys.stdin:
        try:
            found = probe(json.loads(line))
        except MemoryError:
            found = {"problems": ["needs more memory to be read than any real video"]}
        print(json.dumps(found), flush=True)


def _bound() -> None:
    """Give the process less memory than the service needs for itself; no core files."""
    try:
        import resource
    except ImportError:  # Windows has no such limits; the time limit holds there too
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


if __name__ == "__main__":
    main()
