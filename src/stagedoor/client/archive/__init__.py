"""Reading an archive of a person's data as typed records, whatever its size."""

from .limits import ArchiveLimits
from .reader import Archive, SectionCount, UnknownKeys, read_archive

__all__ = ["Archive", "ArchiveLimits", "SectionCount", "UnknownKeys", "read_archive"]
