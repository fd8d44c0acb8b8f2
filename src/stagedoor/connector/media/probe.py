"""The child process that probes files: a hostile file can break only this process.

It has no secrets and opens no file and no connection: the parent process sends the bytes that it
asks for. One request on standard input, one response on standard output, until the input ends:

    <- {"kind": "video", "number": 1, "size": 123456, "cpu": 20}
    -> {"read": [0, 65536]}         followed by that many bytes on standard input
    -> {"facts": {...}} or {"problems": ["..."]}
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import IO, Any

from stagedoor.child_process import bound, bound_time

from .block_file import BlockFile

MEMORY_BYTES = 768 << 20
"""Address space. Libraries map 150 MB; the largest video that TikTok takes (4096x4096, H.264 with
16 reference pictures) was measured to need 500 MB more, one with 4096x2304 pixels 220 MB."""
BLOCK = 1 << 18
"""Bytes per read request."""

_FTYP = (b"ftyp", b"moov", b"mdat", b"free", b"wide", b"skip", b"pnot")
_MPEG = (b"\x00\x00\x01\xba", b"\x00\x00\x01\xb3")
_VIDEOS = ("video", "ad video")


def is_media(head: bytes, kind: str) -> bool:
    """Whether a file begins like one of the kind.

    FFmpeg follows playlists to other files and URLs, so it gets only files that are plainly media.
    """
    if kind in _VIDEOS:
        begins = (b"\x1a\x45\xdf\xa3", b"RIFF", *(_MPEG if kind == "ad video" else ()))
        return head[4:8] in _FTYP or head.startswith(begins)
    return head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n", b"GIF8", b"BM", b"RIFF"))


class AskedFile(BlockFile):
    """A file whose bytes the parent process sends on request."""

    name = "media"

    def __init__(self, size: int, source: IO[bytes], questions: IO[bytes]) -> None:
        super().__init__(size)
        self._source = source
        self._questions = questions

    def fetch(self, at: int) -> bytes:
        length = min(BLOCK, self._size - at)
        write_message(self._questions, {"read": [at, length]})
        data = self._source.read(length)
        if len(data) != length:
            raise SystemExit  # the parent process has gone
        return data


def probe(order: dict[str, Any], file: IO[bytes]) -> dict[str, Any]:
    """The facts of a file, or its problems. A kind that begins with "ad" has the limits of ads."""
    from stagedoor.client import check_photo, check_video
    from stagedoor.client.errors import MediaError, MediaRejected
    from stagedoor.platform.media import PHOTO, VIDEO

    video, for_ads = order["kind"] in _VIDEOS, order["kind"].startswith("ad ")
    videos, photos = VIDEO, PHOTO
    if for_ads:
        from stagedoor.platform.products.business_creatives import AD_IMAGE, AD_VIDEO

        videos, photos = AD_VIDEO, AD_IMAGE
    what = "a video" if video else "a picture"
    try:
        head = file.read(16)
        file.seek(0)
        if not is_media(head, order["kind"]):
            return {"problems": [f"can't be read as {what}"]}
        if video:
            return {"facts": asdict(check_video(file, videos))}
        return {"facts": asdict(check_photo(file, order["number"], photos))}
    except MediaRejected as error:
        return {"problems": list(error.problems)}
    except MediaError:
        return {"problems": [f"can't be read as {what}"]}
    except (MemoryError, RecursionError):
        return {"problems": ["needs more memory to be read than any real media"]}


def write_message(out: IO[bytes], what: dict[str, Any]) -> None:
    out.write(json.dumps(what).encode() + b"\n")
    out.flush()


def main() -> None:
    bound(MEMORY_BYTES)
    orders, answers = sys.stdin.buffer, sys.stdout.buffer
    while line := orders.readline():
        order = json.loads(line)
        bound_time(order["cpu"])
        file: Any = AskedFile(order["size"], orders, answers)
        write_message(answers, probe(order, file))


if __name__ == "__main__":
    main()
