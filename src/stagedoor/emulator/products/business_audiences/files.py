"""Uploads of files of hashed identifiers."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Sequence

from stagedoor.platform.products import business_audiences as declared
from stagedoor.platform.products.business_audiences import (
    MAX_FILE_BYTES,
    AudienceFile,
    CalculateType,
    UploadedAudienceFile,
)
from stagedoor.platform.protocols.multipart import MultipartFile

from ...calls import AdmittedCall, Handlers, Refusal
from . import state
from .state import AUDIENCE_FILES

_SUFFIXES = (".csv", ".txt")
_SHA256, _MD5 = re.compile("[0-9a-f]{64}"), re.compile("[0-9a-f]{32}")
_UUID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_COLUMNS = {
    "email_sha256": _SHA256,
    "phone_sha256": _SHA256,
    "maid_sha256": _SHA256,
    "maid_md5": _MD5,
    "maid": _UUID,
}
_SAME_HEADER = 3


def upload(call: AdmittedCall) -> UploadedAudienceFile:
    """Check a file and keep it. Rows are judged when they are matched, not here."""
    request: AudienceFile = call.request
    data = request.file
    if request.calculate_type not in set(CalculateType):
        raise Refusal("40909", f"calculate_type: {request.calculate_type} is not supported.")
    named = data.filename if isinstance(data, MultipartFile) else ""
    name = request.file_name or named
    if not name.endswith(_SUFFIXES):
        raise Refusal("40908", "The file name must end with .csv or .txt.")
    if not data.strip():
        raise Refusal("40906")
    if len(data) > MAX_FILE_BYTES:
        raise Refusal("40907")
    if request.file_signature.lower() != hashlib.md5(data, usedforsecurity=False).hexdigest():
        raise Refusal("40900")
    rows, broken = _rows(data, request.calculate_type)
    made = state.AudienceFile(
        id=call.world.ids.hexadecimal(16),
        advertiser_id=call.ad_account.id,
        calculate_type=request.calculate_type,
        rows=rows,
        broken=broken,
        expires=call.now + call.world.settings.audience_file_seconds,
    )
    call.world[AUDIENCE_FILES].add(made)
    return UploadedAudienceFile(file_path=made.id)


def _rows(data: bytes, calculate_type: str) -> tuple[tuple[str, ...], int]:
    """The rows of a file, each the identifiers of one person, and the number of broken rows."""
    text = data.decode("utf-8", "replace").removeprefix("\ufeff")
    if calculate_type == CalculateType.MULTIPLE_TYPES:
        return _several(text)
    kind = _MD5 if calculate_type.endswith("MD5") else _SHA256
    found, broken = [], 0
    for line in text.splitlines():
        value = line.partition(",")[0].strip().strip('"').lower()
        if kind.fullmatch(value):
            found.append(value)
        elif value:
            broken += 1
    return tuple(dict.fromkeys(found)), broken


def _several(text: str) -> tuple[tuple[str, ...], int]:
    reader = csv.reader(io.StringIO(text, newline=""))
    header = [one.strip().lower() for one in next(reader, [])]
    kinds = [_COLUMNS.get(one) for one in header]
    if None in kinds or any(header.count(one) > _SAME_HEADER for one in header):
        return (), sum(1 for _ in reader)
    found, broken = [], 0
    for row in reader:
        values = [one.strip().lower() for one in row]
        pairs = list(zip(values, kinds, strict=False))
        if len(values) > len(kinds) or any(v and k and not k.fullmatch(v) for v, k in pairs):
            broken += 1
        elif any(values):
            found.append(",".join(filter(None, values)))
    return tuple(dict.fromkeys(found)), broken


def find(call: AdmittedCall, paths: Sequence[str], calculate_type: str | None) -> tuple[str, ...]:
    """The ids of uploaded files that the call's ad account may use."""
    for path in paths:
        found = call.world[AUDIENCE_FILES].get(path)
        if found is None:
            raise Refusal("40905", f"The file {path} does not exist.")
        if found.advertiser_id != call.ad_account.id:
            raise Refusal("40002", "file_paths: The file belongs to another advertiser.")
        if found.expires <= call.now:
            raise Refusal("40910", f"The file {path} has expired.")
        if found.calculate_type != calculate_type:
            raise Refusal("40002", "calculate_type: Not the type with which the file was uploaded.")
    return tuple(dict.fromkeys(paths))


HANDLERS: Handlers = {
    declared.AUDIENCE_FILE_UPLOAD: upload,
}
