"""What only the person sees. Times are Unix seconds on the world's clock."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Favorite:
    person_id: str
    video_id: str
    at: float


@dataclass(slots=True)
class Watch:
    person_id: str
    video_id: str
    at: float


@dataclass(slots=True)
class SearchTerm:
    person_id: str
    term: str
    at: float


@dataclass(slots=True)
class SignIn:
    person_id: str
    ip: str
    device: str
    system: str
    network: str
    at: float


@dataclass(slots=True)
class Message:
    """From one person to another."""

    from_id: str
    to_id: str
    text: str
    at: float
