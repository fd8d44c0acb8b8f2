"""Files as values of request fields, without their bytes in memory.

A request with such a field is sent as multipart/form-data; a sender reads the file block by block
(`FileContent.body`), and a receiver has it on disk.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Annotated, Any, get_args

from pydantic import PlainValidator, WithJsonSchema

from .records import frozen


class FileContent(ABC):
    """A file as the value of a request's field. Subclasses know where the bytes are."""

    __slots__ = ()

    name: str
    """The file's name, without a folder."""
    size: int

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}: {self.size} bytes>"

    @abstractmethod
    def body(self, head: bytes, tail: bytes) -> Any:
        """A request body for the client's drivers: `head`, the bytes of the file, `tail`."""


@frozen
class FileForm:
    """A multipart body around one file."""

    head: bytes
    file: FileContent
    tail: bytes

    @property
    def length(self) -> int:
        return len(self.head) + self.file.size + len(self.tail)

    def body(self) -> Any:
        """The body for one attempt to send it."""
        return self.file.body(self.head, self.tail)


def _file(value: Any) -> Any:
    if isinstance(value, bytes | FileContent):
        return value
    raise ValueError("should be a file: bytes, or a `FileContent`")


FileField = Annotated[
    bytes | FileContent,
    PlainValidator(_file),
    WithJsonSchema({"type": "string", "format": "binary"}),
]
"""The type of a field that takes a file."""


def is_file(annotation: Any) -> bool:
    """Whether a field of this type takes a file."""
    return (
        annotation is bytes or annotation is FileContent or any(map(is_file, get_args(annotation)))
    )


def takes_content(annotation: Any) -> bool:
    """Whether a field of this type takes a `FileContent`, whose bytes aren't in memory."""
    return annotation is FileContent or any(map(takes_content, get_args(annotation)))
