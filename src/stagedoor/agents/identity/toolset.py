"""The tools that an agent sees: a choice of its admin."""

from __future__ import annotations

from enum import StrEnum


class Toolset(StrEnum):
    """The tools that an agent sees. Its grants alone decide what it may do."""

    JOBS = "jobs"
    """A few tools for common tasks."""
    OPERATIONS = "operations"
    """One tool for each operation of TikTok's."""
    ALL = "all"
    """Both."""
