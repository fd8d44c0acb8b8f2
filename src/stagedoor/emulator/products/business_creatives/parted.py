"""Uploads in parts, files for later uploads, and checks of names."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

from stagedoor.platform.files import FileContent
from stagedoor.platform.products import business_creatives as creatives
from stagedoor.platform.products.business_creatives import (
    MAX_TEMPORARY,
    MAX_VIDEO,
    FileType,
    NameQuery,
    TemporaryUpload,
    TemporaryUploadType,
    UploadFinish,
    UploadStart,
    UploadTransfer,
)

from ...calls import AdmittedCall, Handlers, Refusal
from . import images, shown, sources, videos
from .sources import UploadSource
from .state import PARTED_UPLOADS, STORED_FILES, PartedUpload, StoredFile

PART = 10 << 20
"""Bytes of a part; TikTok's size isn't published."""
_BLOCK = 1 << 20


def start(call: AdmittedCall) -> creatives.StartedUpload:
    """Start an upload in parts, and name the first part."""
    request: UploadStart = call.request
    if request.size > MAX_VIDEO:
        raise Refusal("40907", f"At most {MAX_VIDEO} bytes are taken.")
    world = call.world
    upload_id = world.ids.hexadecimal(32)
    found = PartedUpload(
        id=upload_id,
        advertiser_id=call.ad_account.id,
        name=request.name or upload_id,
        kind=request.content_type,
        size=request.size,
        path=str(sources.place(world, f"ad-upload-{upload_id}")),
    )
    world[PARTED_UPLOADS].add(found)
    begin, end = _expected(found)
    return creatives.StartedUpload(
        upload_id=upload_id, file_name=found.name, start_offset=begin, end_offset=end
    )


def _expected(upload: PartedUpload) -> tuple[int, int]:
    """The first byte of the part that comes next, and the byte after its last."""
    return upload.stored, min(upload.size, upload.stored + PART)


def _find(call: AdmittedCall, upload_id: str) -> PartedUpload:
    found = call.world[PARTED_UPLOADS].get(upload_id)
    if found is None or found.advertiser_id != call.ad_account.id:
        raise Refusal("40905", f"The upload {upload_id} does not exist.")
    if not found.file_id and found.stored and not Path(found.path).is_file():
        found.stored = 0  # the bytes of an earlier run aren't kept
    return found


def transfer(call: AdmittedCall) -> creatives.UploadPart:
    """Add a part to an upload: the expected one, with its MD5."""
    request: UploadTransfer = call.request
    upload = _find(call, request.upload_id)
    begin, end = _expected(upload)
    if request.start_offset != begin:
        raise Refusal("40002", f"start_offset: the next part starts at {begin}.")
    with sources.received(call, request.file, request.signature, MAX_TEMPORARY) as source:
        if source.size != end - begin:
            said = f"file: has {source.size} bytes, the part is {end - begin} bytes long."
            raise Refusal("40002", said)
        _append(Path(upload.path), begin, source.path)
    upload.stored = end
    begin, end = _expected(upload)
    return creatives.UploadPart(start_offset=begin, end_offset=end)


def _append(target: Path, offset: int, part: Path) -> None:
    with target.open("r+b" if target.exists() else "wb") as file, part.open("rb") as more:
        file.seek(offset)
        while block := more.read(_BLOCK):
            file.write(block)


async def finish(call: AdmittedCall) -> creatives.UploadedFile:
    """End an upload whose parts have all arrived."""
    request: UploadFinish = call.request
    upload = _find(call, request.upload_id)
    if upload.file_id:
        return _shown(call.world[STORED_FILES][upload.file_id])
    if upload.stored < upload.size:
        said = f"{upload.size - upload.stored} of {upload.size} bytes are missing."
        raise Refusal("40914", said)
    path = Path(upload.path)
    digest = await asyncio.to_thread(_md5, path)
    if upload.file_id:
        return _shown(call.world[STORED_FILES][upload.file_id])
    source = UploadSource(upload.name, path, upload.size, digest)
    kept = sources.store(call, source, upload.name, upload.kind)
    upload.file_id = kept.id
    return _shown(kept)


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _shown(found: StoredFile) -> creatives.UploadedFile:
    return creatives.UploadedFile(
        file_id=found.id,
        file_name=found.name,
        signature=found.signature,
        size=found.size,
        create_time=shown.moment(found.created),
    )


async def temporary(call: AdmittedCall) -> creatives.UploadedFile:
    """Keep a file, from the body or from an address, for later uploads."""
    request: TemporaryUpload = call.request
    if request.upload_type is TemporaryUploadType.URL:
        codes = sources.VIDEO
        url = request.url or ""
        async with sources.downloaded(call, url, MAX_TEMPORARY, codes) as source:
            return _shown(sources.store(call, source, request.name, request.content_type))
    sent: bytes | FileContent = request.file or b""
    with sources.received(call, sent, request.signature or "", MAX_TEMPORARY) as source:
        return _shown(sources.store(call, source, request.name, request.content_type))


def check_names(call: AdmittedCall) -> creatives.NameCheck:
    """Whether names are taken in the ad account."""
    request: NameQuery = call.request
    if request.files is not None:
        results = (_result(call, one.file_name, one.file_type) for one in request.files)
        return creatives.NameCheck(batch_results=tuple(results))
    result = _result(call, request.file_name or "", request.file_type)
    return creatives.NameCheck(
        file_name=result.file_name,
        duplicate=result.duplicate,
        duplicate_material_id=result.duplicate_material_id,
    )


def _result(call: AdmittedCall, name: str, kind: FileType | None) -> creatives.NameResult:
    find = images.named if kind is FileType.IMAGE else videos.named
    found = find(call.world, call.ad_account.id, name)
    return creatives.NameResult(
        file_name=name,
        duplicate=found is not None,
        duplicate_material_id=None if found is None else found.material_id,
    )


HANDLERS: Handlers = {
    creatives.FILE_NAME_CHECK: check_names,
    creatives.FILE_START_UPLOAD: start,
    creatives.FILE_TRANSFER_UPLOAD: transfer,
    creatives.FILE_FINISH_UPLOAD: finish,
    creatives.FILE_TEMPORARILY_UPLOAD: temporary,
}
