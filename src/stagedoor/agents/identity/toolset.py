"""Which tools an agent is shown: a choice of its admin."""

from __future__ import annotations

from enum import StrEnum


class Toolset(StrEnum):
    """What an agent may do is decided by its grants alone, whatever it is shown."""

    JOBS = "jobs"
    """A few for what people ask of TikTok."""
    OPERATIONS = "operations"
    """One for each operation of TikTok's."""
    ALL = "all"
