"""An archive as typed records, one by one."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import IO, Any, Self, TypeVar, overload

from stagedoor.platform.archive import (
    BY_NAME,
    JSON_NAME,
    OLD_JSON_NAME,
    TEXT_SUFFIX,
    Record,
    Section,
    section_of_file,
)
from stagedoor.platform.arguments import checked
from stagedoor.platform.portability import DataFormat

from ..errors import ArchiveUnreadable
from . import json_form, text_form
from .limits import ArchiveLimits
from .members import broken_as_error, open_zip
from .text import Text

R = TypeVar("R", bound=Record)

_ZIP_START = b"PK"
_JSON_NAMES = (JSON_NAME, OLD_JSON_NAME)
_BETWEEN = " > "


@checked
def read_archive(
    source: str | os.PathLike[str] | IO[bytes], *, limits: ArchiveLimits | None = None
) -> Archive:
    """Open an archive of a person's data: the zip in either format, or the JSON file out of it.

    `source` is a path or a binary file that can seek. Nothing is unpacked to disk and no more
    than a window of it is held in memory. Close it, or use it with `with`. Raises an
    `ArchiveError` that says what is wrong and what to do; damage further in is found when it is
    read.
    """
    if not isinstance(source, str | os.PathLike):
        name = PurePosixPath(str(getattr(source, "name", "the archive"))).name
        return Archive(source, name, limits or ArchiveLimits(), owned=False)
    path = Path(source)
    try:
        file: IO[bytes] = path.open("rb")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ArchiveUnreadable(f"can't read {path}: {reason}.", path.name) from error
    except ValueError as error:  # NUL or half a character in it
        named = ascii(str(path))
        raise ArchiveUnreadable(f"No file can be named {named}.", path.name) from error
    try:
        return Archive(file, path.name, limits or ArchiveLimits(), owned=True)
    except BaseException:
        file.close()
        raise


class Archive:
    """An open archive. Each walk goes through all of it once, from the beginning."""

    def __init__(self, file: IO[bytes], name: str, limits: ArchiveLimits, *, owned: bool) -> None:
        self.name = name
        self._file = file
        self._owned = owned
        self._limits = limits
        self._zip: zipfile.ZipFile | None = None
        file.seek(0)
        start = file.read(len(_ZIP_START))
        if start == _ZIP_START:
            self._zip = open_zip(file, name, limits)
            self._json, self._texts = _parts(self._zip, name)
        else:
            if not start:
                raise ArchiveUnreadable(f"{name} is empty. Download it again.", name)
            self._json, self._texts = name, []
            self._look_like_json(file)

    @property
    def format(self) -> DataFormat:
        return DataFormat.TEXT if self._json is None else DataFormat.JSON

    @overload
    def records(self, kind: None = None) -> Iterator[Record]: ...
    @overload
    def records(self, kind: type[R]) -> Iterator[R]: ...
    @checked
    def records(self, kind: type[Record] | None = None) -> Iterator[Record]:
        """All records in the file's order, or those of one kind (`stagedoor.records.Post`)."""
        return self._walked(kind)

    def _walked(self, kind: type[Record] | None) -> Iterator[Any]:
        sections = frozenset(
            name for name, section in BY_NAME.items() if kind is None or section.record is kind
        )
        for name, batch in self._batches(None if kind in (None, Record) else sections):
            yield from batch if kind is None or name in sections else ()

    @checked
    def section(self, name: str) -> Iterator[Record]:
        """The records of one section by its name, also of one that isn't declared."""
        for found, batch in self._batches(frozenset((name,))):
            if found == name:
                yield from batch

    def counts(self) -> dict[str, int]:
        """Section -> how many records it has. One that isn't declared is named by its path."""
        counted: dict[str, int] = {}
        for name, batch in self._batches(frozenset()):
            counted[name] = counted.get(name, 0) + len(batch)
        return counted

    def close(self) -> None:
        """Close the file, if it was opened here."""
        if self._zip is not None:
            self._zip.close()
        if self._owned:
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _batches(self, typed: frozenset[str] | None) -> Iterator[tuple[str, list[Any]]]:
        """(section's name, values); records where the section is in `typed`, or `typed` None."""
        if self._json is not None:
            with self._opened(self._json) as text:

                def wanted(path: tuple[str, ...], section: Section | None) -> bool:
                    return typed is None or _name(path, section) in typed

                for path, section, batch in json_form.walk(text, wanted):
                    yield _name(path, section), batch
            return
        for member in self._texts:
            stem = PurePosixPath(member).stem
            section = section_of_file(stem)
            parts = (*PurePosixPath(member).parent.parts, stem)
            with self._opened(member) as text:
                for batch in text_form.walk(text, section, stem):
                    yield _name(parts, section), batch

    @contextmanager
    def _opened(self, member: str) -> Iterator[Text]:
        if self._zip is None:
            self._file.seek(0)
            yield Text(self._file, member, self._limits.max_record)
            return
        with broken_as_error(self.name):
            file = self._zip.open(member)
        with file:
            yield Text(file, f"{member} in {self.name}", self._limits.max_record)

    def _look_like_json(self, file: IO[bytes]) -> None:
        file.seek(0)
        text = Text(file, self.name, self._limits.max_record)
        if text.peek() != "{":
            raise ArchiveUnreadable(
                f"{self.name} is neither a zip nor {JSON_NAME}. Give the file as TikTok sent it.",
                self.name,
            )


def _name(path: tuple[str, ...], section: Section | None) -> str:
    return section.name if section is not None else _BETWEEN.join(path) or "(top)"


def _parts(packed: zipfile.ZipFile, name: str) -> tuple[str | None, list[str]]:
    """The JSON file, or else the text files."""
    files = [info.filename for info in packed.infolist() if not info.is_dir()]
    for wanted in _JSON_NAMES:
        for member in files:
            if PurePosixPath(member).name == wanted:
                return member, []
    others = [member for member in files if member.endswith(".json")]
    if len(others) == 1:
        return others[0], []
    texts = sorted(member for member in files if member.endswith(TEXT_SUFFIX))
    if not texts:
        raise ArchiveUnreadable(
            f"{name} is a zip, but holds neither {JSON_NAME} nor text files. Give the archive as "
            "TikTok sent it.",
            name,
        )
    return None, texts
