"""The files inside a zip, validated before any of them is read.

Nothing is ever written to a path that an archive names, but an archive with an unsafe path isn't
TikTok's, so it is refused.
"""

from __future__ import annotations

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from ..errors import ArchiveBroken, ArchiveLocked, ArchiveUnsafe
from .limits import FREE_RATIO, ArchiveLimits

_ENCRYPTED = 0x1
_STRANGE = re.compile(r"[\x00-\x1f\x7f\\]")
_DRIVE = re.compile(r"[A-Za-z]:")
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    struct.error,
    NotImplementedError,
)
"""Exceptions of the zip library for a damaged file; which one depends on the damage."""

_END = b"PK\x05\x06"
_END_SIZE, _MAX_NOTE = 22, 65_535
_FAR_END = b"PK\x06\x06"
_FAR_POINTER = b"PK\x06\x07"
_FAR_POINTER_SIZE = 20
_ENTRY_SIZE = 46
"""The minimum size of a directory entry in bytes."""


def open_zip(file: IO[bytes], name: str, limits: ArchiveLimits) -> zipfile.ZipFile:
    """The zip in `file`; raises an `ArchiveError` if it is damaged, encrypted or unsafe."""
    size = file.seek(0, 2)
    entries = _directory_size(file, size) // _ENTRY_SIZE
    if entries > 4 * limits.max_files:
        raise ArchiveUnsafe(f"{name} lists about {entries:,} files: {_REFUSED}", name)
    with broken_as_error(name):
        packed = zipfile.ZipFile(file)
    _check(packed.infolist(), size, name, limits)
    return packed


_REFUSED = "TikTok's archives aren't like that, so nothing of it is read"


def _directory_size(file: IO[bytes], size: int) -> int:
    """Bytes of the zip's directory, which the library reads at once; 0 if there is none."""
    file.seek(max(0, size - _END_SIZE - _MAX_NOTE))
    tail = file.read()
    place = tail.rfind(_END)
    if place < 0 or len(tail) - place < _END_SIZE:
        return 0
    (told,) = struct.unpack_from("<L", tail, place + 12)
    pointer = place - _FAR_POINTER_SIZE
    if pointer >= 0 and tail.startswith(_FAR_POINTER, pointer):
        (far,) = struct.unpack_from("<Q", tail, pointer + 8)
        file.seek(min(far, size))
        end = file.read(56)
        if end.startswith(_FAR_END) and len(end) == 56:
            (told,) = struct.unpack_from("<Q", end, 40)
    return min(int(told), size)


def _check(
    infos: list[zipfile.ZipInfo], packed_size: int, name: str, limits: ArchiveLimits
) -> None:
    if len(infos) > limits.max_files:
        raise ArchiveUnsafe(f"{name} holds {len(infos):,} files: {_REFUSED}", name)
    seen: set[str] = set()
    for info in infos:
        problem = _problem_of_name(info)
        if problem is not None:
            raise ArchiveUnsafe(
                f"{name} holds a file named {info.orig_filename[:80]!a}, {problem}: {_REFUSED}",
                name,
            )
        if info.filename in seen:
            raise ArchiveUnsafe(f"{name} holds {info.filename!a} twice: {_REFUSED}", name)
        seen.add(info.filename)
        if info.flag_bits & _ENCRYPTED:
            raise ArchiveLocked(
                f"{info.filename!a} in {name} is encrypted. Unpack it with its password and read "
                "the file in it, or download the archive again.",
                name,
            )
        if info.compress_type not in _METHODS:
            raise ArchiveBroken(
                f"{info.filename!a} in {name} is packed by method {info.compress_type}, which "
                "TikTok doesn't use. Unpack it, and read the file in it.",
                name,
            )
    _check_size(sum(info.file_size for info in infos), packed_size, name, limits)


def _check_size(whole: int, packed: int, name: str, limits: ArchiveLimits) -> None:
    # Compared with the zip's own size, so that files sharing their packed bytes are caught.
    if whole > limits.max_bytes:
        raise ArchiveUnsafe(
            f"{name} unpacks to {whole:,} bytes, more than the {limits.max_bytes:,} allowed. If "
            "you trust it, raise max_bytes.",
            name,
        )
    if whole > FREE_RATIO and whole > limits.max_ratio * packed:
        raise ArchiveUnsafe(
            f"{name} unpacks to {whole / packed:,.0f} times its size, more than the "
            f"{limits.max_ratio:,.0f} allowed: it looks like a zip bomb. If you trust it, raise "
            "max_ratio.",
            name,
        )


def _problem_of_name(info: zipfile.ZipInfo) -> str | None:
    path = info.orig_filename
    if _STRANGE.search(path):
        return "with a backslash or a control character"
    if path.startswith("/") or _DRIVE.match(path):
        return "which is an absolute path"
    if ".." in path.split("/"):
        return "which leads out of its folder"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "which is a symbolic link"
    return None


@contextmanager
def broken_as_error(name: str) -> Iterator[None]:
    """Turn the zip library's exceptions for damage into one typed error."""
    try:
        yield
    except _DAMAGE as error:
        raise ArchiveBroken(
            f"{name} is damaged or incomplete ({error}). Download it again.", name
        ) from error
