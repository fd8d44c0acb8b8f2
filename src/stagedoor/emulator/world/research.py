"""What TikTok remembers of researchers' calls."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Search:
    """The result of a query, kept so that its pages stay the same."""

    id: str
    client_key: str
    question: str
    """Query and dates as text: a search id is good for these alone."""
    created: float
    video_ids: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Validation:
    """A check of which ids are still available."""

    id: str
    client_key: str
    category: str
    created: float
    ids: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Spent:
    """What an organisation has used of a quota on a UTC day, counted in days since 1970."""

    day: int
    requests: int = 0
    records: int = 0
