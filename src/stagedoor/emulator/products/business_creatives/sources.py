"""The bytes of an upload: from its body, from an address, or from an earlier upload."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from stagedoor.platform.files import FileContent
from stagedoor.platform.products.business_creatives import FILE_SECONDS, MAX_NAME

from ...calls import AdmittedCall, Refusal
from ...form_files import ReceivedFile
from ...world import World
from ..media import fetch
from .state import STORED_FILES, StoredFile


@dataclass(frozen=True, slots=True)
class Codes:
    """The error codes that differ between kinds of files."""

    kind: str
    unreachable: str
    timeout: str
    type: str


VIDEO = Codes("video", "40903", "40902", "40908")
IMAGE = Codes("image", "40912", "40913", "40904")


@dataclass(frozen=True, slots=True)
class UploadSource:
    """The bytes of an upload on disk, with the name of the file that they come from."""

    name: str
    path: Path
    size: int
    md5: str
    shared: bool = False
    """Another upload has the file too, so it stays where it is."""


def place(world: World, name: str) -> Path:
    """The path of a file among the world's media."""
    return world.media / name


@contextmanager
def received(
    call: AdmittedCall, value: bytes | FileContent, signature: str | None, most: int
) -> Iterator[UploadSource]:
    """The file of a body: not empty, not too large, with this MD5. None: the caller sends none."""
    if isinstance(value, ReceivedFile):
        found = UploadSource(value.name, value.path, value.size, value.md5)
    else:
        if not isinstance(value, bytes):
            raise TypeError("a received file is bytes or a ReceivedFile")
        path = place(call.world, f"body-{call.world.ids.hexadecimal(16)}")
        path.write_bytes(value)
        found = UploadSource("", path, len(value), _md5(value).hexdigest())
    try:
        if not found.size:
            raise Refusal("40906")
        if found.size > most:
            raise Refusal("40907", f"The file has {found.size} bytes, at most {most} are taken.")
        if signature is not None and found.md5 != signature.lower():
            raise Refusal(
                "40900", f"The MD5 sent is {signature.lower()}, that of the file is {found.md5}."
            )
        yield found
    finally:
        found.path.unlink(missing_ok=True)


@asynccontextmanager
async def downloaded(
    call: AdmittedCall, url: str, most: int, codes: Codes
) -> AsyncIterator[UploadSource]:
    """The file at an address, through the emulator's host map."""
    world = call.world
    path = place(world, f"fetched-{world.ids.hexadecimal(16)}")
    digest, size = _md5(), 0
    try:
        try:
            with path.open("wb") as file:
                async with asyncio.timeout(world.settings.creative_url_seconds):
                    async for block in fetch.blocks(world, url, most, text=False):
                        digest.update(block)
                        size += len(block)
                        file.write(block)
        except TimeoutError:
            raise Refusal(codes.timeout) from None
        except fetch.FileTooLarge as error:
            raise Refusal("40907", str(error)) from None
        except fetch.IsText as error:
            raise Refusal(codes.type, str(error)) from None
        except fetch.DownloadFailed as error:
            raise Refusal(codes.unreachable, str(error)) from None
        if not size:
            raise Refusal("40906")
        name = unquote(urlsplit(url).path).rpartition("/")[2]
        yield UploadSource(name, path, size, digest.hexdigest())
    finally:
        path.unlink(missing_ok=True)


def stored(call: AdmittedCall, file_id: str, most: int, codes: Codes) -> UploadSource:
    """A file that was uploaded before, within the last 24 hours."""
    found = call.world[STORED_FILES].get(file_id)
    if found is None or found.advertiser_id != call.ad_account.id:
        raise Refusal("40905", f"The file {file_id} does not exist.")
    if found.created + FILE_SECONDS <= call.now or not Path(found.path).is_file():
        raise Refusal("40910", f"The file {file_id} has expired.")
    if found.kind != codes.kind:
        raise Refusal(codes.type, f"The file {file_id} was uploaded as {found.kind}.")
    if found.size > most:
        raise Refusal("40907", f"The file has {found.size} bytes, at most {most} are taken.")
    return UploadSource(found.name, Path(found.path), found.size, found.signature, shared=True)


def keep(world: World, source: UploadSource, name: str) -> str:
    """Move the file to its place among the world's media; a shared file stays."""
    if source.shared:
        return str(source.path)
    target = place(world, name)
    source.path.rename(target)
    return str(target)


def store(call: AdmittedCall, source: UploadSource, name: str | None, kind: str) -> StoredFile:
    """Keep the file for later uploads."""
    file_id = call.world.ids.hexadecimal(32)
    return call.world[STORED_FILES].add(
        StoredFile(
            id=file_id,
            advertiser_id=call.ad_account.id,
            name=name_of(name, source, file_id),
            kind=kind,
            size=source.size,
            signature=source.md5,
            path=keep(call.world, source, f"ad-file-{file_id}"),
            created=call.now,
        )
    )


def name_of(asked: str | None, source: UploadSource, otherwise: str) -> str:
    """The name of an upload: the one that was asked for, or that of its file."""
    return (asked or source.name or otherwise)[:MAX_NAME]


def stamped(name: str, now: float) -> str:
    """The name with a stamp of milliseconds before its ending, within TikTok's limit."""
    stem, dot, ending = name.rpartition(".")
    if not stem:
        stem, dot, ending = name, "", ""
    stamp = f"_{round(now * 1000)}{dot}{ending}"
    return stem[: max(0, MAX_NAME - len(stamp))] + stamp[:MAX_NAME]


def _md5(data: bytes = b"") -> hashlib._Hash:
    return hashlib.md5(data, usedforsecurity=False)
