"""Reads an archive as typed records, one at a time."""

from __future__ import annotations

import os
import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import IO, Any, NamedTuple, Self, TypeVar, overload

from stagedoor.platform.arguments import checked
from stagedoor.platform.products.portability import DataFormat
from stagedoor.platform.products.portability.archive import (
    BY_NAME,
    JSON_NAME,
    OLD_JSON_NAME,
    TEXT_SUFFIX,
    Record,
    Section,
    section_of_file,
)

from ..errors import ArchiveUnreadable, ArchiveUnsafe
from . import json_form, records, text_form
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
    """Open an archive of a person's data: the zip in either format, the folder with its unpacked
    files, or a single file from it.

    `source` is a path or a binary file that can seek. Nothing is unpacked to disk and at most one
    window of the archive is held in memory. Close it, or use it with `with`. Raises an
    `ArchiveError` that tells what is wrong and what to do; damage inside a file is found when that
    file is read.
    """
    if not isinstance(source, str | os.PathLike):
        name = PurePosixPath(str(getattr(source, "name", "the archive"))).name
        return Archive(source, name, limits or ArchiveLimits(), owned=False)
    path = Path(source)
    if path.is_dir():
        folder = path.resolve()  # "." has no name
        name = folder.name or str(folder)
        return Archive(None, name, limits or ArchiveLimits(), owned=False, folder=folder)
    try:
        file: IO[bytes] = path.open("rb")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ArchiveUnreadable(f"can't read {path}: {reason}.", path.name) from error
    except ValueError as error:  # NUL or a lone surrogate in the path
        named = ascii(str(path))
        raise ArchiveUnreadable(f"No file can be named {named}.", path.name) from error
    try:
        return Archive(file, path.name, limits or ArchiveLimits(), owned=True)
    except BaseException:
        file.close()
        raise


class SectionCount(NamedTuple):
    """The number of records in a section. `unknown` records have no typed values: their section
    isn't declared, or none of their keys is, as in another language or a newer variant.
    """

    records: int
    unknown: int


class UnknownKeys(UserWarning):
    """Warns of records in a section whose keys aren't known: their typed fields are None."""


class Archive:
    """An open archive. Each iteration reads the whole archive from the beginning."""

    def __init__(
        self,
        file: IO[bytes] | None,
        name: str,
        limits: ArchiveLimits,
        *,
        owned: bool,
        folder: Path | None = None,
    ) -> None:
        self.name = name
        self._file = file
        self._owned = owned
        self._limits = limits
        self._zip: zipfile.ZipFile | None = None
        self._folder = folder
        self._told: set[str] = set()
        if folder is not None:
            self._json, self._texts = _parts(_files_below(folder, limits), name, "folder")
            return
        if file is None:
            raise TypeError("an archive is a file or a folder")
        file.seek(0)
        start = file.read(len(_ZIP_START))
        if start == _ZIP_START:
            self._zip = open_zip(file, name, limits)
            members = [info.filename for info in self._zip.infolist() if not info.is_dir()]
            self._json, self._texts = _parts(members, name, "zip")
        elif not start:
            raise ArchiveUnreadable(f"{name} is empty. Download it again.", name)
        elif self._begins_with(file, "{"):
            self._json, self._texts = name, []
        elif PurePosixPath(name).suffix.casefold() == TEXT_SUFFIX:
            self._json, self._texts = None, [name]
        else:
            raise ArchiveUnreadable(
                f"{name} is neither a zip nor {JSON_NAME}, nor a file of the text format. Give "
                "the file as TikTok sent it.",
                name,
            )

    @property
    def format(self) -> DataFormat:
        return DataFormat.TEXT if self._json is None else DataFormat.JSON

    @overload
    def records(self, kind: None = None) -> Iterator[Record]: ...
    @overload
    def records(self, kind: type[R]) -> Iterator[R]: ...
    @checked
    def records(self, kind: type[Record] | None = None) -> Iterator[Record]:
        """All records in file order, or only those of one kind (`stagedoor.records.Post`)."""
        return self._walked(kind)

    def _walked(self, kind: type[Record] | None) -> Iterator[Any]:
        sections = frozenset(
            name for name, section in BY_NAME.items() if kind is None or section.record is kind
        )
        for name, batch in self._batches(None if kind in (None, Record) else sections):
            yield from batch if kind is None or name in sections else ()
            del batch

    @checked
    def section(self, name: str) -> Iterator[Record]:
        """The records of one section by its name; undeclared sections work, too."""
        for found, batch in self._batches(frozenset((name,))):
            if found == name:
                yield from batch

    def counts(self) -> dict[str, int]:
        """Section name -> number of records. An undeclared section is named by its path."""
        return {name: found.records for name, found in self.survey().items()}

    def survey(self) -> dict[str, SectionCount]:
        """Section name -> number of records, and how many of them are unknown."""
        found: dict[str, SectionCount] = {}
        for name, batch in self._batches(frozenset()):
            before = found.get(name, SectionCount(0, 0))
            unknown = records.count_unknown(BY_NAME.get(name), batch)
            found[name] = SectionCount(before.records + len(batch), before.unknown + unknown)
        return found

    def close(self) -> None:
        """Close the file, if this object opened it."""
        if self._zip is not None:
            self._zip.close()
        if self._owned and self._file is not None:
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
        """(section name, values); records for the sections in `typed`, or for all if it is None."""
        for name, batch in self._sections(typed):
            if batch and isinstance(batch[0], Record) and not records.has_known_keys(batch[0]):
                self._tell(name, batch[0])
            yield name, batch
            del batch

    def _sections(self, typed: frozenset[str] | None) -> Iterator[tuple[str, list[Any]]]:
        if self._json is not None:
            with self._opened(self._json) as text:

                def wanted(path: tuple[str, ...], section: Section | None) -> bool:
                    return typed is None or _name(path, section) in typed

                for path, section, batch in json_form.walk(text, wanted):
                    yield _name(path, section), batch
                    del batch
            return
        for member in self._texts:
            stem = PurePosixPath(member).stem
            section = section_of_file(stem)
            parts = (*PurePosixPath(member).parent.parts, stem)
            with self._opened(member) as text:
                for batch in text_form.walk(text, section, stem):
                    yield _name(parts, section), batch

    def _tell(self, section: str, record: Record) -> None:
        """Warn once per section of records whose keys aren't known, as in another language."""
        if section not in self._told:
            self._told.add(section)
            keys = ", ".join(list(record.model_extra or {})[:8])
            warnings.warn(
                f"{self.name}: the entries of {section} have keys that Stagedoor doesn't know "
                f"({keys}), perhaps of another language: their values are kept under these keys, "
                "and the typed fields are None.",
                UnknownKeys,
                stacklevel=4,
            )

    @contextmanager
    def _opened(self, member: str) -> Iterator[Text]:
        if self._folder is not None:
            with (self._folder / member).open("rb") as file:
                yield Text(file, f"{member} in {self.name}", self._limits.max_record)
            return
        if self._zip is None:
            if self._file is None:
                raise TypeError("an archive is a file or a folder")
            self._file.seek(0)
            yield Text(self._file, member, self._limits.max_record)
            return
        with broken_as_error(self.name):
            packed = self._zip.open(member)
        with packed:
            yield Text(packed, f"{member} in {self.name}", self._limits.max_record)

    def _begins_with(self, file: IO[bytes], mark: str) -> bool:
        file.seek(0)
        return Text(file, self.name, self._limits.max_record).peek() == mark


