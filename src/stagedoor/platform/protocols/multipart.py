"""multipart/form-data: fields as text, files as bytes or as files on disk."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from ..files import FileContent, FileForm

TYPE = "multipart/form-data; boundary="


class MultipartFile(bytes):
    """A file of a multipart body, with the name that its sender gave it."""

    filename: str = ""


_NAME = re.compile(rb'form-data;(?:[^\r\n]*;)?\s*name="([^"\r\n]*)"', re.IGNORECASE)
_FILE = re.compile(rb';\s*filename\*?=(?:"([^"\r\n]*)"|([^;\r\n]*))', re.IGNORECASE)
_MAX_PARTS = 20

Streamed = tuple[FileForm, str]
"""A body with its content type."""


def join(fields: Mapping[str, str | bytes]) -> tuple[bytes, str]:
    """Encode the body; returns it with its content type. The same fields give the same body."""
    digest = hashlib.sha256()
    lines = []
    for name, value in fields.items():
        head = f'Content-Disposition: form-data; name="{name}"'
        if isinstance(value, bytes):
            head += f'; filename="{name}.txt"\r\nContent-Type: text/plain'
        content = value if isinstance(value, bytes) else value.encode()
        digest.update(content)
        lines.append(b"%b\r\n\r\n%b\r\n" % (head.encode(), content))
    boundary = f"stagedoor-{digest.hexdigest()[:32]}"
    mark = b"--%b\r\n" % boundary.encode()
    body = b"".join(mark + line for line in lines) + b"--%b--\r\n" % boundary.encode()
    return body, TYPE + boundary


def stream(fields: Mapping[str, str | bytes], name: str, file: FileContent) -> Streamed:
    """As `join`, with a file under `name`, which comes last and isn't read."""
    digest = hashlib.sha256()
    texts = []
    for field, value in fields.items():
        content = value if isinstance(value, bytes) else value.encode()
        head = b'Content-Disposition: form-data; name="%b"' % field.encode()
        texts.append(b"%b\r\n\r\n%b\r\n" % (head, content))
        digest.update(texts[-1])
    boundary = f"stagedoor-{digest.hexdigest()[:32]}"
    mark = b"--%b\r\n" % boundary.encode()
    head = (
        f'Content-Disposition: form-data; name="{name}"; filename="{_quoted(file.name)}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    ).encode("utf-8", "replace")
    before = b"".join(mark + text for text in texts) + mark + head
    return FileForm(before, file, b"\r\n--%b--\r\n" % boundary.encode()), TYPE + boundary


def _quoted(name: str) -> str:
    """A file name inside of quotes, escaped as browsers do."""
    return name.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")


def begins(body: bytes) -> bool:
    """Whether a body looks like multipart: the boundary's line comes first."""
    return body.lstrip(b"\r\n").startswith(b"--")


def split(body: bytes) -> dict[str, str | bytes]:
    """Parse the fields of a body, files as bytes; ValueError if it isn't multipart.

    The boundary is taken from the body's first line, where it always is.
    """
    mark, _, _ = body.lstrip(b"\r\n").partition(b"\r\n")
    if not mark.startswith(b"--") or len(mark) < 3:
        raise ValueError("is no multipart body")
    found: dict[str, str | bytes] = {}
    for part in (b"\r\n" + body.lstrip(b"\r\n")).split(b"\r\n" + mark, _MAX_PARTS)[1:]:
        head, gap, content = part.partition(b"\r\n\r\n")
        name = _NAME.search(head)
        if name is None or not gap:
            continue
        file = _FILE.search(head)
        if file is None:
            found[name[1].decode()] = content.decode()
        else:
            part = found[name[1].decode()] = MultipartFile(content)
            part.filename = (file[1] or file[2] or b"").decode("utf-8", "replace")
    return found
