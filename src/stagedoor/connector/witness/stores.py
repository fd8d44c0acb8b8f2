"""Where a witness is kept. A text is never changed: a newer text is added, and the texts that it
includes are deleted. So processes need no lock, and no reader sees half of a text."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from stagedoor.client.tokens import write_private

from ..errors import ApiError, ServiceUnavailable
from ..media.storage import Storage

_SUFFIX = ".json"
_TRIES = 5
FOLDER = "witness"


class WitnessStore(Protocol):
    """`sure`: it isn't restored together with the database, so it alone is enough evidence."""

    name: str
    sure: bool
    seconds: float
    """The shortest time between two writes."""

    def read(self) -> dict[str, str]:
        """The texts by name. Raises `ServiceUnavailable`."""

    def write(self, text: str) -> None: ...

    def drop(self, names: Sequence[str]) -> None: ...


class FolderWitnessStore:
    """A folder of this machine."""

    seconds = 0.0

    def __init__(self, folder: Path, identity: str, sure: bool = True) -> None:
        self._folder = folder / FOLDER / identity
        self.name = str(self._folder)
        self.sure = sure

    def read(self) -> dict[str, str]:
        for _ in range(_TRIES):
            # a text that is gone meanwhile was included in a newer one
            try:
                return {path.name: _text(path.read_bytes()) for path in self._paths()}
            except FileNotFoundError:
                continue
            except OSError as error:
                raise ServiceUnavailable(
                    f"The witness in {self.name} can't be read: {error}."
                ) from error
        raise ServiceUnavailable(f"The witness in {self.name} changes faster than it can be read.")

    def _paths(self) -> list[Path]:
        return sorted(self._folder.glob(f"*{_SUFFIX}"))

    def write(self, text: str) -> None:
        try:
            write_private(self._folder / _new_name(), text)
        except OSError as error:
            raise ServiceUnavailable(
                f"The witness in {self.name} can't be written: {error}."
            ) from error

    def drop(self, names: Sequence[str]) -> None:
        for name in names:
            with suppress(OSError):
                (self._folder / name).unlink()


class MediaWitnessStore:
    """An S3-compatible media store."""

    sure = True
    seconds = 5.0

    def __init__(self, storage: Storage, identity: str) -> None:
        self._storage = storage
        self._prefix = f"{FOLDER}/{identity}"
        self.name = f"{storage.url} ({self._prefix})"

    def read(self) -> dict[str, str]:
        try:
            for _ in range(_TRIES):
                names = self._storage.names(self._prefix)
                found = {name: self._storage.get(f"{self._prefix}/{name}") for name in names}
                read = {name: _text(data) for name, data in found.items() if data is not None}
                if len(read) == len(names):
                    return read
        except ApiError as error:
            raise ServiceUnavailable(f"The witness in {self.name} can't be read.") from error
        raise ServiceUnavailable(f"The witness in {self.name} changes faster than it can be read.")

    def write(self, text: str) -> None:
        self._storage.put(f"{self._prefix}/{_new_name()}", text.encode())

    def drop(self, names: Sequence[str]) -> None:
        for name in names:
            self._storage.drop(f"{self._prefix}/{name}")


def _new_name() -> str:
    return f"{uuid.uuid4().hex}{_SUFFIX}"


def _text(data: bytes) -> str:
    # bytes that aren't text count as damaged when they are parsed as a witness
    return data.decode("utf-8", "replace")
