"""Reading an archive of a person's data as typed records, whatever its size."""

from .limits import ArchiveLimits
from .reader import Archive, UnknownKeys, read_archive

__all__ = ["Archive", "ArchiveLimits", "UnknownKeys", "read_archive"]
