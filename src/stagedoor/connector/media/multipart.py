"""Streaming parser for the first file of a multipart/form-data body."""

from __future__ import annotations

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from .errors import BadUpload

_MAX_HEADERS = 16_384


class FirstFile:
    """Feed it the body: it returns the bytes of the first part that is a file."""

    def __init__(self, content_type: str) -> None:
        kind, options = parse_options_header(content_type)
        boundary = options.get(b"boundary")
        if kind != b"multipart/form-data" or not boundary:
            raise BadUpload("The multipart body names no boundary.")
        self.complete = False
        self._found: list[bytes] = []
        self._headers: dict[bytes, bytes] = {}
        self._field, self._value, self._read = b"", b"", 0
        self._inside = False
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._name,
                "on_header_value": self._text,
                "on_header_end": self._header,
                "on_headers_finished": self._headers_finished,
                "on_part_data": self._data,
                "on_part_end": self._end,
            },
        )

    def feed(self, data: bytes) -> bytes:
        """Return the file's bytes in `data`. Raises `BadUpload`."""
        try:
            self._parser.write(data)
        except FormParserError:
            raise BadUpload("The multipart body is malformed.") from None
        found, self._found = self._found, []
        return b"".join(found)

    def _begin(self) -> None:
        self._headers.clear()
        self._field, self._value, self._read = b"", b"", 0

    def _name(self, data: bytes, start: int, end: int) -> None:
        self._count(end - start)
        self._field += data[start:end]

    def _text(self, data: bytes, start: int, end: int) -> None:
        self._count(end - start)
        self._value += data[start:end]

    def _count(self, size: int) -> None:
        self._read += size
        if self._read > _MAX_HEADERS:
            raise BadUpload("A part of the multipart body has too many headers.")

    def _header(self) -> None:
        self._headers[self._field.lower()] = self._value
        self._field, self._value = b"", b""

    def _headers_finished(self) -> None:
        self._inside = not self.complete and self._is_file()

    def _is_file(self) -> bool:
        """Whether the part has a file name, or a media type other than text: some HTTP libraries
        send no name for bytes."""
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        if b"filename" in options or b"filename*" in options:
            return True
        kind, _ = parse_options_header(self._headers.get(b"content-type", b"text/plain"))
        return not kind.startswith(b"text/")

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._inside:
            self._found.append(data[start:end])

    def _end(self) -> None:
        if self._inside:
            self._inside, self.complete = False, True
