"""Receives multipart bodies with large files: the files are written to disk as they arrive."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from io import BufferedWriter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stagedoor.platform.files import FileContent

from .bodies import MAX_JSON, Disconnected, Receive
from .calls import Refusal

if TYPE_CHECKING:
    from hashlib import _Hash

    from python_multipart.multipart import MultipartParser

Fields = Mapping[str, str | FileContent]

_MAX_PARTS = 20
_MAX_HEADERS = 16_384
_MAX_MARK = 200
_MALFORMED = "The multipart body is malformed."
_READ_ON = 2
"""A body that is too long is read on up to this many times the limit, so that its sender gets the
answer instead of a broken connection."""
TOO_LARGE = "40907"


class ReceivedFile(FileContent):
    """A file that was received, with its MD5. Its bytes are at `path`."""

    __slots__ = ("md5", "name", "path", "size")

    def __init__(self, name: str, path: Path, size: int, md5: str) -> None:
        self.name, self.path, self.size, self.md5 = name, path, size, md5

    def body(self, head: bytes, tail: bytes) -> Any:
        raise TypeError("a received file isn't sent on")


def is_form(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether the headers announce a multipart body."""
    given = b"".join(value for name, value in headers if name == b"content-type")
    return given.lower().lstrip().startswith(b"multipart/form-data")


class Form:
    """A multipart body that is being received into `folder`.

    The boundary is taken from the body's first line, where it always is.
    """

    def __init__(self, folder: Path, prefix: str, limit: int) -> None:
        self.fields: dict[str, str | FileContent] = {}
        self._folder, self._prefix, self._limit = folder, prefix, limit
        self._paths: list[Path] = []
        self._headers: dict[bytes, bytes] = {}
        self._field, self._value, self._read = b"", b"", 0
        self._parts, self._text_bytes, self._file_bytes = 0, 0, 0
        self._name = ""
        self._text = bytearray()
        self._file: BufferedWriter | None = None
        self._file_name, self._md5 = "", _empty()
        self._begin = b""
        self._parser: MultipartParser | None = None

    def _opened(self, mark: bytes) -> MultipartParser:
        from python_multipart.multipart import MultipartParser

        return MultipartParser(
            mark,
            {
                "on_part_begin": self._part_begins,
                "on_header_field": self._header_name,
                "on_header_value": self._header_value,
                "on_header_end": self._header_ends,
                "on_headers_finished": self._headers_end,
                "on_part_data": self._data,
                "on_part_end": self._part_ends,
            },
        )

    async def receive(self, receive: Receive) -> None:
        """Receive the whole body. Raises a refusal, or `Disconnected`."""
        from python_multipart.exceptions import FormParserError

        more, size, refusal = True, 0, None
        while more and size <= _READ_ON * self._limit:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Disconnected
            more = message.get("more_body", False)
            block = message.get("body", b"")
            size += len(block)
            if refusal is not None:
                continue
            try:
                self._write(block)
                self._check(size)
            except FormParserError:
                refusal = Refusal("invalid_params", _MALFORMED)
            except Refusal as found:
                refusal = found
        if refusal is None and self._parser is None:
            refusal = Refusal("invalid_params", _MALFORMED)
        if refusal is not None:
            raise refusal

    def _write(self, block: bytes) -> None:
        if self._parser is None:
            self._begin = (self._begin + block).lstrip(b"\r\n")
            mark, end, _ = self._begin.partition(b"\r\n")
            if not end and len(mark) <= _MAX_MARK:
                return
            if not mark.startswith(b"--") or not 2 < len(mark) <= _MAX_MARK:
                raise Refusal("invalid_params", _MALFORMED)
            self._parser = self._opened(mark.removeprefix(b"--").rstrip())
            block, self._begin = self._begin, b""
        self._parser.write(block)

    def _check(self, size: int) -> None:
        if size - self._file_bytes > MAX_JSON:
            said = f"The request body is longer than {MAX_JSON} bytes without its file."
            raise Refusal("invalid_params", said)
        if self._file_bytes > self._limit:
            raise Refusal(TOO_LARGE, f"The file is larger than {self._limit} bytes.")

    def discard(self) -> None:
        """Delete the files that no handler moved away."""
        if self._file is not None:
            self._file.close()
        for path in self._paths:
            path.unlink(missing_ok=True)

    def _part_begins(self) -> None:
        self._parts += 1
        if self._parts > _MAX_PARTS:
            raise Refusal("invalid_params", f"The body has more than {_MAX_PARTS} parts.")
        self._headers.clear()
        self._field, self._value, self._read = b"", b"", 0

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._count(end - start)
        self._field += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._count(end - start)
        self._value += data[start:end]

    def _count(self, size: int) -> None:
        self._read += size
        if self._read > _MAX_HEADERS:
            raise Refusal("invalid_params", "A part of the body has too many headers.")

    def _header_ends(self) -> None:
        self._headers[self._field.lower()] = self._value
        self._field, self._value = b"", b""

    def _headers_end(self) -> None:
        from python_multipart.multipart import parse_options_header

        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        self._text = bytearray()
        given = options.get(b"filename", options.get(b"filename*"))
        if given is None:
            return
        path = self._folder / f"{self._prefix}-{self._parts}"
        self._paths.append(path)
        self._file_name = Path(given.decode("utf-8", "replace").replace("\\", "/")).name
        self._md5 = _empty()
        self._file = path.open("wb")

    def _data(self, data: bytes, start: int, end: int) -> None:
        block = data[start:end]
        if self._file is None:
            self._text += block
            return
        self._file_bytes += len(block)
        self._md5.update(block)
        self._file.write(block)

    def _part_ends(self) -> None:
        if self._file is None:
            try:
                self.fields[self._name] = self._text.decode()
            except UnicodeDecodeError:
                said = "A field of the body is no UTF-8 text."
                raise Refusal("invalid_params", said) from None
            return
        size = self._file.tell()
        self._file.close()
        self._file = None
        path = self._paths[-1]
        self.fields[self._name] = ReceivedFile(self._file_name, path, size, self._md5.hexdigest())


def _empty() -> _Hash:
    return hashlib.md5(usedforsecurity=False)