def _name(path: tuple[str, ...], section: Section | None) -> str:
    """A section's name; for an undeclared section its path, with one placeholder for all ids."""
    if section is not None:
        return section.name
    return _BETWEEN.join(_ANY_ID if _ID.fullmatch(part) else part for part in path) or "(top)"


_ID = re.compile(r"[0-9]{5,}")
_ANY_ID = "(id)"
_NAMED = 3
"""Files that an error names."""


def _parts(files: list[str], name: str, kind: str) -> tuple[str | None, list[str]]:
    """The JSON file if there is one, else the text files. Several JSON files are several archives:
    none is chosen. Hidden files are left out: a Mac adds one for each file that it packs."""
    files = [member for member in files if not PurePosixPath(member).name.startswith(".")]
    named = [member for member in files if PurePosixPath(member).name in _JSON_NAMES]
    found = named or [member for member in files if member.endswith(".json")]
    if len(found) > 1 and (named or not any(member.endswith(TEXT_SUFFIX) for member in files)):
        listed = ", ".join(found[:_NAMED]) + (", ..." if len(found) > _NAMED else "")
        raise ArchiveUnreadable(
            f"{name} is a {kind} with {len(found)} JSON files ({listed}): read them one at a time.",
            name,
        )
    if len(found) == 1:
        return found[0], []
    texts = sorted(member for member in files if member.endswith(TEXT_SUFFIX))
    if not texts:
        raise ArchiveUnreadable(
            f"{name} is a {kind}, but holds neither {JSON_NAME} nor text files. Give the archive "
            "as TikTok sent it.",
            name,
        )
    return None, texts


def _files_below(folder: Path, limits: ArchiveLimits) -> list[str]:
    """Relative paths of the files below a folder; symbolic links are skipped."""
    found: list[str] = []
    size = 0

    def refuse(error: OSError) -> None:
        raise ArchiveUnreadable(f"can't read {error.filename}: {error.strerror}.", folder.name)

    for where, _, names in os.walk(folder, onerror=refuse):
        for name in names:
            path = Path(where) / name
            if path.is_symlink() or not path.is_file():
                continue
            found.append(path.relative_to(folder).as_posix())
            size += path.stat().st_size
            if len(found) > limits.max_files or size > limits.max_bytes:
                raise ArchiveUnsafe(
                    f"{folder.name} holds more than {limits.max_files:,} files or "
                    f"{limits.max_bytes:,} bytes. Give the folder of the archive alone; if it is, "
                    "raise max_files or max_bytes.",
                    folder.name,
                )
    return sorted(found)
