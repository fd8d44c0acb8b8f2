"""Reads an archive of a person's data of any size as typed records."""

from .limits import ArchiveLimits
from .reader import Archive, SectionCount, UnknownKeys, read_archive

__all__ = ["Archive", "ArchiveLimits", "SectionCount", "UnknownKeys", "read_archive"]
