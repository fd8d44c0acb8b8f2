"""How much an archive may ask of the one who reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from stagedoor.platform.arguments import AtLeast, check_fields

_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """Beyond these an archive is refused with `ArchiveUnsafe`.

    `max_bytes` is all its files unpacked. `max_ratio` is that against the packed size, once there
    are more than 16 MiB (JSON packs about 1 to 10; a bomb 1 to 1000). `max_files` counts files,
    `max_record` the characters of one value that has to be held at once.
    """

    max_bytes: Annotated[int, AtLeast(1)] = 8 << 30
    max_ratio: Annotated[float, AtLeast(1)] = 250.0
    max_files: Annotated[int, AtLeast(1)] = 10_000
    max_record: Annotated[int, AtLeast(1)] = 16 * _MIB

    def __post_init__(self) -> None:
        check_fields(self)


FREE_RATIO = 16 * _MIB
"""Up to this size any ratio is harmless."""
