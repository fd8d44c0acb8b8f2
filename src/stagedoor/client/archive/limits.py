"""Limits on the resources that reading an archive may take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from stagedoor.platform.arguments import AtLeast, check_fields

_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """An archive that exceeds these is refused with `ArchiveUnsafe`.

    `max_bytes` bounds the unpacked size of all files. `max_ratio` bounds unpacked to packed size,
    once more than 16 MiB are unpacked (JSON packs about 1 to 10; a bomb 1 to 1000). `max_files`
    bounds the number of files, `max_record` the characters of one value that is held at once.
    """

    max_bytes: Annotated[int, AtLeast(1)] = 8 << 30
    max_ratio: Annotated[float, AtLeast(1)] = 250.0
    max_files: Annotated[int, AtLeast(1)] = 10_000
    max_record: Annotated[int, AtLeast(1)] = 16 * _MIB

    def __post_init__(self) -> None:
        check_fields(self)


FREE_RATIO = 16 * _MIB
"""Bytes up to which any ratio is harmless."""
