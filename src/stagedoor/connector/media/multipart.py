"""Streaming parser for the first file of a multipart/form-data body, and the texts beside it."""

from __future__ import annotations

from collections.abc import Mapping

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from stagedoor.platform.encodable import reason_against

from .errors import BadUpload

_MAX_HEADERS = 16_384
_MAX_TEXTS = 20
_MAX_TEXT = 4_096
"""Bytes of a part that is no file."""


class FirstFile:
    """Feed it the body: it returns the bytes of the first part that is a file.

    With `with_texts`, `texts` are the parts that are no files, by their names, as far as they have
    arrived. `name` is the file's own, which may be empty.
    """

    def __init__(self, content_type: str, with_texts: bool = False) -> None:
        kind, options = parse_options_header(content_type)
        boundary = options.get(b"boundary")
        if kind != b"multipart/form-data" or not boundary:
            raise BadUpload("The multipart body names no boundary.")
        self.complete = False
        self.name = ""
        self.texts: dict[str, str] = {}
        self._with_texts = with_texts
        self._text_name: str | None = None
        self._text_bytes = bytearray()
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
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        is_file = self._is_file(options)
        self._inside = is_file and not self.complete
        self._text_name = None
        self._text_bytes.clear()
        if self._inside:
            self.name = options.get(b"filename", b"").decode(errors="replace").replace("\0", "")
        elif self._with_texts and not is_file:
            self._text_name = _text(options.get(b"name", b""))

    def _is_file(self, options: Mapping[bytes, bytes]) -> bool:
        """Whether the part has a file name, or a media type other than text: some HTTP libraries
        send no name for bytes."""
        if b"filename" in options or b"filename*" in options:
            return True
        kind, _ = parse_options_header(self._headers.get(b"content-type", b"text/plain"))
        return not kind.startswith(b"text/")

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._inside:
            self._found.append(data[start:end])
        elif self._text_name is not None:
            self._text_bytes += data[start:end]
            if len(self._text_bytes) > _MAX_TEXT:
                raise BadUpload(f"A field of the form has more than {_MAX_TEXT} bytes.")

    def _end(self) -> None:
        if self._inside:
            self._inside, self.complete = False, True
        elif self._text_name is not None:
            self.texts[self._text_name] = _text(bytes(self._text_bytes))
            if len(self.texts) > _MAX_TEXTS:
                raise BadUpload(f"The form has more than {_MAX_TEXTS} fields.")


def _text(data: bytes) -> str:
    """The text of a field. Raises `BadUpload` for one that can't be kept."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise BadUpload("A field of the form isn't UTF-8.") from None
    if reason_against(text) is not None:
        raise BadUpload("A field of the form has characters that can't be stored.")
    return text
